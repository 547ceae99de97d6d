"""Keepers of kiosks: their letters, and what each has to know to give out numbers without the server."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TypedDict

from queue_server.domain.access.actors import Actor
from queue_server.domain.clinic.clinic import Clinic, Department
from queue_server.domain.clinic.opening_hours import open_spans
from queue_server.domain.devices.keepers import KNOWN_DAYS, Keeper, next_series
from queue_server.domain.errors import Unavailable
from queue_server.domain.queue.events import Event
from queue_server.domain.queue.numbering import day_ends_at
from queue_server.papers.slips import KeptSlip, day_words, kept_slip
from queue_server.services.access.sealed_numbers import SealedNumbers
from queue_server.services.clinic.letterheads import Letterheads
from queue_server.services.clinic.quotas import given_out
from queue_server.services.clinic.snapshot import Snapshots
from queue_server.storage.devices import keeper_rows
from queue_server.storage.engine.store import Store

#: What a keeper says is written down so often while nothing changes.
_NOTED_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Greeting:
    """What a keeper says of itself: the name of its store, how many numbers wait there, and how wrong its clock is."""

    store: str
    waiting: int = 0
    clock_off_s: float | None = None


class DayFacts(TypedDict):
    """A service day, from and until when (ISO 8601), and how slips write its date in each language."""

    day: str
    since: str
    until: str
    words: dict[str, str]


class DepartmentFacts(TypedDict):
    """A department. `spans`: from and until when numbers are given out. `issued`: so many of today are given out.

    `highest`: day → the highest number of this keeper's own series that is known.
    """

    code: str
    prefix: str
    names: dict[str, str]
    is_open: bool
    quota: int | None
    issued: int
    spans: list[tuple[str, str]]
    highest: dict[str, int]


class KeeperFacts(TypedDict):
    """Everything that a keeper needs. `now`: the clinic's time. `seal`: the key that it seals with."""

    series: str
    now: str
    public_url: str
    time_zone: str
    seal: str
    days: list[DayFacts]
    departments: list[DepartmentFacts]
    slips: dict[str, KeptSlip]


class Keepers:
    """A keeper asks again and again while the server is there, so that it knows the newest when it is not."""

    def __init__(
        self, store: Store, queues: Snapshots, letterheads: Letterheads, sealed: SealedNumbers, public_url: str
    ) -> None:
        self._store = store
        self._queues = queues
        self._letterheads = letterheads
        self._sealed = sealed
        self._public_url = public_url

    async def facts(self, greeting: Greeting, *, by: Actor) -> KeeperFacts:
        """What the kiosk's keeper has to know; its letters are its own from its first greeting on."""
        keeper = await self.greet(greeting, by=by)
        clinic, now = await self._queues.clinic(), self._queues.now()
        today = await self._queues.day()
        days = [today + timedelta(days=ahead) for ahead in range(KNOWN_DAYS)]
        highest = await self._highest(keeper, today)
        return {
            "series": keeper.series,
            "now": now.isoformat(),
            "public_url": self._public_url,
            "time_zone": str(clinic.zone),
            "seal": await self._sealed.public_key(),
            "days": [_day(day, clinic) for day in days],
            "departments": [
                await self._department(one, days, clinic, highest) for one in await self._queues.departments()
            ],
            "slips": {
                code: kept_slip(clinic, code, await self._letterheads.on_slip(code)) for code in clinic.languages
            },
        }

    async def greet(self, greeting: Greeting, *, by: Actor) -> Keeper:
        """The keeper, as it says it is; a store that was never heard of gets letters of its own.

        The store of a revoked kiosk goes on with whichever kiosk its machine was enrolled as since: what it gave out
        and could not hand in is on paper.
        """
        async with self._store.reading() as connection:
            known = await keeper_rows.by_store(connection, by.id, greeting.store)
        if known is None:
            known = await self._take_over(greeting, by) or await self._add(greeting, by)
        is_news = (known.waiting, known.clock_off_s) != (greeting.waiting, greeting.clock_off_s)
        if is_news or self._queues.now() - known.heard_at > _NOTED_EVERY:
            async with self._store.transaction() as work:
                await keeper_rows.hear(work, known.id, greeting.waiting, greeting.clock_off_s)
        return known

    async def newest(self) -> dict[int, Keeper]:
        """Device → its keeper."""
        async with self._store.reading() as connection:
            return await keeper_rows.newest(connection)

    async def _take_over(self, greeting: Greeting, by: Actor) -> Keeper | None:
        async with self._store.transaction() as work:
            known = await keeper_rows.take_over(work, by.id, greeting.store)
            if known is not None:
                work.record(Event("keeper_taken_over", work.now, str(by), data={"series": known.series}))
        return known

    async def _add(self, greeting: Greeting, by: Actor) -> Keeper:
        for _ in range(5):
            async with self._store.transaction() as work:
                taken = await keeper_rows.series(work.connection)
                made = await keeper_rows.add(work, by.id, greeting.store, next_series(taken))
                if made is not None:
                    work.record(Event("keeper_added", work.now, str(by), data={"series": made.series}))
                    return made
        raise Unavailable("Other kiosks took the letters; please ask again.")

    async def _highest(self, keeper: Keeper, since: date) -> Mapping[tuple[int, str], int]:
        """(department, day) → the highest number of the keeper's series that was handed in."""
        async with self._store.reading() as connection:
            rows = await keeper_rows.numbers(connection, keeper.id, since)
        highest: dict[tuple[int, str], int] = {}
        for department_id, day, number in rows:
            digits = number.rpartition(keeper.series)[2]
            if digits.isdecimal():
                key = department_id, day.isoformat()
                highest[key] = max(highest.get(key, 0), int(digits))
        return highest

    async def _department(
        self, one: Department, days: list[date], clinic: Clinic, highest: Mapping[tuple[int, str], int]
    ) -> DepartmentFacts:
        async with self._store.reading() as connection:
            issued = await given_out(connection, one, days[0])
        dates = [days[0] - timedelta(days=1), *days, days[-1] + timedelta(days=1)]
        spans = [span for day in dates for span in open_spans(one.opening_hours, day, clinic.zone, one.holidays)]
        return {
            "code": one.code,
            "prefix": one.prefix,
            "names": dict(one.names),
            "is_open": one.is_open,
            "quota": one.daily_quota,
            "issued": issued,
            "spans": [(_written(begin), _written(end)) for begin, end in spans],
            "highest": {day: most for (department_id, day), most in highest.items() if department_id == one.id},
        }


def _day(day: date, clinic: Clinic) -> DayFacts:
    return {
        "day": day.isoformat(),
        "since": _written(day_ends_at(day - timedelta(days=1), clinic.zone, clinic.roll_over)),
        "until": _written(day_ends_at(day, clinic.zone, clinic.roll_over)),
        "words": {code: day_words(day, code) for code in clinic.languages},
    }


def _written(at: datetime) -> str:
    return at.isoformat(timespec="seconds")
