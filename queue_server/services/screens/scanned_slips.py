"""What a slip opens where its code is read: its own token, as long as its day lasts."""

from __future__ import annotations

from queue_server.domain.access.actors import Actor
from queue_server.domain.errors import Conflict, OldSlip
from queue_server.domain.queue.tokens import Action, QueueEntry, State, Token
from queue_server.live.slip_types import FoundSlip, ScannedSlip
from queue_server.services.clinic.snapshot import Snapshots
from queue_server.services.queue.calling import Calling
from queue_server.services.records.slip_papers import SlipPapers
from queue_server.services.screens.token_pages import TokenPages
from queue_server.storage.engine.store import Store
from queue_server.storage.queue import queue_rows

#: Who holds the slip may withdraw until somebody has been called; then it is the staff's.
GIVEN_UP_IN = frozenset({State.WAITING, State.HELD, State.MISSED})


class ScannedSlips:
    """A code that is no slip of this clinic is an `UnknownToken`, one of another day an `OldSlip`."""

    def __init__(
        self, store: Store, queues: Snapshots, pages: TokenPages, calling: Calling, papers: SlipPapers
    ) -> None:
        self._store = store
        self._queues = queues
        self._pages = pages
        self._calling = calling
        self._papers = papers

    async def shown(self, key: str) -> ScannedSlip:
        """What its holder sees at a kiosk, and what can be done there. Raises `UnknownToken`, `OldSlip`."""
        await self._of_today(key)
        view, token = await self._pages.page(key)
        return {
            **view,
            "can_give_up": view["state"] in GIVEN_UP_IN,
            "has_papers": await self._papers.are_there(token.key),
        }

    async def come_back(self, key: str, *, by: Actor, once_key: str | None = None) -> None:
        """A missed patient is back in the queue. Raises `UnknownToken`, `OldSlip`, `IllegalTransition`, `Conflict`."""
        await self._of_today(key)
        await self._pages.come_back(key, by=by, once_key=once_key)

    async def arrive(self, key: str, *, by: Actor, once_key: str | None = None) -> None:
        """The slip's holder is here. Raises `UnknownToken`, `OldSlip`, `IllegalTransition`."""
        await self._of_today(key)
        await self._pages.arrive(key, by=by, once_key=once_key)

    async def give_up(self, key: str, *, by: Actor, once_key: str | None = None) -> None:
        """The number is withdrawn. Raises `UnknownToken`, `OldSlip`, `IllegalTransition`, `Conflict`."""
        entry = await self._standing(await self._of_today(key))
        if entry.state not in GIVEN_UP_IN | {State.CANCELLED}:
            raise Conflict(f"Token {entry.number} is {entry.state}; it cannot be given up here.")
        await self._calling.act(entry.token_id, Action.CANCEL, by=by, key=once_key)

    async def found(self, key: str) -> FoundSlip:
        """Which token it is, for staff, of whatever day. Raises `UnknownToken`."""
        async with self._store.reading() as connection:
            token = await queue_rows.token_by_key(connection, key)
        entry = await self._standing(token)
        queue = await self._queues.of(entry.department_id)
        return {
            "id": token.id,
            "number": token.number,
            "day": token.service_day.isoformat(),
            "is_today": token.service_day == await self._queues.day(),
            "department": queue.department.code,
            "state": entry.state,
            "room": queue.room_code(entry.room_id),
            "is_here": entry.is_here,
        }

    async def _of_today(self, key: str) -> Token:
        async with self._store.reading() as connection:
            token = await queue_rows.token_by_key(connection, key)
        if token.service_day != await self._queues.day():
            raise OldSlip
        return token

    async def _standing(self, token: Token) -> QueueEntry:
        async with self._store.reading() as connection:
            return await queue_rows.newest_entry(connection, token.id)
