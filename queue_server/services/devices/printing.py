"""Slips on their way to paper. A token exists whatever happens here."""

from __future__ import annotations

from datetime import timedelta

from queue_server import sources
from queue_server.domain.access.actors import Actor
from queue_server.domain.devices.devices import DeviceKind
from queue_server.domain.devices.print_jobs import PrintJob, PrintState
from queue_server.domain.errors import BadInput, NotFound
from queue_server.domain.queue.events import Event
from queue_server.live.topics import View
from queue_server.live.view_types import AgentView
from queue_server.locale import texts
from queue_server.locale.waits import slip_words
from queue_server.papers.slips import SlipDocument, slip
from queue_server.services.clinic.letterheads import Letterheads
from queue_server.services.clinic.snapshot import Snapshots
from queue_server.services.waits.forecasts import Waits
from queue_server.storage.analytics import tally_rows
from queue_server.storage.clinic import clinic_rows
from queue_server.storage.devices import device_rows, print_job_rows
from queue_server.storage.engine.store import Store, Transaction
from queue_server.storage.queue import queue_rows
from queue_server.storage.queue.idempotency_rows import once

#: A slip that could not be printed for so long is of no use to anybody.
SLIP_KEPT = timedelta(hours=2)

#: A printer in any other state prints nothing, or nobody knows.
WORKING = frozenset({"ok", "low"})

#: How often an agent's being there is written down while nothing changes.
_NOTED_EVERY = timedelta(minutes=1)


class Printing:
    """Hands jobs to the print agent of their place and keeps what it says of them."""

    def __init__(
        self, store: Store, queues: Snapshots, waits: Waits, public_url: str, letterheads: Letterheads
    ) -> None:
        self._store = store
        self._queues = queues
        self._waits = waits
        self._public_url = public_url
        self._letterheads = letterheads

    async def agent(self, device_id: int) -> View:
        """What an agent's line is woken by: the ids of the jobs that wait for it."""
        async with self._store.reading() as connection:
            device = await device_rows.device_by_id(connection, device_id)
            place = device.place if device else ""
            jobs = await print_job_rows.open_jobs(connection, place, self._queues.now() - SLIP_KEPT)
        return View(AgentView(jobs=[job.id for job in jobs]), frozenset({sources.prints(place), sources.DEVICES}))

    async def open_jobs(self, agent: Actor) -> list[PrintJob]:
        """The jobs of the agent's place that have no final state, oldest first."""
        async with self._store.reading() as connection:
            return await print_job_rows.open_jobs(connection, agent.place, self._queues.now() - SLIP_KEPT)

    async def compose(self, job: PrintJob) -> SlipDocument:
        """The slip of this job."""
        setting = await self._queues.clinic()
        async with self._store.reading() as connection:
            token = await queue_rows.token_by_id(connection, job.token_id)
            department = await clinic_rows.department(connection, token.department_id)
            entry = await queue_rows.newest_entry(connection, token.id)
        waits = await self._waits.of(await self._queues.of(entry.department_id), [token.id])
        return slip(
            token,
            job,
            setting,
            department,
            priority=entry.priority,
            wait_text=slip_words(texts(token.language), waits.get(token.id)),
            public_url=self._public_url,
            extras=await self._letterheads.on_slip(token.language),
        )

    async def again(self, job_id: int, place: str, *, by: Actor, key: str | None = None) -> int:
        """A further slip of the job's token, marked as a copy, is queued at the place; returns the new job's id.

        The same `key` for the same job gives the same answer again. Raises `NotFound` for an unknown job, `BadInput`
        for a place without a print agent, `KeyReused`.
        """
        asked = {"place": place}
        async with self._store.transaction() as work, once(work, f"print-again:{job_id}", key, asked) as this:
            if not this.is_repeated:
                job = await print_job_rows.job(work.connection, job_id)
                if job is None:
                    raise NotFound(f"There is no print job {job_id}.", job=job_id)
                this.answer = {"job": await reprint(work, job.token_id, place, by)}
        return int(this.answer["job"])

    async def report(self, agent: Actor, job_id: int, state: PrintState, reason: str | None) -> None:
        """The agent says what became of the job; a final state never changes again."""
        async with self._store.transaction() as work:
            await print_job_rows.set_state(work, job_id, agent.place, state, reason)

    async def printer(self, agent: Actor, state: str) -> None:
        """The agent says how its printer is: ok, low, out, cover, offline or unknown."""
        async with self._store.reading() as connection:
            known = await device_rows.device_by_id(connection, agent.id)
        if known is None:
            return
        is_news = known.printer != state
        if is_news or known.seen_at is None or self._queues.now() - known.seen_at > _NOTED_EVERY:
            async with self._store.transaction() as work:
                await device_rows.see_device(work, agent.id, state)
                if is_news:
                    work.touch(sources.DEVICES)
                    await tally_rows.see_state(work, agent.id, state, is_fault=state not in WORKING)


async def reprint(work: Transaction, token_id: int, place: str, by: Actor) -> int:
    """One more slip of the token is queued at the place; returns the job. Raises `UnknownToken`, `BadInput`."""
    token = await queue_rows.token_by_id(work.connection, token_id)
    if place not in {agent.place for agent in await device_rows.devices(work.connection, DeviceKind.AGENT)}:
        raise BadInput("place", f"There is no printer at {place[:40]!r}.")
    job = await print_job_rows.add_job(work, token_id, place)
    work.record(Event("reprint", work.now, str(by), token_id, token.department_id, {"place": place}))
    return job
