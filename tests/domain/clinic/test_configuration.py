"""What the set-up may be: what is read back is what was written, and every mistake is noted at its field."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from queue_server.domain.clinic.configuration import (
    COLOURS,
    ICONS,
    LAYOUTS,
    ClinicPlan,
    DepartmentPlan,
    DisplayPlan,
    HolidayPlan,
    RoomPlan,
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
from queue_server.domain.clinic.configuration_file import Known, SetUp, dump, load
from queue_server.domain.clinic.configuration_file import line_of as line_in
from queue_server.domain.clinic.opening_hours import WEEKDAYS, parse_hours
from queue_server.domain.form_reading import Problem, Reader, clean

LANGUAGES = ("en", "hi")
KNOWN = Known(LANGUAGES, ("IN", "NP"), ("first", "second"))
WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["C"]), min_size=1, max_size=40).map(clean).filter(bool)
CODES = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", min_size=1, max_size=4)
NAMES = st.dictionaries(st.sampled_from(LANGUAGES), WORDS, min_size=1)
CLOCK = st.integers(0, 1439).map(lambda minute: f"{minute // 60:02d}:{minute % 60:02d}")


@st.composite
def spans(draw: st.DrawFn) -> tuple[tuple[str, str], ...]:
    """Up to two spans of one day, in order."""
    edges = sorted(draw(st.sets(CLOCK, min_size=2, max_size=4)))
    return tuple(zip(edges[::2], edges[1::2], strict=False))


DEPARTMENTS = st.builds(
    DepartmentPlan,
    code=CODES,
    prefix=CODES,
    names=NAMES,
    icon=st.sampled_from(ICONS),
    colour=st.sampled_from(COLOURS),
    private_names=st.just({}) | NAMES,
    is_open=st.booleans(),
    pace_s=st.integers(10, 7200),
    return_after=st.integers(0, 50),
    credits=st.builds(lambda a, u: {"normal": 0, "assisted": a, "urgent": u}, st.integers(0, 480), st.integers(0, 480)),
    hours=st.none() | st.dictionaries(st.sampled_from(WEEKDAYS), spans()),
    daily_quota=st.none() | st.integers(1, 9999),
)


@st.composite
def set_ups(draw: st.DrawFn) -> SetUp:
    """Whole set-ups without contradictions."""
    departments = draw(st.lists(DEPARTMENTS, max_size=4, unique_by=(lambda d: d.code, lambda d: d.prefix)))
    codes = [plan.code for plan in departments]
    some = st.sampled_from(codes) if codes else st.nothing()
    rooms = draw(st.lists(st.builds(RoomPlan, CODES, some), max_size=4, unique_by=lambda r: r.code)) if codes else []
    holidays = st.builds(HolidayPlan, st.dates().map(date.isoformat), WORDS, st.none() | some)
    displays = st.builds(
        DisplayPlan,
        name=st.sampled_from(["main", "upstairs", "hall-2"]),
        title=st.just("") | WORDS,
        departments=(st.lists(some, unique=True, max_size=3) if codes else st.just([])).map(tuple),
        layout=st.sampled_from(LAYOUTS),
        distance_m=st.integers(1, 30),
        screen_inches=st.integers(7, 120),
        languages=st.lists(st.sampled_from(LANGUAGES), unique=True).map(tuple),
        volume=st.integers(0, 100),
        quiet=st.just(()) | st.just((("20:00", "07:00"),)),
        notices=st.just({}) | NAMES,
    )
    shifts = [ShiftPlan("first", rooms[0].code, "mon", *draw(spans())[0])] if rooms else []
    clinic = ClinicPlan(draw(WORDS), "Asia/Kolkata", "04:00", ("hi", "en"), "IN")
    return SetUp(
        clinic,
        tuple(departments),
        tuple(rooms),
        tuple(draw(st.lists(holidays, max_size=3))),
        tuple(shifts),
        tuple(draw(st.lists(displays, max_size=3, unique_by=lambda d: d.name))),
    )


def problems_of(read: Any, sent: dict[str, Any], *known: Any) -> dict[str, str]:
    """Field → rule of everything that is wrong."""
    problems: list[Problem] = []
    read(Reader(sent, problems), *known)
    return {problem.field: problem.rule for problem in problems}


@given(set_ups())
@settings(max_examples=60)
def test_a_file_holds_the_whole_set_up(set_up: SetUp) -> None:
    problems: list[Problem] = []

    assert load(dump(set_up), KNOWN, problems) == set_up
    assert problems == []


@given(DEPARTMENTS)
def test_what_is_read_of_hours_is_what_the_queue_understands(plan: DepartmentPlan) -> None:
    if plan.hours is not None:
        parse_hours(written(plan)["hours"])


@given(spans())
def test_a_line_of_hours_is_read_as_it_is_shown(found: tuple[tuple[str, str], ...]) -> None:
    assert spans_of(line_of(found)) == [list(span) for span in found]


@pytest.mark.parametrize("text", ["9-13, 14-17", "9:00 – 13:00; 14.00–17.00", "09:00–13:00 14:00 to 17:00"])
def test_hours_are_understood_as_people_write_them(text: str) -> None:
    problems: list[Problem] = []

    plan = read_department(Reader({"hours": {"mon": spans_of(text)}}, problems), LANGUAGES)

    assert plan.hours == {"mon": (("09:00", "13:00"), ("14:00", "17:00"))}
    assert {problem.field for problem in problems} == {"code", "prefix", "names.en"}


@pytest.mark.parametrize(
    ("field", "value", "path", "rule"),
    [
        ("hours", {"mon": [["09:00", "13:00"], ["12:00", "14:00"]]}, "hours.mon", "overlap"),
        ("hours", {"tue": [["13:00", "09:00"]]}, "hours.tue", "backwards"),
        ("hours", {"wed": [["25:00", "26:00"]]}, "hours.wed", "not_a_time"),
        ("hours", {"wed": [["nine"]]}, "hours.wed", "not_a_time"),
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


FIELDS = st.sampled_from(["code", "names", "hours", "mon", "quiet", "en", "credits"])
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner) | st.dictionaries(FIELDS, inner),
)


@given(ANYTHING)
def test_no_nonsense_breaks_the_reading(sent: Any) -> None:
    for read, known in ((read_department, (LANGUAGES,)), (read_display, ([], LANGUAGES)), (read_shift, ([], []))):
        assert problems_of(read, sent, *known)
    problems = list[Problem]()
    load(json.dumps(sent), KNOWN, problems)
    assert problems


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


def test_every_bad_line_of_a_file_is_named() -> None:
    clinic = ClinicPlan("Clinic", "Asia/Kolkata", "04:00", ("en",), "IN")
    general = DepartmentPlan("GEN", "G", {"en": "General"})
    dental = DepartmentPlan("DEN", "G", {"en": "Dental"})
    text = dump(SetUp(clinic, (general, dental), (RoomPlan("1", "XYZ"),), (), (), ()))
    problems: list[Problem] = []

    load(text, KNOWN, problems)

    found = {(line_in(text, problem.field), problem.field, problem.rule) for problem in problems}
    assert found == {
        (5, "departments[1].prefix", "twice"),
        (6, "departments[2].prefix", "twice"),
        (9, "rooms[1].department", "unknown"),
    }
    assert '"DEN"' in text.splitlines()[5]
    assert '"XYZ"' in text.splitlines()[8]


@pytest.mark.parametrize("text", ["", "{", "[]", "5", '{"format": "other"}', "{}\n{", "[" * 100_000])
def test_what_is_no_set_up_is_refused(text: str) -> None:
    problems = list[Problem]()
    load(text, KNOWN, problems)

    assert problems
    assert all(line_in(text, problem.field) >= 1 for problem in problems)
