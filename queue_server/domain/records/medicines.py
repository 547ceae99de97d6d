"""The list of medicines: finding one by a few letters."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from queue_server.domain.people.folding import folded
from queue_server.domain.records.records import Medicine

#: How many a search offers.
OFFERED = 8

#: Forms in the order in which a search offers them; others come behind, by name.
FORMS = ("tablet", "capsule", "syrup", "sachet", "drops", "injection")

#: What is between a name's words: spaces, ASCII punctuation, dashes. \W would tear vowel signs off Indic letters.
_BETWEEN_WORDS = re.compile(r"[\s!-/:-@\[-`{-~\u2010-\u2015]+")


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
    if any(word.startswith(typed) for word in _BETWEEN_WORDS.split(name)):
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
