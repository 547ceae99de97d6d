"""A dose as a sentence that the patient understands, in any of the papers' languages."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from queue_server.domain.records.records import Food, Line
from queue_server.papers.words import Words, unbroken

TIMES = ("morning", "noon", "evening", "night")

_LIQUIDS = frozenset({"syrup", "suspension", "linctus", "elixir", "oral solution", "oral suspension", "dry syrup"})
#: A smaller number of a liquid may be spoons as well as millilitres.
_SURELY_ML = Fraction(5, 2)
_APPLIED = frozenset(
    {"cream", "ointment", "eye ointment", "gel", "lotion", "liniment", "mouth gel", "mouth paint", "mouth paste"}
)
_UNITS: Mapping[str, str] = {
    "tablet": "tablet",
    "capsule": "capsule",
    "sachet": "sachet",
    "eye drops": "drop",
    "ear drops": "drop",
    "nasal drops": "drop",
    "inhaler": "puff",
}


def unit_of(form: str, amount: Fraction) -> str | None:
    """What one counts of this form; none where a word could say something else than the doctor meant.

    An injection's 10 may be units, a child's drops may be millilitres, and 1 of a syrup may be a spoon: these are left
    as they were written.
    """
    known = form.strip().casefold()
    if known in _LIQUIDS:
        return "ml" if amount >= _SURELY_ML else None
    return _UNITS.get(known)


def phrase(line: Line, words: Words) -> str:
    """How much, when, and for how long: `morning 1 tablet, night 1 tablet · after food · for 5 days`.

    Its parts are set side by side, so that they are right in every grammar. Every amount that is not zero is said, with
    its time; nothing else is. Lines break between parts and not within one.
    """
    dose = line.dose
    parts = [_single(line, words)] if dose.single else [*([words["at_once"]] if dose.at_once else [])]
    if dose.as_needed:
        parts.append(words["as_needed"])
    if any(dose.parts):
        parts.append(_pattern(line, words))
        if dose.as_needed:
            parts.append(words["at_most"])
    if line.food is not Food.ANY:
        parts.append(words[line.food])
    if line.days is not None:
        parts.append(words.count("days", Fraction(line.days)))
    return "\u00a0· ".join(", ".join(unbroken(piece) for piece in part.split(", ")) for part in parts)


def total(line: Line, words: Words) -> str:
    """What the pharmacy hands out, with its unit; empty where it is not counted."""
    return words.count(unit_of(line.medicine.form, line.quantity), line.quantity) if line.quantity is not None else ""


def _pattern(line: Line, words: Words) -> str:
    taken = [(words[time], amount) for time, amount in zip(TIMES, line.dose.parts, strict=True) if amount]
    separator = "، " if words.is_right_to_left else ", "
    if is_applied(line):
        return f"{separator.join(time for time, _ in taken)}: {words['apply']}"
    return separator.join(
        f"{time} {words.count(unit_of(line.medicine.form, amount), amount)}" for time, amount in taken
    )


def _single(line: Line, words: Words) -> str:
    """One dose, at once or when needed."""
    amount = words.count(unit_of(line.medicine.form, line.dose.single), line.dose.single)
    if is_applied(line):
        amount = words["apply"]
    return f"{words['at_once']}: {amount}" if line.dose.at_once else amount


def is_applied(line: Line) -> bool:
    """Whether the medicine is put on the skin or into the eye, where nobody counts pieces."""
    return line.medicine.form.strip().casefold() in _APPLIED
