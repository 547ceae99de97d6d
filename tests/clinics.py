"""A small clinic for tests: two departments, three rooms, a clock that stands where it is put."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

from display.announcing import announcement
from queue_server import sources
from queue_server.clock import Clock, SteadyClock
from queue_server.domain.access.actors import SYSTEM, Actor, ActorKind
from queue_server.domain.clinic.configuration import DepartmentPlan, written
from queue_server.domain.people.patients import CONSENT_VERSION
from queue_server.domain.people.staff import Role
from queue_server.domain.queue.ordering import NEED_REASON
from queue_server.domain.queue.tokens import Action, DutyState, Priority, QueueEntry
from queue_server.services import Services, compose
from queue_server.services.people.patients import Consent, PatientLogin, PersonForm
from queue_server.services.queue.issuing import IssuedToken, IssueRequest
from queue_server.storage.engine import setting_rows
from queue_server.storage.engine.store import Store
from queue_server.storage.records.keyring import Keyring
from tests.schemas import Kept, with_schema

#: 10:00 in the clinic's time zone, which is five and a half hours ahead.
MORNING = datetime(2026, 11, 22, 4, 30, tzinfo=UTC)

#: A phone number that is nobody's (an example of the numbering plan), and its PIN.
PHONE = "081234 56789"
PIN = "271828"

#: The master key of the documents.
KEYS = f"test:{base64.b64encode(bytes(range(32))).decode()}"

#: Where the clinics of the tests are.
ZONE = ZoneInfo("Asia/Kolkata")

KIOSK = Actor(ActorKind.KIOSK, 1, place="entrance")
PROGRAM = Actor(ActorKind.PROGRAM, 1)
ADMIN = Actor(ActorKind.ADMIN, 9)


def far_roll_over(now: datetime) -> str:
    """When a clinic's day shall end that lives by the machine's clock: at least six hours from `now`, so in no test."""
    return "00:00" if 6 <= now.astimezone(ZONE).hour < 18 else "12:00"


async def end_the_day_later(services: Services, now: datetime) -> None:
    """The clinic's day does not end during a test that begins now."""
    setting = await services.clinic.settings.read()
    await services.clinic.settings.save({**setting, "roll_over": far_roll_over(now)}, None, by=SYSTEM)


class SettableClock:
    """A clock that tests move. What lies between two readings has passed, unless the clock was put: see `jump`."""

    def __init__(self, moment: datetime = MORNING) -> None:
        self.moment = self._read = moment
        self._elapsed_s = 86_400.0
        self._boot = str(uuid4())

    def now(self) -> datetime:
        return self.moment

    def elapsed_s(self) -> float:
        """A clock that was put back has not let time pass."""
        self._elapsed_s += max(0.0, (self.moment - self._read).total_seconds())
        self._read = self.moment
        return self._elapsed_s

    def boot(self) -> str:
        return self._boot

    def jump(self, **duration: float) -> None:
        """The clock is put forward, or back, and no time passes."""
        self.elapsed_s()
        self.moment += timedelta(**duration)
        self._read = self.moment

    def reboot(self) -> None:
        """The machine starts anew, at the moment that its clock shows."""
        self._elapsed_s, self._read, self._boot = 0.0, self.moment, str(uuid4())

    def forward(self, **duration: float) -> None:
        """Let so much time pass: `forward(minutes=5)`."""
        self.moment += timedelta(**duration)


class Clinic:
    """The services of one clinic, with shorthand for what tests do all the time."""

    def __init__(self, services: Services, clock: SettableClock, doctors: Sequence[Actor] = ()) -> None:
        self.services = services
        self.clock = clock
        self.doctors = list(doctors)

    async def issue(self, department: str = "GEN", priority: Priority = Priority.NORMAL, **more: object) -> IssuedToken:
        """A token, one second after whatever was before."""
        self.clock.forward(seconds=1)
        reason = "chest pain" if priority in NEED_REASON else None
        return await self.services.queue.issuing.issue(IssueRequest(department, priority, reason), by=KIOSK, **more)  # type: ignore[arg-type]

    async def next(self, room: str = "1", **more: object) -> str | None:
        """Press "next" in a room, where whoever was called before was seen; the number that was called."""
        more.setdefault("was_seen", True)
        entry = await self.services.queue.calling.call_next(room, by=PROGRAM, **more)  # type: ignore[arg-type]
        return entry.number if entry else None

    async def act(self, token: IssuedToken, action: Action, **more: object) -> QueueEntry:
        """Do a simple action to a token."""
        return await self.services.queue.calling.act(token.token_id, action, by=PROGRAM, **more)  # type: ignore[arg-type]

    async def order(self, department: str = "GEN") -> list[str]:
        """The numbers that wait, first to be called first."""
        queue = await self.services.screens.token_pages.queue(department)
        return [token["number"] for token in queue["tokens"] if token["state"] == "waiting"]

    async def state(self, token: IssuedToken) -> str:
        """Where the token stands."""
        return str((await self.services.screens.token_pages.program(token.token_id))["state"])

    async def kinds(self) -> list[str]:
        """The kinds of all journal lines, in order."""
        if self.services.store.is_postgres:
            await self.services.programs.journal.seal()
        return [line["kind"] for line in await self.services.programs.journal.events(0, 1000)]

    async def register(self, name: str = "Asha", **more: str) -> PatientLogin:
        """A patient who has registered on a phone and is logged in there."""
        patients = self.services.people.patients
        form = PersonForm(name, "34", "female", "hi")
        opened = await patients.register(more.get("phone", PHONE), PIN, form, Consent(CONSENT_VERSION), cost=4)
        login = await patients.who(opened.secret)
        assert login is not None
        return login

    async def in_zone(self, zone: str, at: str) -> None:
        """The clinic lies in this time zone, and it is this moment, written in ISO 8601 with its offset."""
        async with self.services.store.transaction() as work:
            await setting_rows.save_setting(work, "time_zone", zone)
            work.touch(sources.CLINIC)
        self.clock.moment = datetime.fromisoformat(at).astimezone(UTC)

    async def on_duty(self, doctor: int, room: str) -> None:
        """The doctor (0 or 1) is on duty in the room."""
        await self.services.queue.duties.change(room, DutyState.ON_DUTY, doctor=self.doctors[doctor])


@asynccontextmanager
async def open_services(url: str, clock: Clock) -> AsyncIterator[Services]:
    """Services on a migrated database, as one server process has them (without a hub)."""
    store = Store(url, SteadyClock(clock))
    services = compose(store, announcement, "http://queue.test", keys=Keyring(given=KEYS))
    try:
        await store.open()
        services.clinic.queues.changed(await store.revisions())
        yield services
    finally:
        services.records.uploads.inspector.close()
        await store.close()


async def _furnish(url: str, clock: SettableClock | None = None) -> list[Actor]:
    """The clinic of `a_clinic` is at `url`, since the moment of the clock or `MORNING`; returns its doctors."""
    await with_schema(url)
    async with open_services(url, clock or SettableClock()) as services:
        setting = {"name": "Test clinic", "time_zone": "Asia/Kolkata", "languages": ["en", "hi"]}
        await services.clinic.settings.save(setting, None, by=SYSTEM)
        general = DepartmentPlan("GEN", "G", {"en": "General", "hi": "सामान्य"}, "general", "teal")
        laboratory = DepartmentPlan("LAB", "L", {"en": "Laboratory", "hi": "प्रयोगशाला"}, "lab", "violet")
        await services.clinic.departments.add({**written(general), "rooms": ["1", "2"]}, by=SYSTEM)
        await services.clinic.departments.add({**written(laboratory), "rooms": ["3"]}, by=SYSTEM)
        accounts, doctors = services.people.accounts, list[Actor]()
        for login in ("first", "second"):
            doctor = await accounts.create(login, "correct horse", Role.DOCTOR, f"Doctor {login}", cost=4)
            doctors.append(Actor(ActorKind.DOCTOR, doctor, f"Doctor {login}"))
        return doctors


FURNISHED = Kept(_furnish)


@asynccontextmanager
async def a_clinic(url: str, clock: SettableClock | None = None) -> AsyncIterator[Clinic]:
    """A new clinic at `url`: General (rooms 1 and 2), Laboratory (room 3), two doctors who are not on duty yet.

    It was set up at the moment that the clock shows, which is `MORNING` if none is given.
    """
    clock = clock or SettableClock()
    doctors = await (FURNISHED.at(url) if clock.moment == MORNING else _furnish(url, clock))
    async with open_services(url, clock) as services:
        yield Clinic(services, clock, doctors)
