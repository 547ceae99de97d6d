"""Nobody is called twice, nobody is lost, and a press can be taken back."""

import asyncio

import pytest

from queue_server.domain.errors import BadInput, ChangedMeanwhile, IllegalTransition, UnknownRoom
from queue_server.domain.queue.tokens import Action, Priority
from tests.clinics import PROGRAM, Clinic


async def test_patients_are_called_in_the_order_of_arrival(clinic: Clinic) -> None:
    for _ in range(3):
        await clinic.issue()

    assert [await clinic.next() for _ in range(4)] == ["G-001", "G-002", "G-003", None]


async def test_calling_the_next_attends_whoever_is_in_the_room(clinic: Clinic) -> None:
    first, second = await clinic.issue(), await clinic.issue()
    await clinic.next()

    await clinic.next()

    assert await clinic.state(first) == "attended"
    assert await clinic.state(second) == "called"


async def test_with_nobody_waiting_the_last_patient_is_still_attended(clinic: Clinic) -> None:
    only = await clinic.issue()
    await clinic.next()

    assert await clinic.next() is None
    assert await clinic.state(only) == "attended"


async def test_whoever_was_called_and_not_begun_with_is_missed_by_a_press_for_somebody_else(clinic: Clinic) -> None:
    tokens = [await clinic.issue() for _ in range(4)]
    await clinic.next(was_seen=False)
    await clinic.next(was_seen=False)
    await clinic.services.queue.calling.call(tokens[2].token_id, "1", by=PROGRAM)
    await clinic.act(tokens[2], Action.START)
    await clinic.next(was_seen=False)

    assert [await clinic.state(token) for token in tokens] == ["missed", "missed", "attended", "called"]
    await clinic.act(tokens[0], Action.REQUEUE)


async def test_an_undo_brings_back_whoever_did_not_come(clinic: Clinic) -> None:
    first, second = await clinic.issue(), await clinic.issue()
    await clinic.next()
    await clinic.next(was_seen=False)

    await clinic.services.queue.calling.undo("1", by=PROGRAM)

    assert (await clinic.state(first), await clinic.state(second)) == ("called", "waiting")


async def test_two_doctors_pressing_together_get_different_patients(clinic: Clinic) -> None:
    for _ in range(40):
        await clinic.issue()

    called = [number for _ in range(20) for number in await asyncio.gather(clinic.next("1"), clinic.next("2"))]

    assert sorted(map(str, called)) == [f"G-{counter:03d}" for counter in range(1, 41)]


async def test_a_double_press_with_one_key_calls_one_patient(clinic: Clinic) -> None:
    await clinic.issue()
    await clinic.issue()

    called = await asyncio.gather(clinic.next(key="press"), clinic.next(key="press"))

    assert list(called) == ["G-001", "G-001"]
    assert await clinic.order() == ["G-002"]


async def test_a_second_press_from_an_old_screen_is_refused(clinic: Clinic) -> None:
    await clinic.issue()
    await clinic.issue()
    await clinic.next(expected=None)

    with pytest.raises(ChangedMeanwhile, match="G-001 is in room 1"):
        await clinic.next(expected=None)

    assert await clinic.order() == ["G-002"]


async def test_urgent_goes_before_those_who_came_within_its_credit(clinic: Clinic) -> None:
    await clinic.issue()
    clinic.clock.forward(minutes=70)
    await clinic.issue()
    await clinic.issue(priority=Priority.URGENT)

    assert await clinic.order() == ["G-001", "G-003", "G-002"]


async def test_an_emergency_goes_first(clinic: Clinic) -> None:
    await clinic.issue(priority=Priority.URGENT)
    await clinic.issue(priority=Priority.EMERGENCY)

    assert await clinic.order() == ["G-002", "G-001"]


async def test_a_missed_patient_returns_after_the_next_three_with_the_same_number(clinic: Clinic) -> None:
    tokens = [await clinic.issue() for _ in range(6)]
    await clinic.next()
    await clinic.act(tokens[0], Action.MISS)

    await clinic.act(tokens[0], Action.REQUEUE)

    assert await clinic.order() == ["G-002", "G-003", "G-004", "G-001", "G-005", "G-006"]


async def test_two_who_return_one_after_the_other_keep_that_order(clinic: Clinic) -> None:
    tokens = [await clinic.issue() for _ in range(6)]
    for token in tokens[:2]:
        await clinic.next()
        await clinic.act(token, Action.MISS)

    await clinic.act(tokens[1], Action.REQUEUE)
    await clinic.act(tokens[0], Action.REQUEUE)

    assert await clinic.order() == ["G-003", "G-004", "G-005", "G-002", "G-001", "G-006"]


async def test_a_held_patient_keeps_the_place(clinic: Clinic) -> None:
    tokens = [await clinic.issue() for _ in range(3)]
    await clinic.act(tokens[0], Action.HOLD)
    assert await clinic.order() == ["G-002", "G-003"]

    await clinic.act(tokens[0], Action.RESUME)

    assert await clinic.order() == ["G-001", "G-002", "G-003"]


async def test_an_illegal_action_names_the_token_and_changes_nothing(clinic: Clinic) -> None:
    token = await clinic.issue()

    with pytest.raises(IllegalTransition, match="Token G-001 is waiting; the action 'attend' is not possible"):
        await clinic.act(token, Action.ATTEND)

    assert await clinic.order() == ["G-001"]


async def test_a_chosen_patient_is_called_out_of_turn(clinic: Clinic) -> None:
    await clinic.issue()
    chosen = await clinic.issue()

    await clinic.services.queue.calling.call(chosen.token_id, "1", by=PROGRAM)

    assert await clinic.state(chosen) == "called"
    assert await clinic.order() == ["G-001"]


async def test_a_patient_of_another_department_cannot_be_called_to_the_room(clinic: Clinic) -> None:
    stranger = await clinic.issue("LAB")

    with pytest.raises(BadInput):
        await clinic.services.queue.calling.call(stranger.token_id, "1", by=PROGRAM)


async def test_an_unknown_room_is_named(clinic: Clinic) -> None:
    with pytest.raises(UnknownRoom, match="'99'"):
        await clinic.next("99")


async def test_every_call_has_a_larger_id_and_a_recall_is_a_call_of_its_own(clinic: Clinic) -> None:
    token = await clinic.issue()
    await clinic.issue()
    await clinic.next()
    await clinic.services.queue.calling.recall(token.token_id, by=PROGRAM)
    await clinic.next()

    board = await clinic.services.screens.boards.board("main")
    calls = board.data["calls"]

    assert [(call["number"], call["is_recall"]) for call in calls] == [  # type: ignore[attr-defined]
        ("G-001", False),
        ("G-001", True),
        ("G-002", False),
    ]
    assert [call["call_id"] for call in calls] == sorted(call["call_id"] for call in calls)  # type: ignore[attr-defined]


async def test_a_recall_whose_answer_was_lost_is_announced_once(clinic: Clinic) -> None:
    token = await clinic.issue()
    await clinic.next()

    for _ in range(2):
        await clinic.services.queue.calling.recall(token.token_id, by=PROGRAM, key="one press")

    board = await clinic.services.screens.boards.board("main")
    assert [call["is_recall"] for call in board.data["calls"]] == [False, True]  # type: ignore[attr-defined]
