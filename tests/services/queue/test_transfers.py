"""A token that visits several departments."""

import pytest

from queue_server.domain.errors import BadInput
from queue_server.domain.queue.tokens import Action, DutyState
from tests.clinics import PROGRAM, Clinic


async def test_a_transferred_token_waits_elsewhere_with_its_number(clinic: Clinic) -> None:
    token = await clinic.issue()
    await clinic.next()

    await clinic.services.queue.calling.transfer(token.token_id, "LAB", by=PROGRAM, room_code="1")

    assert await clinic.order("LAB") == ["G-001"]
    assert await clinic.order("GEN") == []


async def test_from_the_laboratory_a_patient_comes_back_to_the_same_doctor(clinic: Clinic) -> None:
    await clinic.on_duty(0, "1")
    await clinic.on_duty(1, "2")
    token = await clinic.issue()
    for _ in range(3):
        await clinic.issue()
    await clinic.next("1")
    await clinic.services.queue.calling.transfer(token.token_id, "LAB", by=PROGRAM, returning=True, room_code="1")
    assert await clinic.next("3") == "G-001"

    await clinic.act(token, Action.ATTEND)

    assert await clinic.order() == ["G-001", "G-002", "G-003", "G-004"]
    assert await clinic.next("2") == "G-002"
    assert await clinic.next("1") == "G-001"


async def test_whoever_was_kept_for_a_doctor_is_free_when_that_doctor_leaves(clinic: Clinic) -> None:
    await clinic.on_duty(0, "1")
    await clinic.on_duty(1, "2")
    token = await clinic.issue()
    await clinic.next("1")
    await clinic.services.queue.calling.transfer(token.token_id, "LAB", by=PROGRAM, returning=True, room_code="1")
    await clinic.next("3")
    await clinic.act(token, Action.ATTEND)

    await clinic.services.queue.duties.change("1", DutyState.OFF_DUTY, doctor=clinic.doctors[0])

    assert await clinic.next("2") == "G-001"


async def test_a_transfer_whose_answer_was_lost_is_done_once(clinic: Clinic) -> None:
    token = await clinic.issue()
    await clinic.next()

    for _ in range(2):
        await clinic.services.queue.calling.transfer(token.token_id, "LAB", by=PROGRAM, room_code="1", key="one press")

    assert await clinic.order("LAB") == ["G-001"]


async def test_a_patient_comes_back_only_to_a_room_of_the_department_that_sends_them(clinic: Clinic) -> None:
    token = await clinic.issue()
    await clinic.next("1")

    with pytest.raises(BadInput, match="of the department where it is now"):
        await clinic.services.queue.calling.transfer(token.token_id, "LAB", by=PROGRAM, returning=True, room_code="3")

    assert await clinic.state(token) == "called"
