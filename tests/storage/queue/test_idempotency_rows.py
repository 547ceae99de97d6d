"""A request with an idempotency key has its effect once, whichever request it is."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import update

from queue_server.domain.access.actors import SYSTEM
from queue_server.domain.devices.devices import DeviceKind
from queue_server.domain.errors import DepartmentClosed, IllegalTransition, KeyReused
from queue_server.domain.queue.tokens import Action, Priority
from queue_server.services.programs.webhooks import Subscription
from queue_server.services.queue.issuing import IssueRequest
from queue_server.storage.tables import AnswerRow
from tests.clinics import KIOSK, PROGRAM, Clinic

#: The last release wrote the digest of fewer and other words.
OF_AN_EARLIER_VERSION = "5f" * 32

Press = Callable[[str], Awaitable[Any]]


@dataclass(frozen=True)
class Pressed:
    """A request as a function of its key, and another request in the same scope."""

    this: Press
    other: Press


async def issuing(clinic: Clinic) -> Pressed:
    issue = clinic.services.queue.issuing.issue
    return Pressed(
        lambda key: issue(IssueRequest("GEN"), by=KIOSK, key=key),
        lambda key: issue(IssueRequest("GEN", Priority.ASSISTED), by=KIOSK, key=key),
    )


async def issuing_in_another_language(clinic: Clinic) -> Pressed:
    issue = clinic.services.queue.issuing.issue
    return Pressed(
        lambda key: issue(IssueRequest("GEN"), by=KIOSK, key=key),
        lambda key: issue(IssueRequest("GEN", language="hi"), by=KIOSK, key=key),
    )


async def calling_next(clinic: Clinic) -> Pressed:
    await clinic.issue()
    await clinic.issue()
    call_next = clinic.services.queue.calling.call_next
    return Pressed(
        lambda key: call_next("1", by=PROGRAM, key=key),
        lambda key: call_next("1", by=PROGRAM, expected=None, key=key),
    )


async def calling_one(clinic: Clinic) -> Pressed:
    token, call = await clinic.issue(), clinic.services.queue.calling.call
    return Pressed(
        lambda key: call(token.token_id, "1", by=PROGRAM, key=key),
        lambda key: call(token.token_id, "2", by=PROGRAM, key=key),
    )


async def recalling(clinic: Clinic) -> Pressed:
    token, calling = await clinic.issue(), clinic.services.queue.calling
    await clinic.next()
    return Pressed(
        lambda key: calling.recall(token.token_id, by=PROGRAM, key=key),
        lambda key: calling.act(token.token_id, Action.MISS, by=PROGRAM, key=key),
    )


async def acting(clinic: Clinic) -> Pressed:
    token = await clinic.issue()
    return Pressed(
        lambda key: clinic.act(token, Action.HOLD, key=key),
        lambda key: clinic.act(token, Action.CANCEL, key=key),
    )


async def transferring(clinic: Clinic) -> Pressed:
    token, transfer = await clinic.issue(), clinic.services.queue.calling.transfer
    await clinic.next()
    return Pressed(
        lambda key: transfer(token.token_id, "LAB", by=PROGRAM, room_code="1", key=key),
        lambda key: transfer(token.token_id, "LAB", by=PROGRAM, room_code="1", returning=True, key=key),
    )


async def taking_back(clinic: Clinic) -> Pressed:
    token, calling = await clinic.issue(), clinic.services.queue.calling
    await clinic.next()
    await clinic.act(token, Action.START)
    return Pressed(
        lambda key: calling.undo_token(token.token_id, by=PROGRAM, key=key),
        lambda key: calling.recall(token.token_id, by=PROGRAM, key=key),
    )


async def printing_again(clinic: Clinic) -> Pressed:
    for place in ("entrance", "desk"):
        await clinic.services.devices.registry.add(DeviceKind.AGENT, f"Printer {place}", place)
    issued = await clinic.services.queue.issuing.issue(IssueRequest("GEN", place="entrance"), by=KIOSK)
    assert issued.print_job is not None
    job, again = issued.print_job, clinic.services.devices.printing.again
    return Pressed(
        lambda key: again(job, "entrance", by=PROGRAM, key=key), lambda key: again(job, "desk", by=PROGRAM, key=key)
    )


async def subscribing(clinic: Clinic) -> Pressed:
    await clinic.services.programs.keys.add("Records", ["events:read"])
    (program,) = await clinic.services.programs.keys.all()
    add = clinic.services.programs.webhooks.add
    asked = [Subscription("https://hooks.example/queue", ["token.called"], after) for after in (0, 1)]
    return Pressed(
        lambda key: add(program.id, asked[0], by=PROGRAM, key=key),
        lambda key: add(program.id, asked[1], by=PROGRAM, key=key),
    )


REQUESTS = [
    *(issuing, issuing_in_another_language, calling_next, calling_one, recalling, acting, transferring, taking_back),
    *(printing_again, subscribing),
]


@pytest.mark.parametrize("request_of", REQUESTS)
async def test_a_request_that_comes_again_has_no_further_effect(
    clinic: Clinic, request_of: Callable[[Clinic], Awaitable[Pressed]]
) -> None:
    press = (await request_of(clinic)).this
    first = await press("one press")
    lines = await clinic.kinds()

    again = await press("one press")

    assert again == first
    assert await clinic.kinds() == lines


@pytest.mark.parametrize("request_of", REQUESTS)
async def test_requests_that_come_together_have_one_effect(
    clinic: Clinic, request_of: Callable[[Clinic], Awaitable[Pressed]]
) -> None:
    press = (await request_of(clinic)).this
    lines = await clinic.kinds()

    answers = await asyncio.gather(*(press("one press") for _ in range(4)))

    new = (await clinic.kinds())[len(lines) :]
    assert all(answer == answers[0] for answer in answers)
    assert len(new) == len(set(new)) > 0


@pytest.mark.parametrize("request_of", REQUESTS)
async def test_a_key_that_comes_with_another_request_is_refused(
    clinic: Clinic, request_of: Callable[[Clinic], Awaitable[Pressed]]
) -> None:
    pressed = await request_of(clinic)
    await pressed.this("one press")
    lines = await clinic.kinds()

    with pytest.raises(KeyReused):
        await pressed.other("one press")

    assert await clinic.kinds() == lines


@pytest.mark.parametrize("request_of", REQUESTS)
async def test_a_press_from_before_an_update_has_no_further_effect(
    clinic: Clinic, request_of: Callable[[Clinic], Awaitable[Pressed]]
) -> None:
    press = (await request_of(clinic)).this
    first = await press("one press")
    lines = await clinic.kinds()
    async with clinic.services.store.transaction() as work:
        await work.connection.execute(update(AnswerRow).values(fingerprint=OF_AN_EARLIER_VERSION))

    again = await press("one press")

    assert again == first
    assert await clinic.kinds() == lines


async def test_a_request_that_failed_has_not_used_its_key(clinic: Clinic) -> None:
    token = await clinic.issue()
    with pytest.raises(IllegalTransition):
        await clinic.act(token, Action.START, key="one press")
    await clinic.next()

    started = await clinic.act(token, Action.START, key="one press")

    assert started.state == "serving"


async def test_a_key_is_free_again_for_another_request_when_the_first_failed(clinic: Clinic) -> None:
    await clinic.services.clinic.departments.change("GEN", {"is_open": False}, by=SYSTEM)
    with pytest.raises(DepartmentClosed):
        await clinic.issue("GEN", key="one press")

    issued = await clinic.issue("LAB", key="one press")

    assert issued.number == "L-001"
