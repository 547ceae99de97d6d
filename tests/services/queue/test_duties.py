"""Doctors on duty, on breaks and off duty, on both databases."""

from datetime import timedelta

import pytest

from queue_server.domain.access.actors import SYSTEM, Actor
from queue_server.domain.errors import BadInput, ChangedMeanwhile, IllegalTransition, RoomTaken
from queue_server.domain.queue.tokens import Action, DutyState
from queue_server.live.json_views import Json
from tests.clinics import PROGRAM, Clinic


async def test_a_room_has_one_doctor_at_a_time(clinic: Clinic) -> None:
    await clinic.on_duty(0, "1")

    with pytest.raises(RoomTaken, match="room 1"):
        await clinic.on_duty(1, "1")


async def test_a_room_is_free_when_its_doctor_goes_off_duty(clinic: Clinic) -> None:
    await clinic.on_duty(0, "1")
    await clinic.services.queue.duties.change("1", DutyState.OFF_DUTY, doctor=clinic.doctors[0])

    await clinic.on_duty(1, "1")

    board = await clinic.services.screens.boards.board("main")
    assert [doctor["doctor"] for doctor in board.data["doctors"]] == ["Doctor second"]  # type: ignore[attr-defined]


async def test_the_journal_says_when_a_duty_that_ends_was_to_end_by_the_roster(clinic: Clinic) -> None:
    shift = {"doctor": "first", "room": "1", "weekday": "sun", "begins": "08:00", "ends": "23:00"}
    await clinic.services.clinic.roster.add_shift(shift, by=SYSTEM)
    for doctor, room in ((0, "1"), (1, "2")):
        await clinic.on_duty(doctor, room)
        await clinic.services.queue.duties.change(room, DutyState.OFF_DUTY, doctor=clinic.doctors[doctor])
    await clinic.kinds()

    lines = await clinic.services.programs.journal.events(0, 1000)

    ended = [line["data"]["ends_at"] for line in lines if (line["data"] or {}).get("state") == "off_duty"]
    assert ended == ["2026-11-22T17:30:00Z", None]


async def test_a_doctor_who_takes_another_room_leaves_the_first(clinic: Clinic) -> None:
    await clinic.on_duty(0, "1")

    await clinic.on_duty(0, "2")

    assert await clinic.services.queue.duties.room_of(clinic.doctors[0].id) == "2"
    await clinic.on_duty(1, "1")


async def test_a_break_says_why_and_until_when(clinic: Clinic) -> None:
    back_at = clinic.clock.now() + timedelta(minutes=30)
    doctor = clinic.doctors[0]

    await clinic.services.queue.duties.change("1", DutyState.ON_BREAK, doctor=doctor, reason="Rounds", back_at=back_at)

    room = await clinic.services.screens.boards.room("1")
    assert room.data["duty"] == {
        "state": "on_break",
        "doctor": "Doctor first",
        "doctor_id": doctor.id,
        "reason": "Rounds",
        "back_at": "2026-11-22T05:00:00Z",
    }


async def on_a_break(clinic: Clinic) -> Actor:
    """The first doctor is on a break in room 1."""
    doctor = clinic.doctors[0]
    back_at = clinic.clock.now() + timedelta(minutes=30)
    await clinic.services.queue.duties.change("1", DutyState.ON_BREAK, doctor=doctor, reason="Tea", back_at=back_at)
    return doctor


async def duty(clinic: Clinic) -> Json:
    """The duty that the console of room 1 shows."""
    return dict((await clinic.services.screens.boards.room("1")).data["duty"])  # type: ignore[call-overload, no-any-return]


async def test_a_doctor_who_calls_is_back_from_the_break(clinic: Clinic) -> None:
    await clinic.issue()
    doctor = await on_a_break(clinic)

    await clinic.services.queue.calling.call_next("1", by=doctor)

    shown = await duty(clinic)
    assert (shown["state"], shown["reason"], shown["back_at"]) == ("on_duty", None, None)


async def test_somebody_else_who_calls_into_the_room_ends_no_break(clinic: Clinic) -> None:
    await clinic.issue()
    await on_a_break(clinic)

    await clinic.services.queue.calling.call_next("1", by=PROGRAM)
    await clinic.services.queue.calling.call_next("1", by=clinic.doctors[1])

    assert (await duty(clinic))["state"] == "on_break"


async def test_a_refused_call_leaves_the_doctor_on_the_break(clinic: Clinic) -> None:
    token = await clinic.issue()
    await clinic.act(token, Action.CANCEL)
    doctor = await on_a_break(clinic)
    before = await duty(clinic)

    with pytest.raises(ChangedMeanwhile):
        await clinic.services.queue.calling.call_next("1", by=doctor, expected=token.token_id)
    with pytest.raises(IllegalTransition):
        await clinic.services.queue.calling.call(token.token_id, "1", by=doctor)

    assert await duty(clinic) == before


async def test_a_press_that_is_repeated_ends_no_second_break(clinic: Clinic) -> None:
    await clinic.issue()
    doctor = await on_a_break(clinic)
    await clinic.services.queue.calling.call_next("1", by=doctor, key="press")
    await on_a_break(clinic)

    await clinic.services.queue.calling.call_next("1", by=doctor, key="press")

    assert (await duty(clinic))["state"] == "on_break"


async def test_undoing_the_call_resumes_the_break_that_it_ended(clinic: Clinic) -> None:
    await clinic.issue()
    doctor = await on_a_break(clinic)
    before = await duty(clinic)
    await clinic.services.queue.calling.call_next("1", by=doctor)
    clinic.clock.forward(seconds=3)

    await clinic.services.queue.calling.undo("1", by=doctor)

    assert await duty(clinic) == before
    assert await clinic.order() == ["G-001"]


async def test_a_duty_that_was_changed_since_outlives_the_undo(clinic: Clinic) -> None:
    await clinic.issue()
    doctor = await on_a_break(clinic)
    await clinic.services.queue.calling.call_next("1", by=doctor)
    clinic.clock.forward(seconds=3)
    await clinic.services.queue.duties.change("1", DutyState.OFF_DUTY, doctor=doctor)

    await clinic.services.queue.calling.undo("1", by=doctor)

    assert (await duty(clinic))["state"] == "off_duty"


async def test_a_return_in_the_past_is_refused(clinic: Clinic) -> None:
    with pytest.raises(BadInput, match="in the past"):
        await clinic.services.queue.duties.change(
            "1", DutyState.ON_BREAK, doctor=clinic.doctors[0], back_at=clinic.clock.now() - timedelta(minutes=1)
        )
