"""Where one token stands, for its phone page and for programs."""

import pytest

from queue_server.domain.errors import Conflict, IllegalTransition, UnknownDepartment, UnknownToken
from queue_server.domain.queue.tokens import Action
from tests.clinics import PROGRAM, Clinic


async def test_the_phone_link_is_dead_after_its_day(clinic: Clinic) -> None:
    token = await clinic.issue()
    assert (await clinic.services.screens.token_pages.phone(token.key))["number"] == "G-001"

    clinic.clock.forward(days=1)

    with pytest.raises(UnknownToken):
        await clinic.services.screens.token_pages.phone(token.key)


async def test_a_missed_patient_may_come_back_twice_alone_and_then_asks_at_the_desk(clinic: Clinic) -> None:
    token = await clinic.issue()
    for _ in range(2):
        await clinic.next()
        await clinic.act(token, Action.MISS)
        assert (await clinic.services.screens.token_pages.phone(token.key))["can_return"]
        await clinic.services.screens.token_pages.come_back(token.key)

    await clinic.next()
    await clinic.act(token, Action.MISS)

    assert not (await clinic.services.screens.token_pages.phone(token.key))["can_return"]
    with pytest.raises(Conflict):
        await clinic.services.screens.token_pages.come_back(token.key)


async def test_whoever_was_not_missed_does_not_come_back(clinic: Clinic) -> None:
    token = await clinic.issue()

    with pytest.raises(IllegalTransition):
        await clinic.services.screens.token_pages.come_back(token.key)

    assert await clinic.state(token) == "waiting"


async def test_the_first_page_carries_what_the_frames_do_not(clinic: Clinic) -> None:
    token = await clinic.issue()

    page, found = await clinic.services.screens.token_pages.page(token.key)

    assert page.items() >= (await clinic.services.screens.token_pages.phone(token.key)).items()
    assert page["department_names"] == {"en": "General", "hi": "सामान्य"}
    assert (page["icon"], page["colour"], page["clinic"]) == ("general", "teal", "Test clinic")
    assert (page["time_zone"], found.id) == ("Asia/Kolkata", token.token_id)


async def test_a_program_sees_a_token_where_it_is_now(clinic: Clinic) -> None:
    token = await clinic.issue()
    await clinic.issue("LAB")
    await clinic.next()
    await clinic.services.queue.calling.transfer(token.token_id, "LAB", by=PROGRAM)

    seen = await clinic.services.screens.token_pages.program(token.token_id)

    assert (seen["number"], seen["department"], seen["state"]) == ("G-001", "LAB", "waiting")
    assert (seen["ahead"], seen["room"]) == (1, None)


async def test_a_queue_has_whoever_is_in_a_room_before_those_who_wait(clinic: Clinic) -> None:
    for _ in range(3):
        await clinic.issue()
    await clinic.next()

    queue = await clinic.services.screens.token_pages.queue("GEN")

    assert [(one["number"], one["ahead"], one["room"]) for one in queue["tokens"]] == [
        ("G-001", None, "1"),
        ("G-002", 0, None),
        ("G-003", 1, None),
    ]
    assert queue["waiting"] == 2


async def test_what_does_not_exist_is_named(clinic: Clinic) -> None:
    pages = clinic.services.screens.token_pages

    for answer in (pages.phone("nobody"), pages.page("nobody"), pages.come_back("nobody"), pages.program(99)):
        with pytest.raises(UnknownToken):
            await answer
    with pytest.raises(UnknownDepartment):
        await pages.queue("NOPE")


async def test_a_program_is_told_whether_anybody_calls(clinic: Clinic) -> None:
    pages, token = clinic.services.screens.token_pages, await clinic.issue()

    assert (await pages.program(token.token_id))["away"] == {"why": "nobody", "at": None}
    await clinic.on_duty(0, "1")
    assert (await pages.program(token.token_id))["away"] is None
