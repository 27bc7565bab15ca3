"""The tables that provinces report, as workbooks in the official layout (domain notes).

page        what they share: the sheet's writer, head, foot and signatures
results     Biểu 01, results by inspecting body
listed      Biểu 02 and 04, visits and remedies one by one
progress    Biểu 07, how far a plan has come
"""

from reports.sheets.listed import line_of, listed_workbook
from reports.sheets.progress import progress_workbook
from reports.sheets.results import COLUMNS, footnotes, period_line, remark, summary_workbook

__all__ = [
    "COLUMNS",
    "footnotes",
    "line_of",
    "listed_workbook",
    "period_line",
    "progress_workbook",
    "remark",
    "summary_workbook",
]
