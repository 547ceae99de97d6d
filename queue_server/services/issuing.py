"""Giving out tokens."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import date

from queue_server.domain.errors import BadInput, DepartmentClosed
from queue_server.domain.events import Event
from queue_server.domain.numbering import number
from queue_server.domain.ordering import rank
from queue_server.domain.tokens import Action, Priority
from queue_server.locale import offered
from queue_server.services.actors import Actor
from queue_server.services.queues import Queues
from queue_server.storage import answers, clinic, prints, queues
from queue_server.storage.store import Store, Transaction
from queue_server.storage.tables import TokenRow


@dataclass(frozen=True, slots=True)
class IssueRequest:
    """What is asked for: a department's code, and how. `place`: where the slip is printed, none for no slip."""

    department: str
    priority: Priority = Priority.NORMAL
    reason: str | None = None
    language: str = "en"
    place: str | None = None


@dataclass(frozen=True, slots=True)
class IssuedToken:
    """A saved token: its id, its link's key, its number, and the print job if a slip was asked for."""

    token_id: int
    key: str
    number: str
    print_job: int | None


class Issuing:
    """Tokens are saved before anything is printed or shown."""

    def __init__(self, store: Store, queues: Queues) -> None:
        self._store = store
        self._queues = queues

    async def issue(self, request: IssueRequest, *, by: Actor, key: str | None = None) -> IssuedToken:
        """A new token waits in the department. The same `key` from the same actor gives the same token again.

        Raises `UnknownDepartment`, `DepartmentClosed`, `BadInput` for an emergency without a reason, `KeyReused`.
        """
        if request.priority is Priority.EMERGENCY and not request.reason:
            raise BadInput("reason", "An emergency goes before everybody; it needs a reason.")
        day = await self._queues.day()
        scope = f"issue:{by}"
        async with self._store.transaction() as work:
            if key is not None:
                asked = {"department": request.department, "priority": request.priority}
                if (body := await answers.first_answer(work, scope, key, asked)) is not None:
                    return IssuedToken(**body)
            issued = await self._issue(work, request, day, by)
            if key is not None:
                await answers.remember(
                    work,
                    scope,
                    key,
                    {
                        "token_id": issued.token_id,
                        "key": issued.key,
                        "number": issued.number,
                        "print_job": issued.print_job,
                    },
                )
        return issued

    async def _issue(self, work: Transaction, request: IssueRequest, day: date, by: Actor) -> IssuedToken:
        department = await clinic.lock_department(work, request.department)
        if not department.is_open:
            raise DepartmentClosed(department.code)
        counter = await queues.next_counter(work, department.id, day)
        # Everybody with an earlier place is ahead; the newcomer's own sequence is behind all of them.
        place = rank(request.priority, work.now, 2**62, department.rules)
        token = TokenRow(
            key=secrets.token_urlsafe(18),
            department_id=department.id,
            service_day=day,
            number=number(department.prefix, counter),
            language=offered(request.language),
            channel=by.kind,
            issued_at=work.now,
            ahead_at_issue=await queues.count_ahead(work.connection, department.id, day, place),
        )
        token_id = await queues.add_token(work, token)
        await queues.add_entry(work, token_id, department, day, request.priority, request.reason)
        job = await prints.add_job(work, token_id, request.place) if request.place else None
        data = {"number": token.number, "priority": request.priority, "reason": request.reason}
        work.record(Event(Action.ISSUE, work.now, str(by), token_id, department.id, data))
        return IssuedToken(token_id, token.key, token.number, job)
