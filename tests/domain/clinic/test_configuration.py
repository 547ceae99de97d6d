"""What the set-up may be: what is read back is what was written, and every mistake is noted at its field."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given

from queue_server.domain.clinic.configuration import (
    DepartmentPlan,
    ShiftPlan,
    clashing,
    line_of,
    read_department,
    read_display,
    read_holiday,
    read_shift,
    spans_of,
    written,
)
from queue_server.domain.clinic.opening_hours import parse_hours
from queue_server.domain.form_reading import Problem, Reader
from tests.domain.clinic.plans import ANYTHING, DEPARTMENTS, LANGUAGES, spans


def problems_of(read: Any, sent: dict[str, Any], *known: Any) -> dict[str, str]:
    """Field → rule of everything that is wrong."""
    problems: list[Problem] = []
    read(Reader(sent, problems), *known)
    return {problem.field: problem.rule for problem in problems}


@given(DEPARTMENTS)
def test_what_is_read_of_hours_is_what_the_queue_understands(plan: DepartmentPlan) -> None:
    for day in parse_hours(written(plan)["hours"] or {}).values():
        edges = [edge for span in day for edge in span]
        assert edges == sorted(edges)
        assert all(0 <= begin < end <= 24 * 60 for begin, end in day)


@given(spans())
def test_a_line_of_hours_is_read_as_it_is_shown(found: tuple[tuple[str, str], ...]) -> None:
    assert spans_of(line_of(found)) == [list(span) for span in found]


@pytest.mark.parametrize(
    "text",
    ["9-13, 14-17", "9:00 – 13:00; 14.00–17.00", "09:00–13:00 14:00 to 17:00", "9am-1 PM, 2 p.m. to 5:00 pm"],
)
def test_hours_are_understood_as_people_write_them(text: str) -> None:
    problems: list[Problem] = []

    plan = read_department(Reader({"hours": {"mon": spans_of(text)}}, problems), LANGUAGES)

    assert plan.hours == {"mon": (("09:00", "13:00"), ("14:00", "17:00"))}
    assert {problem.field for problem in problems} == {"code", "prefix", "names.en"}


@pytest.mark.parametrize(
    ("field", "value", "path", "rule"),
    [
        ("hours", {"mon": [["09:00", "13:00"], ["12:00", "14:00"]]}, "hours.mon", "overlap"),
        ("hours", {"mon": [["14:00", "17:00"], ["09:00", "13:00"]]}, "hours.mon", "overlap"),
        ("hours", {"tue": [["13:00", "09:00"]]}, "hours.tue", "backwards"),
        ("hours", {"tue": [["09:00", "09:00"]]}, "hours.tue", "backwards"),
        ("hours", {"wed": [["9 o'clock", "13:00"]]}, "hours.wed", "not_a_time"),
        ("hours", {"wed": [["25:00", "26:00"]]}, "hours.wed", "not_a_time"),
        ("hours", {"wed": [["nine"]]}, "hours.wed", "not_a_time"),
        ("hours", {"wed": [["9:00", "13 pm"]]}, "hours.wed", "not_a_time"),
        ("hours", {"noday": [["09:00", "10:00"]]}, "hours.noday", "unknown"),
        ("hours", 5, "hours", "not_an_object"),
        ("prefix", "G-", "prefix", "letters_only"),
        ("prefix", "TOOLONG", "prefix", "too_long"),
        ("names", {"en": " "}, "names.en", "required"),
        ("names", {"en": "A", "xx": "B"}, "names.xx", "unknown"),
        ("names", [], "names", "not_an_object"),
        ("pace_s", "soon", "pace_s", "not_a_number"),
        ("pace_s", 1, "pace_s", "out_of_range"),
        ("pace_s", True, "pace_s", "not_a_number"),
        ("daily_quota", "0", "daily_quota", "out_of_range"),
        ("credits", {"urgent": "-1"}, "credits.urgent", "out_of_range"),
        ("credits", {"kings": 1}, "credits.kings", "nonsense"),
        ("colour", "invisible", "colour", "unknown"),
        ("is_open", "maybe", "is_open", "unknown"),
        ("sauce", 1, "sauce", "nonsense"),
    ],
)
def test_each_mistake_with_a_department_is_noted_at_its_field(field: str, value: Any, path: str, rule: str) -> None:
    good = {"code": "GEN", "prefix": "G", "names": {"en": "General"}}

    assert problems_of(read_department, {**good, field: value}, LANGUAGES)[path] == rule


@given(ANYTHING)
def test_no_nonsense_breaks_the_reading(sent: Any) -> None:
    for read, known in ((read_department, (LANGUAGES,)), (read_display, ([], LANGUAGES)), (read_shift, ([], []))):
        assert problems_of(read, sent, *known)


def test_a_holiday_in_the_past_is_refused() -> None:
    today = date(2026, 11, 22)

    assert problems_of(read_holiday, {"day": "2026-11-21", "name": "Gone"}, [], today) == {"day": "past"}
    assert problems_of(read_holiday, {"day": "2026-11-22", "name": "Today"}, [], today) == {}
    assert problems_of(read_holiday, {"day": "2026-02-30", "name": "Never"}, [], today) == {"day": "not_a_day"}


def test_nobody_is_wanted_in_two_rooms_and_no_room_by_two_at_one_time() -> None:
    shifts = [
        ShiftPlan("first", "1", "mon", "09:00", "13:00"),
        ShiftPlan("first", "2", "mon", "12:00", "14:00"),
        ShiftPlan("second", "1", "mon", "12:59", "17:00"),
        ShiftPlan("second", "1", "tue", "09:00", "17:00"),
    ]

    assert clashing(shifts) == [(0, 1, "doctor"), (0, 2, "room")]
