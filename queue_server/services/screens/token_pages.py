"""Where one token stands: for its phone page and for programs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from queue_server import sources
from queue_server.domain.access.actors import PATIENT
from queue_server.domain.errors import Conflict, UnknownToken
from queue_server.domain.queue.ordering import places
from queue_server.domain.queue.tokens import Action, QueueEntry, State, Token
from queue_server.live.json_views import Json, department_names
from queue_server.live.topics import View
from queue_server.services.clinic.snapshot import Queues
from queue_server.services.queue.calling import Calling
from queue_server.services.queue.token_versions import version_of
from queue_server.services.screens.positions import Standing, Standings
from queue_server.services.waits.forecasts import Waits
from queue_server.storage.engine.store import Store
from queue_server.storage.queue import queue_rows
from queue_server.storage.records import document_rows

#: How often a patient who was missed may come back without asking at the desk.
SELF_RETURNS = 2


@dataclass(frozen=True, slots=True)
class Known:
    """A token's own facts and the number of its documents, as they stood at the revision `rev` of its source."""

    rev: int
    token: Token
    papers: int


class Status:
    """A link's key opens its own token's position and nothing else, and only on the token's service day."""

    def __init__(self, store: Store, queues: Queues, waits: Waits, calling: Calling) -> None:
        self._store = store
        self._queues = queues
        self._waits = waits
        self._calling = calling
        self._standings = Standings()
        self._known: dict[str, Known] = {}
        self._known_of: date | None = None

    async def phone(self, key: str) -> View:
        """The frame of one phone. Raises `UnknownToken` for an unknown key, or when its day is over."""
        known = await self._today(key)
        token = known.token
        entry, standing = await self._standing(token)
        queue = standing.queue
        data: Json = {
            "number": token.number,
            "state": entry.state,
            "department": queue.department.code,
            "ahead": standing.ahead.get(token.id),
            "wait": await self._waits.of_token(queue, token.id),
            "room": queue.room_code(entry.room_id),
            "now_serving": list(standing.now_serving),
            "can_return": _may_return(entry),
            "calls": entry.calls,
            "language": token.language,
        }
        if known.papers:
            data["papers"] = known.papers
        shown = {sources.CLINIC, sources.department(queue.department.id), sources.token(token.id)}
        return View(data, frozenset(shown))

    async def page(self, key: str) -> tuple[Json, Token]:
        """What the phone page shows at first: the frame with its department's names and sign. Raises `UnknownToken`."""
        data = dict((await self.phone(key)).data)
        department = await self._queues.department(str(data["department"]))
        clinic = await self._queues.clinic()
        sign = {"icon": department.icon, "colour": department.colour}
        names = {"department_names": dict(department.names), "clinic": clinic.name, "time_zone": str(clinic.zone)}
        return data | sign | names, (await self._today(key)).token

    async def come_back(self, key: str) -> None:
        """A missed patient is back in the queue. Raises `UnknownToken`, `IllegalTransition`, `Conflict`."""
        token = (await self._today(key)).token
        entry, _ = await self._standing(token)
        if entry.state is State.MISSED and not _may_return(entry):
            raise Conflict(f"Token {entry.number} has come back {entry.returns} times; please ask at the desk.")
        await self._calling.act(token.id, Action.REQUEUE, by=PATIENT)

    async def program(self, token_id: int) -> Json:
        """A token for another program, with the key of its link. Raises `UnknownToken`."""
        async with self._store.reading() as connection:
            token = await queue_rows.token_by_id(connection, token_id)
        entry, standing = await self._standing(token)
        return {
            "id": token.id,
            "number": token.number,
            "department": standing.queue.department.code,
            "state": entry.state,
            "priority": entry.priority,
            "ahead": standing.ahead.get(token.id),
            "wait": _figures(await self._waits.of_token(standing.queue, token.id)),
            "room": standing.queue.room_code(entry.room_id),
            "key": token.key,
        }

    async def version(self, token_id: int) -> str:
        """The version at which the token stands, see `versions`. Raises `UnknownToken`."""
        async with self._store.reading() as connection:
            return await version_of(connection, await queue_rows.newest_entry(connection, token_id))

    async def queue(self, code: str) -> Json:
        """A department's queue in order, for another program. Raises `UnknownDepartment`."""
        department = await self._queues.department(code)
        queue = await self._queues.of(department.id)
        waits = await self._waits.of(queue)
        order = places(queue.entries)
        entries = sorted(queue.entries, key=lambda entry: (order.get(entry.token_id, -1), entry.rank.key))
        return department_names(department) | {
            "waiting": len(order),
            "tokens": [
                {
                    "id": entry.token_id,
                    "number": entry.number,
                    "state": entry.state,
                    "priority": entry.priority,
                    "ahead": order.get(entry.token_id),
                    "wait": _figures(waits.get(entry.token_id)),
                    "room": queue.room_code(entry.room_id),
                }
                for entry in entries
            ],
        }

    async def _today(self, key: str) -> Known:
        """What is known of today's token; read again only when its source was touched. Raises `UnknownToken`."""
        day = await self._queues.day()
        if day != self._known_of:
            self._known, self._known_of = {}, day
        known = self._known.get(key)
        token_id = known.token.id if known else await self._id_of(key)
        rev = self._queues.rev_of(sources.token(token_id))
        if known is None or known.rev < rev:
            # The revision is older than the look, so what changes meanwhile has a later one.
            known = await self._read(token_id, rev)
            if known.token.service_day != day:
                raise UnknownToken
            self._known[key] = known
        return known

    async def _id_of(self, key: str) -> int:
        async with self._store.reading() as connection:
            return (await queue_rows.token_by_key(connection, key)).id

    async def _read(self, token_id: int, rev: int) -> Known:
        async with self._store.reading() as connection:
            token = await queue_rows.token_by_id(connection, token_id)
            # Where nothing was ever touched no document has come yet.
            papers = await document_rows.count_of_token(connection, token_id) if rev else 0
        return Known(rev, token, papers)

    async def _standing(self, token: Token) -> tuple[QueueEntry, Standing]:
        """The token's present stay: from what is already known while it is live, else from its row."""
        standing = self._standings.of(await self._queues.of(token.department_id))
        if token.id in standing.entries:
            return standing.entries[token.id], standing
        async with self._store.reading() as connection:
            entry = await queue_rows.newest_entry(connection, token.id)
        return entry, self._standings.of(await self._queues.of(entry.department_id))


def _figures(wait: Json | None) -> Json | None:
    return wait and {name: wait[name] for name in ("low_s", "likely_s", "high_s")}


def _may_return(entry: QueueEntry) -> bool:
    return entry.state is State.MISSED and entry.returns < SELF_RETURNS
