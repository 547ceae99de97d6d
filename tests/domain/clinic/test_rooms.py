"""Rooms as they are set up: what somebody writes on a line, and the codes that names get."""

from __future__ import annotations

import pytest

from queue_server.domain.clinic.rooms import (
    LONGEST_CODE,
    LONGEST_NAME,
    RoomPlan,
    is_moved,
    read_room,
    room_of,
    with_code,
)
from queue_server.domain.form_reading import Problem, Reader

LANGUAGES = ("en", "hi", "ta")


@pytest.mark.parametrize(
    ("line", "code", "name"),
    [
        ("3", "3", ""),
        ("OPD-12", "OPD-12", ""),
        ("A", "A", ""),
        ("Pharmacy window", "PW", "Pharmacy window"),
        ("  Room 5   upstairs ", "R5U", "Room 5 upstairs"),
        ("PH = Pharmacy window", "PH", "Pharmacy window"),
        ("Pharmacy", "Pharmacy", "Pharmacy"),
        ("Physiotherapy", "P", "Physiotherapy"),
        ("दवा खिड़की", "R", "दवा खिड़की"),
        ("X-ray, ground floor, behind the stairs", "XRGFBTS", "X-ray, ground floor, behind the stairs"),
    ],
)
def test_a_line_is_a_code_a_name_or_both(line: str, code: str, name: str) -> None:
    assert room_of(line, ()) == {"code": code, "name": name}


def test_a_name_gets_a_code_that_is_free_and_may_stand_in_an_address() -> None:
    taken: set[str] = set()
    for name in ["Pharmacy window", "Pathology waiting", "Private ward", "x" * LONGEST_NAME, "कमरा", "खिड़की"] * 3:
        sent = {**room_of(name, taken), "department": "GEN"}
        problems: list[Problem] = []
        room = read_room(Reader(sent, problems), ["GEN"], LANGUAGES)
        assert problems == []
        assert room.code not in taken
        taken.add(room.code)

    assert {"PW", "PW-2", "PW-3", "R", "R-2"} <= taken


def test_what_is_too_long_is_named_with_its_field_and_limit() -> None:
    problems: list[Problem] = []
    read_room(Reader({"code": "1" * 13, "name": "y" * 41, "department": "GEN"}, problems), ["GEN"], LANGUAGES)

    assert [(problem.field, problem.rule, problem.values) for problem in problems] == [
        ("code", "too_long", {"longest": LONGEST_CODE}),
        ("name", "too_long", {"longest": LONGEST_NAME}),
    ]


@pytest.mark.parametrize(
    ("sent", "names"),
    [
        ({"names": {"ta": " மருந்தகம் ", "en": "Pharmacy", "hi": ""}}, {"en": "Pharmacy", "ta": "மருந்தகம்"}),
        ({"names": {}}, {}),
        ({"name": "Pharmacy"}, {"en": "Pharmacy"}),
        ({"name": ""}, {}),
        ({"name": "Pharmacy", "names": {"hi": "दवाखाना"}}, {"hi": "दवाखाना"}),
    ],
)
def test_a_name_that_does_not_say_its_language_is_the_english_one(
    sent: dict[str, object], names: dict[str, str]
) -> None:
    problems: list[Problem] = []
    room = read_room(Reader({"code": "PW", "department": "GEN", **sent}, problems), ["GEN"], LANGUAGES)

    assert (room.names, problems) == (names, [])


def test_a_room_gets_its_code_from_the_name_that_is_there() -> None:
    assert with_code({"names": {"hi": "", "ta": "X-ray 2"}}, ())["code"] == "XR2"
    assert with_code({"name": "Pharmacy window"}, {"PW"})["code"] == "PW-2"
    assert "code" not in with_code({"names": {"en": " "}}, ())


def test_another_name_moves_nobody() -> None:
    before = RoomPlan("PW", "GEN", {"en": "Pharmacy window"})

    assert not is_moved(before, RoomPlan("PW", "GEN", {"en": "Medicines", "hi": "दवाएँ"}))
    assert is_moved(before, RoomPlan("PH", "GEN", {"en": "Pharmacy window"}))
    assert is_moved(before, RoomPlan("PW", "LAB", {"en": "Pharmacy window"}))
    assert is_moved(before, None)
