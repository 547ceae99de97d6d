"""Slips on their way to paper. A token exists whatever happens here."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from queue_server import sources
from queue_server.domain.access.actors import Actor
from queue_server.domain.clinic.presence import absence
from queue_server.domain.devices.devices import DeviceKind
from queue_server.domain.devices.print_jobs import WAITED_FOR, PrintJob, PrintState
from queue_server.domain.errors import BadInput, NotFound, UnknownDevice
from queue_server.domain.queue.events import Event
from queue_server.live.json_views import away_view
from queue_server.live.topics import View
from queue_server.live.view_types import AgentView
from queue_server.locale import texts
from queue_server.locale.waits import slip_words
from queue_server.papers.medicine_slips import MedicinesDocument
from queue_server.papers.slips import SlipDocument, slip, test_slip
from queue_server.services.access.slip_digits import SlipDigits
from queue_server.services.clinic.letterheads import Letterheads
from queue_server.services.clinic.snapshot import Snapshots
from queue_server.services.waits.forecasts import Waits
from queue_server.storage.analytics import tally_rows
from queue_server.storage.clinic import clinic_rows
from queue_server.storage.devices import device_rows, print_job_rows
from queue_server.storage.engine.store import Store, Transaction
from queue_server.storage.queue import queue_rows
from queue_server.storage.queue.idempotency_rows import once

#: Composes the medicines of a token's prescription (ids of both).
MedicinesOf = Callable[[int, int], Awaitable[MedicinesDocument]]

#: For so long an agent is asked how a slip ended that it was given.
ASKED_FOR = timedelta(hours=2)

#: A printer in any other state prints nothing, or nobody knows.
WORKING = frozenset({"ok", "low"})

#: How often an agent's being there is written down while nothing changes.
_NOTED_EVERY = timedelta(minutes=1)


class Printing:
    """Hands jobs to the print agent of their place and keeps what it says of them."""

    def __init__(
        self,
        store: Store,
        queues: Snapshots,
        waits: Waits,
        public_url: str,
        letterheads: Letterheads,
        digits: SlipDigits,
        medicines_of: MedicinesOf,
    ) -> None:
        self._store = store
        self._queues = queues
        self._waits = waits
        self._public_url = public_url
        self._letterheads = letterheads
        self._digits = digits
        self._medicines_of = medicines_of

    async def agent(self, device_id: int) -> View:
        """What an agent's line is woken by: the ids of the jobs that wait for it."""
        async with self._store.reading() as connection:
            device = await device_rows.device_by_id(connection, device_id)
            place = device.place if device else ""
            jobs = await self._open(connection, place)
        return View(AgentView(jobs=[job.id for job in jobs]), frozenset({sources.prints(place), sources.DEVICES}))

    async def open_jobs(self, agent: Actor) -> list[PrintJob]:
        """The jobs of the agent's place that have no final state, oldest first.

        One for which nobody waits any more is among them only if the agent may have it already.
        """
        async with self._store.reading() as connection:
            return await self._open(connection, agent.place)

    async def _open(self, connection: AsyncConnection, place: str) -> list[PrintJob]:
        now = self._queues.now()
        return await print_job_rows.open_jobs(connection, place, now - ASKED_FOR, now - WAITED_FOR)

    def waited_for_s(self, job: PrintJob) -> int:
        """For how many seconds somebody will still stand at the printer."""
        return job.waited_for_s(self._queues.now())

    async def give_up(self, kiosk: Actor, job_id: int) -> None:
        """Nobody stands at the kiosk any more: the slip waits at the desk, unless it is on its way to paper."""
        async with self._store.transaction() as work:
            await print_job_rows.give_up(work, place=kiosk.place, job_id=job_id)

    async def give_up_stale(self) -> None:
        """Every slip for which nobody waits any more waits at the desk."""
        before = self._queues.now() - WAITED_FOR
        async with self._store.reading() as connection:
            if not await print_job_rows.has_stale(connection, before):
                return
        async with self._store.transaction() as work:
            await print_job_rows.give_up(work, before=before)

    async def drop(self, job_id: int, *, by: Actor) -> None:
        """Nobody need look at the slip any more, and it is not printed; one that is on paper stays as it is.

        Raises `NotFound`.
        """
        async with self._store.transaction() as work:
            job = await print_job_rows.job(work.connection, job_id)
            if job is None:
                raise NotFound(f"There is no print job {job_id}.", job=job_id)
            if await print_job_rows.drop(work, job_id) and job.token_id is not None:
                token = await queue_rows.token_by_id(work.connection, job.token_id)
                line = ("slip_removed", work.now, str(by), token.id, token.department_id)
                work.record(Event(*line, {"place": job.place}))

    async def document(self, job: PrintJob) -> SlipDocument | MedicinesDocument:
        """What the job prints. Raises `QueueError` where what was prescribed does not open."""
        if job.record_id is not None and job.token_id is not None:
            return await self._medicines_of(job.token_id, job.record_id)
        return await self.compose(job)

    async def compose(self, job: PrintJob) -> SlipDocument:
        """The slip of this job."""
        setting = await self._queues.clinic()
        if job.token_id is None:
            return test_slip(setting, self._queues.now(), self._public_url)
        async with self._store.reading() as connection:
            token = await queue_rows.token_by_id(connection, job.token_id)
            department = await clinic_rows.department(connection, token.department_id)
            entry = await queue_rows.newest_entry(connection, token.id)
        queue = await self._queues.of(entry.department_id)
        waits = await self._waits.of(queue, [token.id])
        return slip(
            token,
            job,
            setting,
            department,
            priority=entry.priority,
            wait_text=slip_words(texts(token.language), waits.get(token.id)),
            public_url=self._public_url,
            extras=await self._letterheads.on_slip(token.language),
            digits=await self._digits.of(token.key) if setting.papers_by_slip else None,
            away=away_view(absence(queue, self._queues.now(), entry.for_doctor_id)),
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
                if job is None or job.token_id is None:
                    raise NotFound(f"There is no print job {job_id}.", job=job_id)
                this.answer = {"job": await reprint(work, job.token_id, place, by)}
        return int(this.answer["job"])

    async def test(self, device_id: int, *, by: Actor) -> None:
        """The printer of this print agent prints a test slip. Raises `UnknownDevice`."""
        async with self._store.transaction() as work:
            device = await device_rows.device_by_id(work.connection, device_id)
            if device is None or device.kind is not DeviceKind.AGENT:
                raise UnknownDevice(str(device_id))
            await print_job_rows.add_job(work, None, device.place)
            work.record(Event("printer_tested", work.now, str(by), data={"place": device.place}))

    async def tests(self) -> dict[str, PrintJob]:
        """Place → its newest test slip."""
        async with self._store.reading() as connection:
            return await print_job_rows.newest_tests(connection)

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
