"""The list of medicines: finding one by a few letters, and reading more of them from a file."""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from queue_server.domain.errors import BadInput
from queue_server.domain.records.records import Medicine

#: How many a search offers.
OFFERED = 8
LARGEST_FILE = 512 * 1024
MOST_ROWS = 5000
#: How many errors of a file are told at once.
MOST_ERRORS = 50

#: Forms in the order in which a search offers them; others come behind, by name.
FORMS = ("tablet", "capsule", "syrup", "sachet", "drops", "injection")

COLUMNS = ("generic", "form", "strength")
_LONGEST = {"generic": 80, "form": 40, "strength": 40}


@dataclass(frozen=True, slots=True)
class Preparation:
    """A generic name in one form, with the strengths in which it is sold."""

    generic: str
    form: str
    strengths: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one line of a file, counted from 1 as a spreadsheet counts; `code` is a word for translating:
    encoding, long_file, empty, text, quotes, headings, cells, name, form, long."""

    line: int
    column: str
    code: str
    message: str


@dataclass(slots=True)
class MedicineList:
    """All medicines that the clinic knows, in the order of their names."""

    medicines: Sequence[Medicine]
    _keys: list[tuple[str, tuple[str, ...], Medicine]] = field(init=False)
    _known: set[tuple[str, str, str]] = field(init=False)
    _names: dict[str, str] = field(init=False)

    def __post_init__(self) -> None:
        unique = {_key(medicine): medicine for medicine in self.medicines}
        self.medicines = sorted(unique.values(), key=_place)
        self._keys = [(folded(each.generic), _words(each), each) for each in self.medicines]
        self._known = set(unique)
        self._names = {folded(each.generic): each.generic for each in self.medicines}

    def marked(self, medicine: Medicine) -> Medicine:
        """The medicine with the list's spelling and whether the list holds its generic name."""
        name = self._names.get(folded(medicine.generic))
        return replace(medicine, generic=name or medicine.generic, is_listed=name is not None)

    def holds(self, medicine: Medicine) -> bool:
        """Whether exactly this is on the list, in this form and strength."""
        return _key(medicine) in self._known

    def search(self, query: str, limit: int = OFFERED) -> list[Medicine]:
        """The medicines that are meant by the letters, best first: see `score`. A letter that is missing, wrong or
        swapped does no harm from four letters on; further words choose form or strength ("para 650 tab")."""
        wanted = folded(query)[:60].split()
        if not wanted:
            return []
        found = [(score(wanted, name, words), index) for index, (name, words, _) in enumerate(self._keys)]
        best = sorted((points, index) for points, index in found if points is not None)
        return [self.medicines[index] for _, index in best[:limit]]


def score(wanted: Sequence[str], name: str, words: Sequence[str]) -> int | None:
    """How far the words that were typed are from a medicine's name, form and strength; 0 is best, none is no match.

    The first word counts against the name: begins it (0), begins one of its words (1), is within it (2), or begins it
    with one letter wrong, missing, added or swapped with its neighbour (3). Every further word must begin something.
    """
    first = _name_score(wanted[0], name)
    if first is None or not all(any(word.startswith(more) for word in words) for more in wanted[1:]):
        return None
    return first


def folded(text: str) -> str:
    """The text for comparing: no case, no accents, single spaces."""
    plain = "".join(sign for sign in unicodedata.normalize("NFKD", text) if not unicodedata.combining(sign))
    return " ".join(plain.casefold().split())


def parse_file(content: bytes) -> list[Preparation]:
    """The preparations of a CSV file with the columns generic, form, strength (several: `250 mg|500 mg`; may be empty).

    Comma, semicolon or tab; UTF-8, with or without a byte order mark; a line of headings in any order; empty lines and
    lines that begin with # are skipped. All or nothing: raises `BadInput` whose `faults` name every bad line.
    """
    if len(content) > LARGEST_FILE:
        raise BadInput("file", f"The file has {len(content)} bytes; {LARGEST_FILE} are the most.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise _bad_file(
            [Fault(line, "", "encoding", "This line is not UTF-8; please save the file as CSV UTF-8.")]
        ) from error
    rows = _rows(text)
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
        raise _bad_file([Fault(1, "", "empty", "The file names no medicine.")])
    return found


def medicines_of(preparations: Iterable[Preparation]) -> list[Medicine]:
    """One medicine for each strength; one without, where none is named."""
    return [
        Medicine(each.generic, each.form, strength) for each in preparations for strength in each.strengths or ("",)
    ]


def _rows(text: str) -> list[tuple[int, list[str]]]:
    """The lines that say something, with their numbers. Raises `BadInput` for broken quotes and signs of no text."""
    if "\x00" in text:
        raise _bad_file([Fault(text[: text.index("\x00")].count("\n") + 1, "", "text", "This is no text file.")])
    first = next((line for line in text.splitlines() if line.strip() and not line.startswith("#")), "")
    separator = max(",;\t", key=first.count)
    reader = csv.reader((f"{line}\n" for line in text.removesuffix("\n").split("\n")), delimiter=separator, strict=True)
    rows = []
    try:
        for row in reader:
            if any(cell.strip() for cell in row) and not row[0].startswith("#"):
                rows.append((reader.line_num, [" ".join(cell.split()) for cell in row]))
    except csv.Error as error:
        raise _bad_file(
            [Fault(reader.line_num, "", "quotes", f"The quotes of this line do not fit: {error}.")]
        ) from error
    return rows


def _headings(rows: Sequence[tuple[int, list[str]]]) -> list[str]:
    number, headings = rows[0] if rows else (1, [])
    order = [heading.casefold() for heading in headings]
    if sorted(order) != sorted(COLUMNS):
        message = "The first line must name the columns: generic, form, strength."
        raise _bad_file([Fault(number, "", "headings", message)])
    return order


def _preparation(number: int, row: dict[str, str], extra: int) -> Preparation | Fault:
    if extra > 0:
        return Fault(number, "", "cells", f"This line has {extra} more cells than there are columns.")
    generic, form = row.get("generic", ""), row.get("form", "").casefold()
    strengths = tuple(each.strip() for each in row.get("strength", "").split("|") if each.strip())
    if not any(sign.isalpha() for sign in generic):
        return Fault(number, "generic", "name", "A medicine needs a name.")
    if not form:
        return Fault(number, "form", "form", f"In which form is {generic} given (tablet, syrup …)?")
    for column, text in (("generic", generic), ("form", form), *(("strength", each) for each in strengths)):
        if len(text) > _LONGEST[column] or not text.isprintable():
            return Fault(
                number, column, "long", f"This is no {column}; {_LONGEST[column]} printable signs are the most."
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


def _key(medicine: Medicine) -> tuple[str, str, str]:
    return folded(medicine.generic), folded(medicine.form), folded(medicine.strength)


def _words(medicine: Medicine) -> tuple[str, ...]:
    return tuple(folded(f"{medicine.generic} {medicine.form} {medicine.strength}").split())


def _place(medicine: Medicine) -> tuple[str, int, str, float, str]:
    """By name, the usual forms first, strengths from the smallest."""
    usual = FORMS.index(medicine.form) if medicine.form in FORMS else len(FORMS)
    return folded(medicine.generic), usual, medicine.form, _milligrams(medicine.strength), medicine.strength


def _milligrams(strength: str) -> float:
    """The first number of a strength, grams and micrograms as milligrams, long-acting ones after the plain."""
    match = re.match(r"([\d ]*\d(?:\.\d+)?) ?(g|mcg)?\b(?!/)", strength)
    if match is None:
        return 0.0
    return float(match[1].replace(" ", "")) * {"g": 1000.0, "mcg": 0.001}.get(match[2], 1.0)


def _name_score(typed: str, name: str) -> int | None:
    if name.startswith(typed):
        return 0
    if any(word.startswith(typed) for word in re.split(r"[^\w]+", name)):
        return 1
    if len(typed) >= 3 and typed in name:
        return 2
    return 3 if len(typed) >= 4 and _begins_nearly(typed, name) else None


def _begins_nearly(typed: str, name: str) -> bool:
    """Whether `name` begins with `typed` but for one letter (optimal string alignment distance 1)."""
    at = next((i for i, (one, other) in enumerate(zip(typed, name, strict=False)) if one != other), None)
    if at is None:
        # Only the last letters of what was typed are beyond the name.
        return len(typed) - len(name) <= 1
    rest, other = typed[at:], name[at:]
    swapped = rest[1:2] + rest[0:1] + rest[2:]
    return (
        other.startswith(rest[1:])
        or other[1:].startswith(rest[1:])
        or other[1:].startswith(rest)
        or (len(rest) > 1 and other.startswith(swapped))
    )
