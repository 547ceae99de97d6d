"""What becomes of a press for whose answer nobody waited.

A kiosk whose line broke does not know whether its request arrived. Was the slip printed, or may it have been, then
somebody may have taken it and be sitting in the waiting room: the token stands. Otherwise nobody can know its number,
and it is cancelled, so that no doctor calls an empty chair.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from queue_server.domain.access.actors import Actor
from queue_server.domain.devices.print_jobs import NOBODY_WAITED, PrintState
from queue_server.domain.queue.tokens import Action, State
from queue_server.services.queue.calling import Calling
from queue_server.services.queue.issuing import IssueRequest, Issuing
from queue_server.storage.devices import print_job_rows
from queue_server.storage.engine.store import Store
from queue_server.storage.queue import queue_rows

Outcome = Literal["cancelled", "stands"]


async def abandon(
    store: Store, issuing: Issuing, calling: Calling, request: IssueRequest, *, by: Actor, key: str
) -> Outcome:
    """The token of this press is cancelled if it still waits and nobody can know its number; else it stands.

    `request` and `key` are those of the press. A press that never arrived is used up: it is answered with a token that
    is cancelled at once and never printed, so that a copy of it that was held up on the way makes no other. Raises what
    `Issuing.issue` raises; then there is no token.
    """
    issued = await issuing.issue(replace(request, place=None), by=by, key=key)
    if issued.print_job is not None and not await _withdraw_slip(store, issued.print_job):
        return "stands"
    async with store.reading() as connection:
        entry = await queue_rows.newest_entry(connection, issued.token_id)
    if entry.state is State.CANCELLED:
        return "cancelled"
    if entry.state is not State.WAITING:
        return "stands"
    await calling.act(issued.token_id, Action.CANCEL, by=by)
    return "cancelled"


async def _withdraw_slip(store: Store, job_id: int) -> bool:
    """The slip will not be printed; false when it is on its way to paper already."""
    async with store.transaction() as work:
        job = await print_job_rows.job(work.connection, job_id)
        if job is None or job.state is PrintState.FAILED:
            return True
        if job.state is not PrintState.QUEUED:
            return False
        return await print_job_rows.set_state(work, job_id, job.place, PrintState.FAILED, NOBODY_WAITED)
