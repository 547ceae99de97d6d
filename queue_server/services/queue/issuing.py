"""Giving out tokens."""

from __future__ import annotations

import secrets
from dataclasses import asdict, dataclass, fields, replace
from datetime import date

from queue_server.domain.access.actors import Actor
from queue_server.domain.clinic.clinic import Department
from queue_server.domain.clinic.opening_hours import opening
from queue_server.domain.errors import DepartmentClosed, OutsideHours, QuotaReached
from queue_server.domain.queue.events import Event
from queue_server.domain.queue.numbering import number
from queue_server.domain.queue.ordering import rank, reason_for
from queue_server.domain.queue.tokens import Action, Priority
from queue_server.locale import offered
from queue_server.services.clinic.quotas import given_out
from queue_server.services.clinic.snapshot import Snapshots
from queue_server.storage.clinic import clinic_rows
from queue_server.storage.devices import print_job_rows
from queue_server.storage.engine.store import Store, Transaction
from queue_server.storage.people import patient_rows
from queue_server.storage.queue import counter_rows, queue_rows
from queue_server.storage.queue.idempotency_rows import once


@dataclass(frozen=True, slots=True)
class IssueRequest:
    """What is asked for: a department's code, and how. `place`: where the slip is printed, none for no slip.

    `patient_id`: whose token it is, none for a walk-in's. `is_here`: false for somebody who asks from elsewhere, who
    has to arrive before being called where the department wants that.
    """

    department: str
    priority: Priority = Priority.NORMAL
    reason: str | None = None
    language: str = "en"
    place: str | None = None
    patient_id: int | None = None
    is_here: bool = True


@dataclass(frozen=True, slots=True)
class IssuedToken:
    """A saved token: its id, its link's key, its number, and the print job if a slip was asked for."""

    token_id: int
    key: str
    number: str
    print_job: int | None


class Issuing:
    """Tokens are saved before anything is printed or shown."""

    def __init__(self, store: Store, queues: Snapshots) -> None:
        self._store = store
        self._queues = queues

    async def issue(self, request: IssueRequest, *, by: Actor, key: str | None = None) -> IssuedToken:
        """A new token waits in the department. The same `key` from the same actor gives the same token again.

        A patient who has a live token in the department is given that one. Staff may issue outside the opening hours
        and above the quota. Raises `UnknownDepartment`, `DepartmentClosed` (`OutsideHours`, `QuotaReached`),
        `BadInput` for a priority that needs a reason and has none, `KeyReused`.
        """
        request = replace(request, reason=reason_for(request.priority, request.reason))
        day = await self._queues.day()
        # Where the slip is printed does not make it another request: an abandoned press is sent again without a place.
        asked = {field.name: getattr(request, field.name) for field in fields(request) if field.name != "place"}
        about = await self._queues.department_id(request.department)
        async with self._store.transaction(about) as work, once(work, f"issue:{by}", key, asked) as this:
            if not this.is_repeated:
                this.answer = asdict(await self.put(work, request, day, by))
        return IssuedToken(**this.answer)

    async def put(self, work: Transaction, request: IssueRequest, day: date, by: Actor) -> IssuedToken:
        """As `issue`, on this service day, in a transaction that holds no department yet."""
        department = await clinic_rows.lock_department(work, request.department)
        if request.patient_id is not None and (
            live := await patient_rows.live_token(work.connection, request.patient_id, department.id, day)
        ):
            return IssuedToken(*live, print_job=None)
        if not department.is_open:
            raise DepartmentClosed(department.code)
        # Everybody with an earlier place is ahead; the newcomer's own sequence is behind all of them.
        place = rank(request.priority, work.now, 2**62, department.rules)
        counter, ahead = await counter_rows.next_counter(work, department.id, day, place)
        if not by.is_staff:
            await self._check_limits(work, department, day)
        key, given = secrets.token_urlsafe(18), number(department.prefix, counter)
        token: dict[str, object] = {
            "key": key,
            "department_id": department.id,
            "service_day": day,
            "number": given,
            "language": offered(request.language),
            "channel": by.kind,
            "issued_at": work.now,
            "ahead_at_issue": ahead,
            "patient_id": request.patient_id,
        }
        is_here = request.is_here or not department.must_arrive
        how = {"reason": request.reason, "is_here": is_here}
        token_id = await queue_rows.add_waiting(work, token, department, day, request.priority, **how)
        job = await print_job_rows.add_job(work, token_id, request.place) if request.place else None
        data = {"number": given, "priority": request.priority, **({} if is_here else {"is_here": False})}
        work.record(Event(Action.ISSUE, work.now, str(by), token_id, department.id, data))
        return IssuedToken(token_id, key, given, job)

    async def _check_limits(self, work: Transaction, department: Department, day: date) -> None:
        """The number that was just counted may be given out. Raises `OutsideHours`, `QuotaReached`."""
        zone = (await self._queues.clinic()).zone
        holidays = (await self._queues.department(department.code)).holidays
        hours = opening(department.opening_hours, work.now, zone, holidays)
        if not hours.is_open:
            raise OutsideHours(department.code, hours.opens_at)
        issued = await given_out(work.connection, department, day)
        if department.daily_quota is not None and issued > department.daily_quota:
            raise QuotaReached(department.code, department.daily_quota)
