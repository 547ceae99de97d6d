"""Where one token stands: for its phone page and for programs."""

from __future__ import annotations

import json

from queue_server.domain.access.actors import PATIENT
from queue_server.domain.clinic.clinic import DepartmentQueue
from queue_server.domain.errors import Conflict, UnknownToken
from queue_server.domain.queue.tokens import Action, QueueEntry, State, Token
from queue_server.live.json_views import department_names
from queue_server.live.list_types import ProgramToken, QueueList
from queue_server.live.view_types import PhonePage, PhoneView
from queue_server.services.clinic.snapshot import Snapshots
from queue_server.services.queue.calling import Calling
from queue_server.services.queue.token_versions import version_of
from queue_server.services.screens.phones import Phones, may_return
from queue_server.services.waits.forecasts import Waits
from queue_server.storage.engine.store import Store
from queue_server.storage.queue import queue_rows


class TokenPages:
    """A link's key opens its own token's position and nothing else, and only on the token's service day."""

    def __init__(self, store: Store, queues: Snapshots, waits: Waits, calling: Calling, phones: Phones) -> None:
        self._store = store
        self._queues = queues
        self._waits = waits
        self._calling = calling
        self._phones = phones

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
        }
        return shown, token

    async def come_back(self, key: str) -> None:
        """A missed patient is back in the queue. Raises `UnknownToken`, `IllegalTransition`, `Conflict`."""
        token = await self._today(key)
        entry, _ = await self._standing(token.id)
        if entry.state is State.MISSED and not may_return(entry):
            raise Conflict(f"Token {entry.number} has come back {entry.returns} times; please ask at the desk.")
        await self._calling.act(token.id, Action.REQUEUE, by=PATIENT)

    async def program(self, token_id: int) -> ProgramToken:
        """A token for another program, with the key of its link. Raises `UnknownToken`."""
        async with self._store.reading() as connection:
            token = await queue_rows.token_by_id(connection, token_id)
        entry, queue = await self._standing(token.id)
        waits = await self._waits.figures(queue, [token.id])
        return {
            "id": token.id,
            "number": token.number,
            "department": queue.department.code,
            "state": entry.state,
            "priority": entry.priority,
            "ahead": queue.ahead.get(token.id),
            "wait": waits.get(token.id),
            "room": queue.room_code(entry.room_id),
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
            "waiting": len(order),
            "tokens": [
                {
                    "id": entry.token_id,
                    "number": entry.number,
                    "state": entry.state,
                    "priority": entry.priority,
                    "ahead": order.get(entry.token_id),
                    "wait": waits.get(entry.token_id),
                    "room": queue.room_code(entry.room_id),
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
        async with self._store.reading() as connection:
            entry = await queue_rows.newest_entry(connection, token_id)
        queue = await self._queues.of(entry.department_id)
        return queue.by_token.get(token_id, entry), queue
