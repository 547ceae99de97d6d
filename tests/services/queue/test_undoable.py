"""What can be taken back, and for how long."""

import pytest

from queue_server.domain.errors import NothingToUndo
from queue_server.domain.queue.tokens import Action
from tests.clinics import PROGRAM, Clinic


async def test_undo_takes_back_the_finish_and_the_call_together(clinic: Clinic) -> None:
    first, second = await clinic.issue(), await clinic.issue()
    await clinic.next()
    await clinic.next()

    await clinic.services.queue.calling.undo("1", by=PROGRAM)

    assert (await clinic.state(first), await clinic.state(second)) == ("called", "waiting")
    board = await clinic.services.screens.boards.board("main")
    assert [call["number"] for call in board.data["calls"]] == ["G-001"]  # type: ignore[attr-defined]


async def test_undo_works_for_eight_seconds_only(clinic: Clinic) -> None:
    await clinic.issue()
    await clinic.next()

    clinic.clock.forward(seconds=9)

    with pytest.raises(NothingToUndo):
        await clinic.services.queue.calling.undo("1", by=PROGRAM)


async def test_undo_is_refused_once_the_patient_has_moved_on(clinic: Clinic) -> None:
    token = await clinic.issue()
    await clinic.next("1")
    await clinic.services.queue.calling.act(token.token_id, Action.MISS, by=PROGRAM, room_code="1")
    await clinic.services.screens.token_pages.come_back(token.key)

    with pytest.raises(NothingToUndo, match="moved on"):
        await clinic.services.queue.calling.undo("1", by=PROGRAM)

    assert await clinic.state(token) == "waiting"


async def test_what_another_room_did_with_the_patient_since_cannot_be_undone_from_the_first(clinic: Clinic) -> None:
    token = await clinic.issue()
    await clinic.next("1")
    await clinic.services.queue.calling.act(token.token_id, Action.MISS, by=PROGRAM, room_code="1")
    await clinic.services.queue.calling.call(token.token_id, "2", by=PROGRAM)

    with pytest.raises(NothingToUndo):
        await clinic.services.queue.calling.undo("1", by=PROGRAM)

    assert await clinic.state(token) == "called"


async def test_an_action_is_undone_once(clinic: Clinic) -> None:
    await clinic.issue()
    await clinic.next()
    await clinic.services.queue.calling.undo("1", by=PROGRAM)

    with pytest.raises(NothingToUndo):
        await clinic.services.queue.calling.undo("1", by=PROGRAM)


async def test_undoing_a_transfer_unmakes_the_stay_in_the_other_department(clinic: Clinic) -> None:
    token = await clinic.issue()
    await clinic.next()
    await clinic.services.queue.calling.transfer(token.token_id, "LAB", by=PROGRAM, room_code="1")

    await clinic.services.queue.calling.undo_token(token.token_id, by=PROGRAM)

    assert await clinic.state(token) == "called"
    assert await clinic.order("LAB") == []
