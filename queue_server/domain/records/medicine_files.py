"""More medicines from a CSV file, as spreadsheets write them: a line of headings, then a preparation a line."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from queue_server.domain.errors import BadInput
from queue_server.domain.records.records import Medicine

LARGEST_FILE = 512 * 1024
MOST_ROWS = 5000
#: How many errors of a file are told at once.
MOST_ERRORS = 50

COLUMNS = ("generic", "form", "strength")
_LONGEST = {"generic": 80, "form": 40, "strength": 40}

#: What a spreadsheet makes of "5-10", "10/12", "100000" or "-5 mg" when it is not told that they are no date, no number
#: and no formula.
_MONTH = (
    "(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?"
    "|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)"
)
_CONVERTED = re.compile(
    rf"\d{{1,2}}[-. ]{_MONTH}([-. ]\d{{2,4}})?"
    rf"|{_MONTH}[-. ]\d{{2,4}}"
    r"|\d{1,4}([-/.])\d{1,2}\2\d{2,4}( [\d:]+)?"
    r"|\d([.,]\d+)?E[+-]\d+"
    r"|#(NAME\?|VALUE!|REF!|N/A|NUM!|DIV/0!|NULL!)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Preparation:
    """A generic name in one form, with the strengths in which it is sold."""

    generic: str
    form: str
    strengths: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one line of a file, counted from 1 as a spreadsheet counts; `code` is a word for translating:
    encoding, long_file, empty, text, quotes, headings, cells, name, form, long, converted."""

    line: int
    column: str
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class MedicineFile:
    """What a file says; `further` are the headings of columns that were not read."""

    preparations: Sequence[Preparation]
    further: tuple[str, ...] = ()


def parse_file(content: bytes) -> MedicineFile:
    """The preparations of a CSV file with the columns generic, form, strength (several: `250 mg|500 mg`; may be empty).

    Comma, semicolon or tab; UTF-8, or UTF-16 with a byte order mark; any line ends; a line of headings in any order,
    perhaps after a line `sep=,`; further columns are named and left out; empty lines and lines that begin with # are
    skipped. All or nothing: raises `BadInput` whose `faults` name every bad line.
    """
    if len(content) > LARGEST_FILE:
        raise BadInput("file", f"The file has {len(content)} bytes; {LARGEST_FILE} are the most.")
    rows = _rows(_text(content))
    order = _headings(rows)
    faults: list[Fault] = []
    found: list[Preparation] = []
    for number, row in rows[1:]:
        if len(found) + len(faults) >= MOST_ROWS:
            faults.append(Fault(number, "", "long_file", f"A file has at most {MOST_ROWS} lines."))
            break
        made = _preparation(number, dict(zip(order, row, strict=False)), len(row) - len(order))
        if isinstance(made, Fault):
            faults.append(made)
        else:
            found.append(made)
    if faults:
        raise _bad_file(faults)
    if not found:
        raise _bad_file([Fault(1, "", "empty", "The file contains no medicine.")])
    return MedicineFile(found, tuple(heading for heading in order if heading and heading not in COLUMNS))


def medicines_of(preparations: Iterable[Preparation]) -> list[Medicine]:
    """One medicine for each strength; one without, where none is named."""
    return [
        Medicine(each.generic, each.form, strength) for each in preparations for strength in each.strengths or ("",)
    ]


def _text(content: bytes) -> str:
    """The file's text with the line ends that Python has. Raises `BadInput`."""
    is_utf_16 = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    try:
        text = content.decode("utf-16" if is_utf_16 else "utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise _bad_file(
            [Fault(line, "", "encoding", "This line is not UTF-8; please save the file as CSV UTF-8.")]
        ) from error
    if "\x00" in text:
        raise _bad_file([Fault(text[: text.index("\x00")].count("\n") + 1, "", "text", "This is not a text file.")])
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _rows(text: str) -> list[tuple[int, list[str]]]:
    """The lines that say something, with their numbers and without empty cells behind. Raises `BadInput`."""
    named = re.match(r'"?sep=(.)"?[ ,;\t]*\n', text, re.IGNORECASE)
    first = next((line for line in text.splitlines() if line.strip() and not line.startswith("#")), "")
    separator = named[1] if named else max(",;\t", key=first.count)
    if named:
        text = "\n" + text[named.end() :]
    reader = csv.reader((f"{line}\n" for line in text.removesuffix("\n").split("\n")), delimiter=separator, strict=True)
    rows = []
    try:
        for row in reader:
            cells = [" ".join(cell.split()) for cell in row]
            while cells and not cells[-1]:
                cells.pop()
            if cells and not cells[0].startswith("#"):
                rows.append((reader.line_num, cells))
    except csv.Error as error:
        raise _bad_file(
            [Fault(reader.line_num, "", "quotes", f"The quotes of this line do not fit: {error}.")]
        ) from error
    return rows


def _headings(rows: Sequence[tuple[int, list[str]]]) -> list[str]:
    """The first line in lower case: each of `COLUMNS` once, and perhaps others. Raises `BadInput`."""
    number, headings = rows[0] if rows else (1, [])
    order = [heading.casefold()[:40] for heading in headings]
    counts = Counter(order)
    if any(counts[column] != 1 for column in COLUMNS):
        message = "The first line must name the columns: generic, form, strength."
        raise _bad_file([Fault(number, "", "headings", message)])
    return order


def _preparation(number: int, row: Mapping[str, str], extra: int) -> Preparation | Fault:
    if extra > 0:
        return Fault(number, "", "cells", f"This line has {extra} more cells than there are columns.")
    generic, form = row.get("generic", ""), row.get("form", "").casefold()
    strengths = tuple(each.strip() for each in row.get("strength", "").split("|") if each.strip())
    if not any(character.isalpha() for character in generic):
        return Fault(number, "generic", "name", "A medicine needs a name.")
    if not form:
        return Fault(number, "form", "form", f"In which form is {generic} given (tablet, syrup …)?")
    if converted := next((each for each in strengths if _CONVERTED.fullmatch(each)), None):
        message = (
            f"{converted!r} is what a spreadsheet makes of a strength; format the column as text and type it again."
        )
        return Fault(number, "strength", "converted", message)
    for column, text in (("generic", generic), ("form", form), *(("strength", each) for each in strengths)):
        if len(text) > _LONGEST[column] or not text.isprintable():
            return Fault(
                number, column, "long", f"This is not a {column}: at most {_LONGEST[column]} printable characters."
            )
    return Preparation(generic, form, strengths)


def _bad_file(faults: Sequence[Fault]) -> BadInput:
    first = faults[0]
    error = BadInput("file", f"Line {first.line}: {first.message}")
    told = [
        {"line": each.line, "column": each.column, "code": each.code, "message": each.message}
        for each in faults[:MOST_ERRORS]
    ]
    error.details = {**error.details, "faults": told, "count": len(faults)}
    return error
