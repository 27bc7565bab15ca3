"""Roll-ups: the only place that groups across apps (contract §4).

`ask` a `Question`, `summarize` it, and read the `Summary`: each `Figure` knows its logged records
and the returns that add to it.

question    what is asked, and the errors of rule 9
logged      rules 1–6: the records behind each figure, and their numbers
facts       the logged part by body and day; reported − logged(U, r) for each return
returns     rule 7 as arithmetic, without the database
leftout     returns that add nothing, and why
bodies      the summary by level and inspecting body
summary     all of it together, and the JSON of the contract
"""

from reports.rollups.bodies import ByBody, by_body, figure_of
from reports.rollups.leftout import LeftOut
from reports.rollups.question import Question, QuestionError, ask, period_of, question_of
from reports.rollups.summary import Contribution, Figure, Summary, as_json, summarize

__all__ = [
    "ByBody",
    "Contribution",
    "Figure",
    "LeftOut",
    "Question",
    "QuestionError",
    "Summary",
    "as_json",
    "ask",
    "by_body",
    "figure_of",
    "period_of",
    "question_of",
    "summarize",
]
