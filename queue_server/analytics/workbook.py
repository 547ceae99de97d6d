"""A report's tables as an Excel file: a sheet each, numbers as numbers, days as days, and no text is ever a formula."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable
from datetime import date

from queue_server.analytics.report import Section

#: Excel's own rules for the name of a sheet.
_LONGEST_NAME = 31
_NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\]")
_NUMBER = re.compile(r"[-−]?\d{1,15}(\.\d+)?")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
#: Excel knows no day before.
_FIRST_DAY = date(1900, 1, 1)
#: What can stand in a cell at most; more would make the file a damaged one.
_LONGEST_TEXT = 32_767


def as_xlsx(sections: Iterable[Section]) -> bytes:
    """The tables of the sections as an .xlsx file."""
    import xlsxwriter

    made = io.BytesIO()
    rules = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(made, rules) as workbook:
        bold, names = workbook.add_format({"bold": True}), set[str]()
        as_day = workbook.add_format({"num_format": "yyyy-mm-dd"})
        for section in sections:
            sheet = workbook.add_worksheet(_name(section.title, names))
            sheet.freeze_panes(1, 1)
            for column, heading in enumerate(section.headings):
                sheet.write_string(0, column, heading[:_LONGEST_TEXT], bold)
            for row, cells in enumerate(section.rows, 1):
                for column, cell in enumerate(cells):
                    if _NUMBER.fullmatch(cell):
                        sheet.write_number(row, column, float(cell.replace("−", "-")))
                    elif day := _day(cell):
                        sheet.write_datetime(row, column, day, as_day)
                    else:
                        sheet.write_string(row, column, cell[:_LONGEST_TEXT])
            sheet.autofit()
    return made.getvalue()


def _day(cell: str) -> date | None:
    """The day that is written there, if it is one that Excel knows."""
    if not _DAY.fullmatch(cell):
        return None
    try:
        day = date.fromisoformat(cell)
    except ValueError:
        return None
    return day if day >= _FIRST_DAY else None


def _name(title: str, taken: set[str]) -> str:
    """A name that Excel takes and no other sheet has."""
    plain = _NOT_IN_NAMES.sub(" ", title).strip(" '") or "–"
    name, count = plain[:_LONGEST_NAME], 1
    while name.casefold() in taken:
        count += 1
        name = f"{plain[: _LONGEST_NAME - 4]} ({count})"
    taken.add(name.casefold())
    return name
