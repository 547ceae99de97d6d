"""What keepers have given out while the server was away becomes tokens like any other."""

from __future__ import annotations

import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from queue_server import sources
from queue_server.domain.access.actors import Actor
from queue_server.domain.clinic.clinic import Department
from queue_server.domain.clinic.opening_hours import ClosedReason, numbers_now
from queue_server.domain.devices.keepers import DeskTask, Keeper, KeptNumber, TaskKind, conflicts
from queue_server.domain.devices.print_jobs import PrintState
from queue_server.domain.errors import NotFound, QueueError, Unavailable
from queue_server.domain.queue.events import Event
from queue_server.domain.queue.ordering import rank
from queue_server.domain.queue.tokens import Action, Priority
from queue_server.domain.queue.transitions import act
from queue_server.locale import offered
from queue_server.services.access.sealed_numbers import SealedNumbers
from queue_server.services.clinic.quotas import given_out
from queue_server.services.clinic.snapshot import Snapshots
from queue_server.services.devices.keepers import Greeting, Keepers
from queue_server.services.queue.calling import Calling
from queue_server.services.queue.issuing import IssueRequest, Issuing
from queue_server.services.queue.unanswered import abandon
from queue_server.storage.clinic import clinic_rows
from queue_server.storage.devices import keeper_rows, print_job_rows
from queue_server.storage.engine.store import Store, Transaction
from queue_server.storage.queue import counter_rows, queue_rows

#: The first number that is tried where two slips bear the same: G-A07 and G-A07-2.
_SECOND = 2
_LONGEST_LINK, _LONGEST_PRESS = 32, 128


@dataclass(frozen=True, slots=True)
class Inside:
    """What was sealed: the key of the slip's link, how the patient wants to be served, and the press's own key."""

    link: str
    language: str
    priority: Priority
    press: str = ""


class HandingIn:
    """A number on paper is never refused: where it does not fit, it is taken, and the desk is told to look."""

    def __init__(
        self,
        store: Store,
        queues: Snapshots,
        keepers: Keepers,
        sealed: SealedNumbers,
        issuing: Issuing,
        calling: Calling,
    ) -> None:
        self._store = store
        self._queues = queues
        self._issuing = issuing
        self._calling = calling
        self._keepers = keepers
        self._sealed = sealed

    async def hand_in(self, greeting: Greeting, numbers: Sequence[KeptNumber], *, by: Actor) -> list[int]:
        """These numbers are tokens, in the order of their issue, each once however often it is handed in.

        Returns the sequences that are taken now or were before. All of them are, or none where the database fails.
        """
        keeper = await self._keepers.greet(greeting, by=by)
        inside = [await self._opened(kept) for kept in numbers]
        doubled = [await self._is_doubled(kept, found, by) for kept, found in zip(numbers, inside, strict=True)]
        today = await self._queues.day()
        async with self._store.transaction() as work:
            departments = {one.code: one for one in await clinic_rows.departments(work.connection, with_removed=True)}
            wanted = [departments[kept.department].id for kept in numbers if kept.department in departments]
            await clinic_rows.lock_departments(work, wanted)
            for kept, found, is_doubled in zip(numbers, inside, doubled, strict=True):
                if not await keeper_rows.handed_in(work.connection, keeper.id, kept.sequence):
                    taking = _Taking(self._queues, work, keeper, by, today)
                    await taking.take(kept, found, departments.get(kept.department), is_doubled=is_doubled)
        return [kept.sequence for kept in numbers]

    async def tasks(self) -> list[DeskTask]:
        """What the desk has not seen to, oldest first."""
        async with self._store.reading() as connection:
            return await keeper_rows.open_tasks(connection)

    async def finish(self, task_id: int, *, by: Actor) -> None:
        """The desk has seen to it. Raises `NotFound` for what is no open task."""
        async with self._store.transaction() as work:
            task = await keeper_rows.finish_task(work, task_id)
            if task is None:
                raise NotFound(f"There is no open task {task_id}.", task=task_id)
            data = {"kind": task.kind, "number": task.number}
            work.record(Event("desk_task_done", work.now, str(by), task.token_id, data=data))
            work.touch(sources.DEVICES)

    async def _is_doubled(self, kept: KeptNumber, inside: Inside | None, by: Actor) -> bool:
        """Whether the press has a number of the server's too, whose slip may be in the patient's hand; else it has none
        any more, and a copy of the press that was held up on the way makes no other."""
        if not kept.is_doubtful or inside is None:
            return False
        press = IssueRequest(kept.department, inside.priority, None, inside.language)
        try:
            outcome = await abandon(self._store, self._issuing, self._calling, press, by=by, key=inside.press)
        except QueueError as error:
            if isinstance(error, Unavailable):
                raise
            return False
        return outcome == "stands"

    async def _opened(self, kept: KeptNumber) -> Inside | None:
        content = await self._sealed.opened(kept.sealed, kept.number)
        if content is None:
            return None
        try:
            fields = json.loads(content)
            # As at the touch screen: nobody makes himself an emergency.
            priority = Priority.ASSISTED if fields["priority"] == Priority.ASSISTED else Priority.NORMAL
            press, link = str(fields["press"])[:_LONGEST_PRESS], str(fields["link"])[:_LONGEST_LINK]
            return Inside(link, offered(str(fields["language"])), priority, press)
        except (ValueError, KeyError, TypeError):
            return None


@dataclass(frozen=True, slots=True)
class _Taking:
    """Numbers of one keeper become tokens in one transaction."""

    queues: Snapshots
    work: Transaction
    keeper: Keeper
    by: Actor
    today: date

    async def take(
        self, kept: KeptNumber, inside: Inside | None, department: Department | None, *, is_doubled: bool
    ) -> None:
        if department is None:
            await self._tell(TaskKind.NO_DEPARTMENT, kept.number, None)
            await keeper_rows.take(self.work, self.keeper.id, kept.sequence, None)
            return
        day = min(kept.day, self.today)
        why = await self._why_closed(kept, department, day)
        number = await self._free_number(kept.number, department.id, day)
        token_id = await self._add(kept, inside or await self._unknown(), department, day, number)
        await keeper_rows.take(self.work, self.keeper.id, kept.sequence, token_id)
        found = conflicts(kept, why, self.today, is_doubled=is_doubled)
        found += [TaskKind.NUMBER_TWICE] * (number != kept.number) + [TaskKind.NOT_OPENED] * (inside is None)
        for kind in found:
            await self._tell(kind, number, token_id)

    async def _add(self, kept: KeptNumber, inside: Inside, department: Department, day: date, number: str) -> int:
        work, came_at = self.work, min(kept.issued_at, self.work.now)
        place = rank(inside.priority, came_at, 2**62, department.rules)
        is_known = await keeper_rows.is_link(work.connection, inside.link)
        token_id = await queue_rows.add_token(
            work,
            key=secrets.token_urlsafe(18) if is_known else inside.link,
            department_id=department.id,
            service_day=day,
            number=number,
            language=inside.language,
            channel=self.by.kind,
            issued_at=came_at,
            ahead_at_issue=await counter_rows.count_ahead(work.connection, department.id, day, place),
        )
        entry_id = await queue_rows.add_entry(
            work, token_id, department, day, inside.priority, joined_at=came_at, rank_at=place.at
        )
        data = {
            "number": number,
            "priority": inside.priority,
            "issued_at": came_at.isoformat(),
            "series": self.keeper.series,
            "estimated": kept.is_estimated,
        }
        work.record(Event(Action.ISSUE, work.now, str(self.by), token_id, department.id, data))
        if kept.is_withdrawn:
            await self._withdraw(entry_id)
        else:
            await self._note_slip(token_id, kept.printed)
        return token_id

    async def _withdraw(self, entry_id: int) -> None:
        """Nobody can know the number, so nobody is called in vain."""
        (entry,) = await queue_rows.entries_by_id(self.work.connection, [entry_id])
        await queue_rows.save_entry(self.work, act(entry, Action.CANCEL, self.work.now))
        data = {"number": entry.number, "state": "cancelled"}
        self.work.record(Event(Action.CANCEL, self.work.now, str(self.by), entry.token_id, entry.department_id, data))

    async def _note_slip(self, token_id: int, printed: PrintState) -> None:
        """The slip that the keeper has printed counts as the first, so that the next one is marked as a copy."""
        job = await print_job_rows.add_job(self.work, token_id, self.by.place)
        await print_job_rows.set_state(self.work, job, self.by.place, printed, None)

    async def _why_closed(self, kept: KeptNumber, department: Department, day: date) -> ClosedReason | None:
        return numbers_now(
            is_open=department.is_open,
            hours=department.opening_hours,
            quota=department.daily_quota,
            issued=await given_out(self.work.connection, department, day),
            now=kept.issued_at,
            zone=(await self.queues.clinic()).zone,
            holidays=department.holidays,
        ).why

    async def _free_number(self, number: str, department_id: int, day: date) -> str:
        """The number, or where another slip bears it, the number with a further count."""
        free, more = number, _SECOND
        while await keeper_rows.is_known(self.work.connection, department_id, day, free):
            free, more = f"{number[:9]}-{more}", more + 1
        return free

    async def _unknown(self) -> Inside:
        """For whoever's slip cannot be opened: the number counts, and the desk prints another slip."""
        language = (await self.queues.clinic()).languages[0]
        return Inside(secrets.token_urlsafe(18), language, Priority.NORMAL)

    async def _tell(self, kind: TaskKind, number: str, token_id: int | None) -> None:
        await keeper_rows.add_task(self.work, kind, number, token_id, self.by.name)
        data = {"kind": kind, "number": number}
        self.work.record(Event("desk_task", self.work.now, str(self.by), token_id, data=data))
        self.work.touch(sources.DEVICES)
