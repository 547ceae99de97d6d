"""From a prescription as it is typed to one that can be signed."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from queue_server.domain.errors import BadInput
from queue_server.domain.people.patients import Sex, plain_digits
from queue_server.domain.records.dosing import (
    LARGEST_QUANTITY,
    LONGEST_COURSE_DAYS,
    parse_dose,
    quantity,
)
from queue_server.domain.records.medicines import MedicineList
from queue_server.domain.records.records import Bearer, Dose, Food, Line, Medicine

#: More medicines than this on one paper are a mistake, and no pharmacy reads them.
MOST_LINES = 20
LONGEST_NAME = 80
LONGEST_WORD = 40
LONGEST_NOTE = 200
LONGEST_REMARK = 1000
OLDEST = 125


@dataclass(frozen=True, slots=True)
class TypedLine:
    """One line as it stands in the doctor's fields; nothing in it needs to make sense yet."""

    generic: str = ""
    form: str = ""
    strength: str = ""
    dose: str = ""
    food: str = Food.ANY
    days: str = ""
    #: What the doctor counted; empty: computed.
    quantity: str = ""
    note: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether nothing was typed that a reader would miss."""
        return self == TypedLine(food=self.food)


@dataclass(frozen=True, slots=True)
class TypedPerson:
    """A walk-in's name, age and sex as the doctor typed them; a registered patient's own are used instead."""

    name: str = ""
    age: str = ""
    sex: str = Sex.UNSAID


#: Nothing was typed.
NOBODY = TypedPerson()


@dataclass(frozen=True, slots=True)
class Typed:
    """A prescription as it stands in the doctor's fields; `language` is the paper's, empty for the token's."""

    lines: tuple[TypedLine, ...] = ()
    diagnosis: str = ""
    note: str = ""
    person: TypedPerson = NOBODY
    language: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing that would be missed."""
        return all(line.is_empty for line in self.lines) and not (self.diagnosis or self.note)


def check_size(typed: Typed) -> None:
    """A draft may be unfinished, and not endless. Raises `BadInput` naming the field."""
    if len(typed.lines) > MOST_LINES:
        raise BadInput("lines", f"A prescription has at most {MOST_LINES} medicines, not {len(typed.lines)}.")
    longest = (
        ("diagnosis", typed.diagnosis, LONGEST_NOTE),
        ("note", typed.note, LONGEST_REMARK),
        ("language", typed.language, LONGEST_WORD),
    )
    person = (("person.name", typed.person.name, LONGEST_NAME), ("person.age", typed.person.age, LONGEST_WORD))
    for field, text, limit in (*longest, *person):
        _check_length(field, text, limit)
    for index, line in enumerate(typed.lines):
        fields = (("generic", line.generic, LONGEST_NAME), ("note", line.note, LONGEST_NOTE))
        words = [(name, getattr(line, name), LONGEST_WORD) for name in ("form", "strength", "dose", "food", "days")]
        for name, text, limit in (*fields, *words, ("quantity", line.quantity, LONGEST_WORD)):
            _check_length(f"lines.{index}.{name}", text, limit)


def lines_of(typed: Typed, known: MedicineList) -> tuple[Line, ...]:
    """The medicines, each checked; empty lines are left out. A name that the list does not hold is marked, not refused.

    Raises `BadInput` naming the field (`lines.1.dose`), and for a prescription without any medicine.
    """
    check_size(typed)
    lines = tuple(_line(index, line, known) for index, line in enumerate(typed.lines) if not line.is_empty)
    if not lines:
        raise BadInput("lines", "A prescription needs at least one medicine.")
    seen: set[Medicine] = set()
    for index, line in enumerate(lines):
        if line.medicine in seen:
            raise BadInput(f"lines.{index}.generic", f"{line.medicine.generic} is on the prescription twice.")
        seen.add(line.medicine)
    return lines


def line_or_fault(index: int, line: TypedLine, known: MedicineList) -> Line | BadInput:
    """What the line means so far, or what is missing or wrong with it."""
    try:
        return _line(index, line, known)
    except BadInput as fault:
        return fault


def bearer_of(person: TypedPerson) -> Bearer:
    """The walk-in as the paper names him or her. Raises `BadInput` for an age that nobody has."""
    digits = plain_digits(person.age) if person.age.strip() else None
    if person.age.strip() and (digits is None or len(digits) > 3 or int(digits) > OLDEST):
        raise BadInput("person.age", f"The age {person.age!r} must be a number of years up to {OLDEST}.")
    sex = Sex(person.sex) if person.sex in set(Sex) else Sex.UNSAID
    return Bearer(_clean(person.name), int(digits) if digits else None, sex)


def _line(index: int, line: TypedLine, known: MedicineList) -> Line:
    try:
        medicine = known.marked(Medicine(_name(line.generic), _clean(line.form).casefold(), _clean(line.strength)))
        dose = parse_dose(line.dose)
        days = _days(line.days, dose, medicine.generic)
        counted = _quantity(line.quantity) or quantity(dose, days, medicine.form)
        return Line(medicine, dose, _food(line.food), days, counted, _clean(line.note))
    except BadInput as error:
        raise BadInput(f"lines.{index}.{error.details['field']}", error.message) from error


def _name(text: str) -> str:
    name = _clean(text)
    if not any(character.isalpha() for character in name):
        raise BadInput("generic", "A line needs the name of a medicine.")
    return name


def _food(text: str) -> Food:
    if text not in set(Food):
        raise BadInput("food", f"{text!r} is not before, after, with or any.")
    return Food(text)


def _days(text: str, dose: Dose, generic: str) -> int | None:
    """`5`, `५`, `5d`, `2w`, `1m` (30 days); none for nothing, which only a single dose allows."""
    plain = text.strip().casefold()
    if not plain:
        if not dose.single:
            raise BadInput("days", f"For how many days is {generic} taken?")
        return None
    unit = {"d": 1, "w": 7, "m": 30}.get(plain[-1], 0)
    digits = plain_digits(plain[:-1] if unit else plain)
    days = int(digits) * (unit or 1) if digits and len(digits) <= 4 else 0
    if not 1 <= days <= LONGEST_COURSE_DAYS:
        raise BadInput("days", f"{text!r} must be a number of days from 1 to {LONGEST_COURSE_DAYS}.")
    return days


def _quantity(text: str) -> Fraction | None:
    if not text.strip():
        return None
    digits = plain_digits(text)
    if not digits or len(digits) > 6 or not 1 <= int(digits) <= LARGEST_QUANTITY:
        raise BadInput("quantity", f"{text!r} must be a whole number from 1 to {LARGEST_QUANTITY}.")
    return Fraction(int(digits))


def _clean(text: str) -> str:
    """Single spaces, nothing that cannot be printed."""
    return " ".join(
        "".join(
            character if character.isprintable() or character in "\u200c\u200d" else " " for character in text
        ).split()
    )


def _check_length(field: str, text: str, limit: int) -> None:
    if len(text) > limit:
        raise BadInput(field, f"{field} has {len(text)} characters; {limit} are the most.")
