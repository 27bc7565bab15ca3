"""Signs of the pages, as paths in a square of 24 by 24 drawn with a line of width 2.

Drawn for this project. `{% icon "search" %}` puts one into a page; it is hidden from screen
readers, because a word always stands beside it.
"""

from __future__ import annotations

ICONS: dict[str, str] = {
    # places
    "home": "M3 11l9-8 9 8M5 9.5V21h5v-6h4v6h5V9.5",
    "plan": "M4 5h16v16H4zM4 10h16M8 2v5M16 2v5M8 14h3M8 17h6",
    "overlap": "M9 15a6 6 0 100-12 6 6 0 000 12zM15 21a6 6 0 100-12 6 6 0 000 12z",
    "schedule": "M4 5h16v16H4zM4 10h16M8 2v5M16 2v5M8 14h.5M12 14h.5M16 14h.5M8 17.5h.5M12 17.5h.5",
    "round": "M9 3h6v4H9zM9 5H5v16h14V5h-4M9 14l2.5 2.5L16 12",
    "finding": "M12 3l10 18H2zM12 10v5M12 18v.5",
    "case": "M4 4h16v12H10l-6 5V4M8 8h8M8 12h5",
    "remedy": "M4 4h12v6M4 4v16h7M8 9h4M8 13h2M13 18l3 3 6-7",
    "figures": "M4 4h16v16H4zM4 9h16M4 14h16M10 4v16",
    "summary": "M4 3v18h17M8 17v-5M13 17V8M18 17V5",
    "team": "M9 11a4 4 0 100-8 4 4 0 000 8zM2 21c0-4 3-6.5 7-6.5s7 2.5 7 6.5"
    "M16 3.5a4 4 0 010 7M18 15c2.5 1 4 3 4 6",
    "checklist": "M3 6l1.5 1.5L7 5M3 12l1.5 1.5L7 11M3 18l1.5 1.5L7 17M11 6h10M11 12h10M11 18h10",
    "document": "M6 2h8l5 5v15H6zM14 2v5h5M9 13h7M9 17h7",
    "unit": "M3 21h18M5 21V9M10 21V9M14 21V9M19 21V9M2 9h20L12 3z",
    "import": "M12 3v12M7 10l5 5 5-5M4 17v4h16v-4",
    "account": "M12 12a5 5 0 100-10 5 5 0 000 10zM3 22c0-5 4-8 9-8s9 3 9 8",
    "catalogue": "M8 6h13M8 12h13M8 18h13M3 6h1M3 12h1M3 18h1",
    "help": "M12 22a10 10 0 100-20 10 10 0 000 20z"
    "M9.5 9.5a2.5 2.5 0 113.5 2.3c-.7.3-1 .8-1 1.7M12 17v.5",
    "bell": "M6 17V11a6 6 0 0112 0v6l2 2H4zM10 22h4",
    # deeds
    "search": "M10.5 17a6.5 6.5 0 100-13 6.5 6.5 0 000 13zM15.5 15.5L21 21",
    "menu": "M3 6h18M3 12h18M3 18h18",
    "close": "M5 5l14 14M19 5L5 19",
    "calendar": "M4 5h16v16H4zM4 10h16M8 2v5M16 2v5",
    "plus": "M12 4v16M4 12h16",
    "filter": "M3 4h18l-7 9v6l-4 2v-8z",
    "export": "M12 3v12M7 10l5 5 5-5M4 17v4h16v-4",
    "print": "M7 8V3h10v5M7 18H3V8h18v10h-4M7 14h10v7H7z",
    "key": "M8 17a5 5 0 100-10 5 5 0 000 10zM13 12h9v4M18 12v3",
    "logout": "M10 4H4v16h6M15 8l4 4-4 4M19 12H9",
    "lock": "M5 11h14v10H5zM8 11V7a4 4 0 018 0v4",
    "edit": "M4 20l1-5L16 4l4 4L9 19z",
    "camera": "M3 7h4l2-3h6l2 3h4v13H3zM12 17a4 4 0 100-8 4 4 0 000 8z",
    # ways
    "down": "M5 9l7 7 7-7",
    "first": "M18 5l-7 7 7 7M7 5v14",
    "previous": "M15 5l-7 7 7 7",
    "next": "M9 5l7 7-7 7",
    "last": "M6 5l7 7-7 7M17 5v14",
    "ascending": "M12 20V5M6 11l6-6 6 6",
    "descending": "M12 4v15M6 13l6 6 6-6",
    "sortable": "M8 9l4-5 4 5M8 15l4 5 4-5",
    # states
    "danger": "M12 3l10 18H2zM12 10v5M12 18v.5",
    "warning": "M12 22a10 10 0 100-20 10 10 0 000 20zM12 7v6l4 2",
    "success": "M4 13l5 5L20 6",
    "info": "M12 22a10 10 0 100-20 10 10 0 000 20zM12 11v6M12 7v.5",
    "secondary": "M12 19a7 7 0 100-14 7 7 0 000 14z",
}
