"""The clinic's whole set-up as one file: written so that each thing has a line, read so that each bad line is named."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from json import JSONDecoder
from typing import Any

from queue_server.domain.access.roles import OwnRole, read_role
from queue_server.domain.access.roles import written as written_role
from queue_server.domain.clinic.configuration import (
    ClinicPlan,
    DepartmentPlan,
    DisplayPlan,
    HolidayPlan,
    ShiftPlan,
    clashing,
    read_clinic,
    read_department,
    read_display,
    read_holiday,
    read_shift,
    written,
)
from queue_server.domain.clinic.letterhead import Heading, read_heading
from queue_server.domain.clinic.letterhead import written as written_heading
from queue_server.domain.clinic.rooms import RoomPlan, read_room
from queue_server.domain.form_reading import Problem, Reader

FORMAT = "smart-queue set-up 1"
#: Lists that files of earlier versions do not have; what they would say stays as it is.
LATER_LISTS = ("roles",)
LISTS = ("departments", "rooms", "holidays", "shifts", "displays")


@dataclass(frozen=True, slots=True)
class SetUp:
    """Everything that the administration sets up, but people, devices, keys and the logo.

    `letterhead` and `roles` are none where a file does not say; they stay as they are then.
    """

    clinic: ClinicPlan
    departments: tuple[DepartmentPlan, ...]
    rooms: tuple[RoomPlan, ...]
    holidays: tuple[HolidayPlan, ...]
    shifts: tuple[ShiftPlan, ...]
    displays: tuple[DisplayPlan, ...]
    letterhead: Heading | None = None
    roles: tuple[OwnRole, ...] | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """What a set-up may name: languages and countries of the program, and the logins of the clinic's doctors."""

    languages: Collection[str]
    regions: Collection[str]
    doctors: Collection[str]


def dump(set_up: SetUp) -> str:
    """The file's text; every department, room, holiday, shift and display has a line of its own."""
    lines = [f'  "format": {json.dumps(FORMAT)}', f'  "clinic": {_line(set_up.clinic)}']
    if set_up.letterhead is not None:
        lines.append(f'  "letterhead": {json.dumps(written_heading(set_up.letterhead), ensure_ascii=False)}')
    for name in LISTS:
        lines.append(_lines(name, [_line(plan) for plan in getattr(set_up, name)]))
    if set_up.roles is not None:
        lines.append(_lines("roles", [json.dumps(written_role(role), ensure_ascii=False) for role in set_up.roles]))
    return "{\n" + ",\n".join(lines) + "\n}\n"


def load(text: str, known: Known, problems: list[Problem]) -> SetUp:
    """The set-up of the file. Every problem is noted; with any, what is returned is of no use."""
    try:
        sent = json.loads(text)
    except (ValueError, RecursionError) as error:
        line = error.lineno if isinstance(error, json.JSONDecodeError) else 1
        problems.append(Problem("", "not_json", {"value": line}))
        sent = {}
    reader = Reader(sent, problems)
    reader.known("format", "clinic", "letterhead", *LISTS, *LATER_LISTS)
    if not problems and reader.sent.get("format") != FORMAT:
        reader.wrong("format", "unknown", value=str(reader.sent.get("format"))[:40])
    clinic = Reader(reader.sent.get("clinic", {}), problems, "clinic.")
    letterhead = Reader(reader.sent["letterhead"], problems, "letterhead.") if "letterhead" in reader.sent else None
    departments = reader.items("departments", lambda item: read_department(item, known.languages))
    codes = {plan.code for plan in departments}
    rooms = reader.items("rooms", lambda item: read_room(item, codes, known.languages))
    room_codes = {plan.code for plan in rooms}
    made = SetUp(
        clinic=read_clinic(clinic, known.languages, known.regions),
        departments=tuple(departments),
        rooms=tuple(rooms),
        holidays=tuple(reader.items("holidays", lambda item: read_holiday(item, codes))),
        shifts=tuple(reader.items("shifts", lambda item: read_shift(item, known.doctors, room_codes))),
        displays=tuple(reader.items("displays", lambda item: read_display(item, codes, known.languages))),
        letterhead=read_heading(letterhead, known.languages) if letterhead else None,
        roles=tuple(reader.items("roles", lambda item: read_role(item, codes))) if "roles" in reader.sent else None,
    )
    problems.extend(_contradictions(made))
    return made


def line_of(text: str, field: str) -> int:
    """The line, from 1, on which the thing begins that the field names, such as `departments[3].prefix`.

    1 where the text has no such thing, or is no JSON.
    """
    name, _, place = field.partition(".")[0].partition("[")
    wanted = int(place.rstrip("]")) if place.rstrip("]").isdecimal() else 0
    try:
        return next((line for found, number, line in _items(text) if (found, number) == (name, wanted)), 1)
    except (ValueError, IndexError, RecursionError):
        return 1


def _items(text: str) -> Iterator[tuple[str, int, int]]:
    """(name, 0, line) of each member of the outermost object, and (name, place, line) of each item of its lists."""
    decoder = JSONDecoder()
    position = _skip(text, text.index("{") + 1)
    while text[position : position + 1] == '"':
        name, position = decoder.raw_decode(text, position)
        position = _skip(text, position, ":")
        yield name, 0, _line_at(text, position)
        if text[position] != "[":
            _, position = decoder.raw_decode(text, position)
        else:
            place, position = 0, _skip(text, position + 1)
            while text[position] != "]":
                place += 1
                yield name, place, _line_at(text, position)
                _, position = decoder.raw_decode(text, position)
                position = _skip(text, position, ",")
            position += 1
        position = _skip(text, position, ",")


def _skip(text: str, position: int, character: str = "") -> int:
    """The place of the next character that is neither space nor `character`."""
    while position < len(text) and text[position] in f" \t\r\n{character}":
        position += 1
    return position


def _line_at(text: str, position: int) -> int:
    return text.count("\n", 0, position) + 1


def _contradictions(made: SetUp) -> Iterator[Problem]:
    """Codes and prefixes that are there twice, and lines of the roster that want somebody in two places."""
    unique = (
        ("departments", "code"),
        ("departments", "prefix"),
        ("rooms", "code"),
        ("displays", "name"),
        ("roles", "name"),
    )
    for list_name, field in unique:
        values = [getattr(plan, field) for plan in getattr(made, list_name) or ()]
        counted = Counter(values)
        for place, value in enumerate(values, 1):
            if value and counted[value] > 1:
                yield Problem(f"{list_name}[{place}].{field}", "twice", {"value": value})
    for earlier, later, what in clashing(made.shifts):
        other = made.shifts[earlier]
        yield Problem(f"shifts[{later + 1}].{what}", "clash", {"value": f"{other.begins}–{other.ends}"})


def _lines(name: str, items: list[str]) -> str:
    """The member of the file with this list, an item a line."""
    joined = ",\n".join(f"    {item}" for item in items)
    return f'  "{name}": [\n{joined}\n  ]' if items else f'  "{name}": []'


def _line(plan: Any) -> str:
    return json.dumps(written(plan), ensure_ascii=False)
