"""What patients' phones show: many at once, each as a text that is put together from ready parts."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from json.encoder import encode_basestring as quoted
from sys import intern

from queue_server import sources
from queue_server.domain.clinic.clinic import Department, DepartmentQueue, Room
from queue_server.domain.clinic.presence import absence
from queue_server.domain.queue.ordering import PlaceReason
from queue_server.domain.queue.tokens import LIVE, WATCHING, QueueEntry, State, Token
from queue_server.live.json_views import arrive_view, away_view, place_view
from queue_server.live.topics import ReadyView
from queue_server.services.clinic.snapshot import Snapshots
from queue_server.services.waits.forecasts import Waits
from queue_server.services.waits.telling import ToldWait
from queue_server.sources import Source
from queue_server.storage.engine.store import Store
from queue_server.storage.queue import queue_rows
from queue_server.storage.records import document_rows

#: How often a patient who was missed may come back without asking at the desk.
SELF_RETURNS = 2

#: The revision of a slip that changed while it was read.
UNCERTAIN = -1


@dataclass(slots=True)
class Slip:
    """A token that somebody follows, as it was at revision `rev`, and how many documents it has.

    `stay`: the text of what stays while its `entry` and the `facts` of the department do.
    """

    token: Token
    source: Source
    rev: int
    papers: int
    entry: QueueEntry | None = None
    facts: _Facts | None = None
    stay: str = ""


class Phones:
    """The frames of phones. One look at each department serves all phones that follow its tokens."""

    def __init__(self, store: Store, queues: Snapshots, waits: Waits) -> None:
        self._store = store
        self._queues = queues
        self._waits = waits
        self._slips: dict[str, Slip] = {}
        self._day: date | None = None
        self._facts: dict[int, _Facts] = {}

    async def views(self, keys: Sequence[str]) -> list[ReadyView | None]:
        """What the phones with these links show now; none for an unknown key, or when its day is over."""
        slips = await self.slips(keys)
        views = dict[str, ReadyView | None]()
        for department_id, group in (await self._by_department(slips.values())).items():
            queue = await self._queues.of(department_id)
            waits = await self._waits.told(queue, [entry.token_id for _, entry in group])
            parts = _Parts(queue, self._facts_of(queue), self._queues.now())
            for slip, entry in group:
                text = parts.text(slip, entry, waits.get(entry.token_id))
                views[slip.token.key] = ReadyView(text, _shown(department_id, slip.source))
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

    async def _by_department(self, slips: Collection[Slip]) -> Mapping[int, list[tuple[Slip, QueueEntry]]]:
        """The department where a token is now → slips with their present stays; without tokens that no longer are.

        The stay is from what is already known while it is live, else from its row.
        """
        live = {home: (await self._queues.of(home)).by_token for home in {slip.token.department_id for slip in slips}}
        found = [(slip, live[slip.token.department_id].get(slip.token.id)) for slip in slips]
        if over := [slip.token.id for slip, entry in found if entry is None]:
            async with self._store.reading() as connection:
                read = await queue_rows.newest_entries(connection, over)
            found = [(slip, entry or read.get(slip.token.id)) for slip, entry in found]
        grouped = defaultdict[int, list[tuple[Slip, QueueEntry]]](list)
        for slip, entry in found:
            if entry is not None:
                grouped[entry.department_id].append((slip, entry))
        return grouped

    def _facts_of(self, queue: DepartmentQueue) -> _Facts:
        known = self._facts.get(queue.department.id)
        if known is None or known.department is not queue.department or known.rooms != queue.rooms:
            known = self._facts[queue.department.id] = _Facts(queue.department, queue.rooms)
        return known


class _Facts:
    """What the texts of a department's phones take from how it is set up."""

    def __init__(self, department: Department, rooms: tuple[Room, ...]) -> None:
        self.department = department
        self.rooms = rooms
        self._rules = department.rules
        self._code = quoted(department.code)
        self._rooms = {room.id: _room(room) for room in rooms}

    def stay(self, slip: Slip, entry: QueueEntry) -> str:
        """What stays the same while the entry does, from behind the number to before the people ahead."""
        if slip.entry is not entry or slip.facts is not self:
            slip.entry, slip.facts = entry, self
            # Those who wait without anything special share one text.
            slip.stay = intern(self._stay(slip, entry))
        return slip.stay

    def _stay(self, slip: Slip, entry: QueueEntry) -> str:
        room = self._rooms.get(entry.room_id or 0, "null")
        can_return = "true" if may_return(entry) else "false"
        papers = f'"papers":{slip.papers},' if slip.papers else ""
        waiting = self._waiting(entry) if entry.state is State.WAITING else ""
        return (
            f',"state":"{entry.state}","department":{self._code},"room":{room},"can_return":{can_return},'
            f'"calls":{entry.calls},"language":"{slip.token.language}",{papers}{waiting}"ahead":'
        )

    def _waiting(self, entry: QueueEntry) -> str:
        """What only those who wait are told: why they have their place, and that they have said to be here."""
        place = place_view(entry, self._rules)
        why = "" if place["reason"] is PlaceReason.ARRIVAL else f'"place":{_json(place)},'
        return why + ('"arrived":true,' if entry.arrived_at else "")


class _Parts:
    """What all phones of a department have in common at a moment, as JSON."""

    def __init__(self, queue: DepartmentQueue, facts: _Facts, now: datetime) -> None:
        self._queue = queue
        self._facts = facts
        self._now = now
        self._ahead = queue.ahead
        self._serving = f',"now_serving":{_json(queue.now_serving)}'
        self._of_waiting: dict[int | None, str] = {}

    def text(self, slip: Slip, entry: QueueEntry, told: ToldWait | None) -> str:
        """The JSON of a `PhoneView`."""
        ahead, end = self._ahead.get(entry.token_id, "null"), self._end(entry)
        if not entry.is_here and entry.state in LIVE:
            arrive = arrive_view(entry, self._queue.rules, self._now)
            ahead, end = "null" if arrive["late"] else ahead, f'{end},"arrive":{_json(arrive)}'
        wait = "null" if told is None else told.text
        stay = self._facts.stay(slip, entry)
        return f'{{"number":{quoted(slip.token.number)}{stay}{ahead},"wait":{wait}{end}}}'

    def _end(self, entry: QueueEntry) -> str:
        """Who is being served, for whoever watches that, and why nobody calls, for whoever waits."""
        if entry.state is State.WAITING:
            found = self._of_waiting.get(entry.for_doctor_id)
            return self._waiting(entry.for_doctor_id) if found is None else found
        return self._serving if entry.state in WATCHING else ',"now_serving":[]'

    def _waiting(self, for_doctor_id: int | None) -> str:
        away = away_view(absence(self._queue, self._now, for_doctor_id))
        found = self._serving + (f',"away":{_json(away)}' if away else "")
        self._of_waiting[for_doctor_id] = found
        return found


def may_return(entry: QueueEntry) -> bool:
    """Whether the patient, who was missed, may come back without asking at the desk."""
    return entry.state is State.MISSED and entry.returns < SELF_RETURNS


def _room(room: Room) -> str:
    """The JSON of its code, and of its names where it has some."""
    return quoted(room.code) + (f',"room_names":{_json(dict(room.names))}' if room.names else "")


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


@lru_cache(maxsize=4_096)
def _shown(department_id: int, token: Source) -> frozenset[Source]:
    """What a phone depends on; thousands of them share a few sets."""
    return frozenset({sources.CLINIC, sources.department(department_id), token})
