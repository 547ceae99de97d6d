"""What becomes of a press for whose answer nobody waited."""

from __future__ import annotations

from typing import Any

import pytest

from queue_server.domain.devices.devices import DeviceKind
from queue_server.domain.devices.print_jobs import PrintState
from queue_server.domain.errors import UnknownDepartment
from queue_server.services.queue.issuing import IssuedToken, IssueRequest
from queue_server.services.queue.unanswered import abandon
from queue_server.storage.devices import print_job_rows
from tests.clinics import KIOSK, Clinic

PRESS = IssueRequest("GEN", place="entrance")


async def pressed(clinic: Clinic, key: str = "one") -> IssuedToken:
    """The press arrived, and its slip waits for the printer of the entrance."""
    await clinic.services.devices.registry.add(DeviceKind.AGENT, "Agent", "entrance")
    return await clinic.services.queue.issuing.issue(PRESS, by=KIOSK, key=key)


async def give_up(clinic: Clinic, key: str = "one", request: IssueRequest = PRESS) -> str:
    """Nobody waits for the answer of the press with this key any more."""
    queue = clinic.services.queue
    return await abandon(clinic.services.store, queue.issuing, queue.calling, request, by=KIOSK, key=key)


async def printed(clinic: Clinic, token: IssuedToken, state: PrintState | None = None) -> Any:
    """What became of the token's slip; with `state`, after the agent has said so."""
    assert token.print_job is not None
    async with clinic.services.store.transaction() as work:
        if state is not None:
            await print_job_rows.set_state(work, token.print_job, "entrance", state, None)
        job = await print_job_rows.job(work.connection, token.print_job)
    assert job is not None
    return job.state


async def test_a_slip_that_was_not_printed_leaves_no_token_in_the_queue(clinic: Clinic) -> None:
    token = await pressed(clinic)

    assert await give_up(clinic) == "cancelled"

    assert await clinic.state(token) == "cancelled"
    assert await printed(clinic, token) is PrintState.FAILED
    assert await clinic.order() == []


@pytest.mark.parametrize("state", [PrintState.SENT, PrintState.PRINTED, PrintState.UNCONFIRMED])
async def test_whoever_may_have_the_slip_keeps_the_number(clinic: Clinic, state: PrintState) -> None:
    token = await pressed(clinic)
    await printed(clinic, token, state)

    assert await give_up(clinic) == "stands"

    assert await clinic.order() == [token.number]
    assert await printed(clinic, token) is state


async def test_a_press_that_never_arrived_is_used_up(clinic: Clinic) -> None:
    await clinic.services.devices.registry.add(DeviceKind.AGENT, "Agent", "entrance")

    assert await give_up(clinic) == "cancelled"

    late = await clinic.services.queue.issuing.issue(PRESS, by=KIOSK, key="one")
    assert await clinic.state(late) == "cancelled"
    assert late.print_job is None
    assert await clinic.order() == []


async def test_giving_up_twice_is_giving_up_once(clinic: Clinic) -> None:
    await pressed(clinic)
    assert await give_up(clinic) == "cancelled"
    lines = await clinic.kinds()

    assert await give_up(clinic) == "cancelled"

    assert await clinic.kinds() == lines


async def test_whoever_was_called_meanwhile_stands(clinic: Clinic) -> None:
    token = await pressed(clinic)
    await clinic.next()

    assert await give_up(clinic) == "stands"

    assert await clinic.state(token) == "called"


async def test_what_cannot_be_issued_is_said(clinic: Clinic) -> None:
    with pytest.raises(UnknownDepartment):
        await give_up(clinic, request=IssueRequest("NOPE"))
