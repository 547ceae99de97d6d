"""Where one token stands: for its phone page and for programs."""

from __future__ import annotations

import json

from queue_server.domain.access.actors import PATIENT, Actor
from queue_server.domain.clinic.clinic import DepartmentQueue
from queue_server.domain.clinic.presence import absence
from queue_server.domain.errors import Conflict, UnknownToken
from queue_server.domain.queue.tokens import Action, QueueEntry, State, Token
from queue_server.live.json_views import away_view, department_names
from queue_server.live.list_types import ProgramToken, QueueList
from queue_server.live.phone_types import PhonePage, PhoneView
from queue_server.services.access.here_codes import HereCodes
from queue_server.services.clinic.snapshot import Snapshots
from queue_server.services.queue.calling import Calling
from queue_server.services.queue.token_versions import version_of, version_text
from queue_server.services.screens.phones import Phones, may_return
from queue_server.services.waits.forecasts import Waits
from queue_server.storage.engine.store import Store
from queue_server.storage.queue import queue_rows


class TokenPages:
    """A link's key opens its own token's position and nothing else, and only on the token's service day."""

    def __init__(
        self, store: Store, queues: Snapshots, waits: Waits, calling: Calling, phones: Phones, codes: HereCodes
    ) -> None:
        self._store = store
        self._queues = queues
        self._waits = waits
        self._calling = calling
        self._phones = phones
        self._codes = codes

    async def phone(self, key: str) -> PhoneView:
        """What the phone with this link shows. Raises `UnknownToken` for an unknown key, or when its day is over."""
        (view,) = await self._phones.views([key])
        if view is None:
            raise UnknownToken
        shown: PhoneView = json.loads(view.text)
        return shown

    async def page(self, key: str) -> tuple[PhonePage, Token]:
        """What the phone page shows at first: the frame with its department's names and sign. Raises `UnknownToken`."""
        token, data = await self._today(key), await self.phone(key)
        department = await self._queues.department(data["department"])
        clinic = await self._queues.clinic()
        shown: PhonePage = {
            **data,
            "department_names": dict(department.names),
            "icon": department.icon,
            "colour": department.colour,
            "clinic": clinic.name,
            "time_zone": str(clinic.zone),
            "kept_min": department.place_kept_min,
        }
        return shown, token

    async def come_back(self, key: str, *, by: Actor = PATIENT, once_key: str | None = None) -> None:
        """A missed patient is back in the queue. Raises `UnknownToken`, `IllegalTransition`, `Conflict`."""
        token = await self._today(key)
        entry, _ = await self._standing(token.id)
        if entry.state is State.MISSED and not may_return(entry):
            raise Conflict(f"Token {entry.number} has come back {entry.returns} times; please ask at the desk.")
        await self._calling.act(token.id, Action.REQUEUE, by=by, key=once_key)

    async def arrive(self, key: str, *, by: Actor, once_key: str | None = None) -> None:
        """The patient is here; whoever is here already stays so. Raises `UnknownToken`, `IllegalTransition`."""
        token = await self._today(key)
        entry, _ = await self._standing(token.id)
        if not entry.is_here:
            await self._calling.act(token.id, Action.ARRIVE, by=by, key=once_key)

    async def arrive_with(self, key: str, code: str) -> None:
        """The same for a phone that knows the displays' code. Raises `WrongCode` as well."""
        await self._today(key)
        await self._codes.check(code)
        await self.arrive(key, by=PATIENT)

    async def program(self, token_id: int) -> ProgramToken:
        """A token for another program, with the key of its link. Raises `UnknownToken`."""
        return (await self.program_at(token_id))[0]

    async def program_at(self, token_id: int) -> tuple[ProgramToken, str]:
        """The same, and the version at which the token stands, or stood a moment before. Raises `UnknownToken`.

        So a change in between makes an If-Match with this version fail, and never makes it pass.
        """
        token, entry, version = await self._store.glance(lambda one: queue_rows.standing(one, token_id))
        queue = await self._queues.of(entry.department_id)
        shown = await self._for_program(token, queue.by_token.get(token_id, entry), queue)
        return shown, version_text(entry, version)

    async def _for_program(self, token: Token, entry: QueueEntry, queue: DepartmentQueue) -> ProgramToken:
        waits = await self._waits.figures(queue, [token.id])
        return {
            "id": token.id,
            "number": token.number,
            "department": queue.department.code,
            "away": away_view(absence(queue, self._queues.now(), entry.for_doctor_id)),
            "state": entry.state,
            "priority": entry.priority,
            "ahead": queue.place_of(token.id),
            "wait": waits.get(token.id),
            "room": queue.room_code(entry.room_id),
            "is_here": entry.is_here,
            "key": token.key,
        }

    async def version(self, token_id: int) -> str:
        """The version at which the token stands, see `versions`. Raises `UnknownToken`."""
        async with self._store.reading() as connection:
            return await version_of(connection, await queue_rows.newest_entry(connection, token_id))

    async def queue(self, code: str) -> QueueList:
        """A department's queue in order, for another program. Raises `UnknownDepartment`."""
        department = await self._queues.department(code)
        queue = await self._queues.of(department.id)
        order = queue.ahead
        waits = await self._waits.figures(queue, order)
        entries = sorted(queue.entries, key=lambda entry: (order.get(entry.token_id, -1), entry.rank.key))
        return {
            **department_names(department),
            "waiting": len(queue.line),
            "tokens": [
                {
                    "id": entry.token_id,
                    "number": entry.number,
                    "state": entry.state,
                    "priority": entry.priority,
                    "ahead": order.get(entry.token_id),
                    "wait": waits.get(entry.token_id),
                    "room": queue.room_code(entry.room_id),
                    "is_here": entry.is_here,
                }
                for entry in entries
            ],
        }

    async def _today(self, key: str) -> Token:
        slips = await self._phones.slips([key])
        if key not in slips:
            raise UnknownToken
        return slips[key].token

    async def _standing(self, token_id: int) -> tuple[QueueEntry, DepartmentQueue]:
        """The token's present stay, and the department where it is."""
        entry = await self._store.glance(lambda one: queue_rows.newest_entry(one, token_id))
        queue = await self._queues.of(entry.department_id)
        return queue.by_token.get(token_id, entry), queue
