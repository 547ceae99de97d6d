"""The file of the set-up: what is read back is what was written, and each bad line is named."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from queue_server.domain.clinic.configuration import (
    LAYOUTS,
    ClinicPlan,
    DepartmentPlan,
    DisplayPlan,
    HolidayPlan,
    ShiftPlan,
)
from queue_server.domain.clinic.configuration_file import Known, SetUp, dump, line_of, load
from queue_server.domain.clinic.rooms import RoomPlan
from queue_server.domain.form_reading import Problem
from tests.domain.clinic.plans import ANYTHING, CODES, DEPARTMENTS, LANGUAGES, NAMES, WORDS, spans

KNOWN = Known(LANGUAGES, ("IN", "NP"), ("first", "second"))


@st.composite
def set_ups(draw: st.DrawFn) -> SetUp:
    """Whole set-ups without contradictions."""
    departments = draw(st.lists(DEPARTMENTS, max_size=4, unique_by=(lambda d: d.code, lambda d: d.prefix)))
    codes = [plan.code for plan in departments]
    some = st.sampled_from(codes) if codes else st.nothing()
    rooms = (
        draw(
            st.lists(
                st.builds(RoomPlan, CODES, some, st.just({}) | NAMES),
                max_size=4,
                unique_by=lambda r: r.code,
            )
        )
        if codes
        else []
    )
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
        abha_code=(st.just("") | some) if codes else st.just(""),
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


@given(set_ups())
@settings(max_examples=60)
def test_a_file_holds_the_whole_set_up(set_up: SetUp) -> None:
    problems: list[Problem] = []

    assert load(dump(set_up), KNOWN, problems) == set_up
    assert problems == []


def test_every_bad_line_of_a_file_is_named() -> None:
    clinic = ClinicPlan("Clinic", "Asia/Kolkata", "04:00", ("en",), "IN")
    general = DepartmentPlan("GEN", "G", {"en": "General"})
    dental = DepartmentPlan("DEN", "G", {"en": "Dental"})
    text = dump(SetUp(clinic, (general, dental), (RoomPlan("1", "XYZ"),), (), (), ()))
    problems: list[Problem] = []

    load(text, KNOWN, problems)

    found = {(line_of(text, problem.field), problem.field, problem.rule) for problem in problems}
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
    assert all(line_of(text, problem.field) >= 1 for problem in problems)


@given(ANYTHING)
def test_no_nonsense_breaks_the_reading_of_a_file(sent: Any) -> None:
    problems = list[Problem]()
    load(json.dumps(sent), KNOWN, problems)

    assert problems


@given(st.text('{}[]":,a1 \n', max_size=20))
@example('{"a"')
@example('{"rooms": [')
@example('{"a": ' + "[" * 100_000)
def test_any_text_has_a_line_to_point_at(text: str) -> None:
    assert 1 <= line_of(text, "rooms[2].code") <= text.count("\n") + 1


def test_two_lines_of_the_roster_that_want_one_doctor_are_told_at_the_later() -> None:
    rooms = (RoomPlan("1", "GEN"), RoomPlan("2", "GEN"))
    shifts = (ShiftPlan("first", "1", "mon", "09:00", "13:00"), ShiftPlan("first", "2", "mon", "12:00", "14:00"))
    clinic = ClinicPlan("Clinic", "Asia/Kolkata", "04:00", ("en",), "IN")
    text = dump(SetUp(clinic, (DepartmentPlan("GEN", "G", {"en": "General"}),), rooms, (), shifts, ()))

    problems = list[Problem]()
    load(text, KNOWN, problems)

    assert [(problem.field, problem.rule, problem.values["value"]) for problem in problems] == [
        ("shifts[2].doctor", "clash", "09:00–13:00")
    ]
    assert '"room": "2"' in text.splitlines()[line_of(text, "shifts[2].doctor") - 1]


@pytest.mark.parametrize("member", ["departments", "languages"])
@pytest.mark.parametrize("nested", [["GEN"], {"GEN": 1}, None, 5])
def test_a_list_of_words_that_holds_anything_else_is_told(member: str, nested: Any) -> None:
    sent = {"format": "smart-queue set-up 1", "displays": [{"name": "main", member: [nested]}]}

    problems = list[Problem]()
    load(json.dumps(sent), KNOWN, problems)

    assert (f"displays[1].{member}", "unknown") in {(problem.field, problem.rule) for problem in problems}
