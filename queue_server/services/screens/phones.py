"""What patients' phones show: many at once, each as a text that is put together from ready parts."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache, partial
from json.encoder import encode_basestring as quoted

from queue_server import sources
from queue_server.domain.clinic.clinic import DepartmentQueue, Room
from queue_server.domain.clinic.presence import absence
from queue_server.domain.queue.ordering import PlaceReason
from queue_server.domain.queue.tokens import LIVE, WATCHING, QueueEntry, State, Token
from queue_server.live.json_views import arrive_view, away_view, place_view
from queue_server.live.topics import ReadyView
from queue_server.services.clinic.snapshot import Snapshots
from queue_server.services.waits.forecasts import ToldWait, Waits
from queue_server.sources import Source
from queue_server.storage.engine.store import Store
from queue_server.storage.queue import queue_rows
from queue_server.storage.records import document_rows

#: How often a patient who was missed may come back without asking at the desk.
SELF_RETURNS = 2

#: The revision of a slip that changed while it was read.
UNCERTAIN = -1


@dataclass(frozen=True, slots=True)
class Slip:
    """A token that somebody follows, as it was at revision `rev`, and how many documents it has."""

    token: Token
    source: Source
    rev: int
    papers: int


class Phones:
    """The frames of phones. One look at each department serves all phones that follow its tokens."""

    def __init__(self, store: Store, queues: Snapshots, waits: Waits) -> None:
        self._store = store
        self._queues = queues
        self._waits = waits
        self._slips: dict[str, Slip] = {}
        self._day: date | None = None

    async def views(self, keys: Sequence[str]) -> list[ReadyView | None]:
        """What the phones with these links show now; none for an unknown key, or when its day is over."""
        slips = await self.slips(keys)
        entries = await self._entries(slips.values())
        views = dict[str, ReadyView | None]()
        for department_id, group in _by_department(slips.values(), entries).items():
            queue = await self._queues.of(department_id)
            waits = await self._waits.told(queue, [slip.token.id for slip in group])
            parts = _Parts(queue, self._queues.now())
            for slip in group:
                token = slip.token
                text = parts.text(slip, entries[token.id], waits.get(token.id))
                views[token.key] = ReadyView(text, _shown(department_id, slip.source))
        return [views.get(key) for key in keys]

    async def slips(self, keys: Iterable[str]) -> dict[str, Slip]:
        """The tokens of these links by key, without those that are unknown or of another day."""
        day = await self._queues.day()
        if day != self._day:
            self._slips, self._day = {}, day
        known = self._slips
        rev_of = self._queues.rev_of
        if new := [key for key in keys if (slip := known.get(key)) is None or rev_of(slip.source) != slip.rev]:
            known.update(await self._read(new, day))
        return {key: known[key] for key in keys if key in known}

    async def _read(self, keys: Sequence[str], day: date) -> dict[str, Slip]:
        """The tokens with these keys as they stand. What changes while they are read makes them be read again."""
        before = self._queues.rev()
        async with self._store.reading() as connection:
            tokens = [token for token in await queue_rows.tokens_by_key(connection, keys) if token.service_day == day]
            papers = await document_rows.counts_of_tokens(connection, [token.id for token in tokens])
        is_certain = self._queues.rev() == before
        slips = {}
        for token in tokens:
            source = sources.token(token.id)
            rev = self._queues.rev_of(source) if is_certain else UNCERTAIN
            slips[token.key] = Slip(token, source, rev, papers.get(token.id, 0))
        return slips

    async def _entries(self, slips: Collection[Slip]) -> dict[int, QueueEntry]:
        """The present stay of each token: from what is already known while it is live, else from its row."""
        found, over = dict[int, QueueEntry](), list[int]()
        for department_id in {slip.token.department_id for slip in slips}:
            live = (await self._queues.of(department_id)).by_token
            tokens = [slip.token.id for slip in slips if slip.token.department_id == department_id]
            found.update((token_id, live[token_id]) for token_id in tokens if token_id in live)
            over += [token_id for token_id in tokens if token_id not in live]
        if over:
            async with self._store.reading() as connection:
                found.update(await queue_rows.newest_entries(connection, over))
        return found


class _Parts:
    """What all phones of a department have in common, as JSON."""

    def __init__(self, queue: DepartmentQueue, now: datetime) -> None:
        self._queue = queue
        self._now = now
        self._absence = partial(absence, queue, now)
        self._away = away_view(self._absence())
        self._ahead = queue.ahead
        self._rooms = {room.id: _room(room) for room in queue.rooms}
        self._department = quoted(queue.department.code)
        self._now_serving = _json(queue.now_serving)

    def text(self, slip: Slip, entry: QueueEntry, told: ToldWait | None) -> str:
        """The JSON of a `PhoneView`."""
        arrive = (
            None if entry.is_here or entry.state not in LIVE else arrive_view(entry, self._queue.department, self._now)
        )
        ahead = "null" if arrive and arrive["late"] else self._ahead.get(entry.token_id, "null")
        wait = "null" if told is None else _wait(told)
        room = self._rooms.get(entry.room_id or 0, "null")
        serving = self._now_serving if entry.state in WATCHING else "[]"
        can_return = "true" if may_return(entry) else "false"
        papers = f',"papers":{slip.papers}' if slip.papers else ""
        waiting = self._waiting(entry) if entry.state is State.WAITING else ""
        waiting += f',"arrive":{_json(arrive)}' if arrive else ""
        return (
            f'{{"number":{quoted(slip.token.number)},"state":"{entry.state}","department":{self._department},'
            f'"ahead":{ahead},"wait":{wait},"room":{room},"now_serving":{serving},"can_return":{can_return},'
            f'"calls":{entry.calls},"language":"{slip.token.language}"{papers}{waiting}}}'
        )

    def _waiting(self, entry: QueueEntry) -> str:
        """What only those who wait are told: why nobody calls, and why they have their place."""
        away = self._away if entry.for_doctor_id is None else away_view(self._absence(entry.for_doctor_id))
        place = place_view(entry, self._queue.department)
        told = {"away": away, "place": None if place["reason"] is PlaceReason.ARRIVAL else place}
        arrived = ',"arrived":true' if entry.arrived_at else ""
        return "".join(f',"{name}":{_json(view)}' for name, view in told.items() if view) + arrived


def may_return(entry: QueueEntry) -> bool:
    """Whether the patient, who was missed, may come back without asking at the desk."""
    return entry.state is State.MISSED and entry.returns < SELF_RETURNS


def _room(room: Room) -> str:
    """The JSON of its code, and of its names where it has some."""
    return quoted(room.code) + (f',"room_names":{_json(dict(room.names))}' if room.names else "")


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


@lru_cache(maxsize=4_096)
def _wait(told: ToldWait) -> str:
    """The JSON of a wait; many phones are told the same."""
    return _json(told.view)


@lru_cache(maxsize=4_096)
def _shown(department_id: int, token: Source) -> frozenset[Source]:
    """What a phone depends on; thousands of them share a few sets."""
    return frozenset({sources.CLINIC, sources.department(department_id), token})


def _by_department(slips: Iterable[Slip], entries: Mapping[int, QueueEntry]) -> Mapping[int, list[Slip]]:
    """The department where a token is now → the slips; without tokens that no longer are."""
    grouped = defaultdict[int, list[Slip]](list)
    for slip in slips:
        if (entry := entries.get(slip.token.id)) is not None:
            grouped[entry.department_id].append(slip)
    return grouped
