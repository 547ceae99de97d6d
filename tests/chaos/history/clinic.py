"""The clinic of the history: set up before its servers start, read when they are quiet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from queue_server.clock import SystemClock
from queue_server.domain.access.actors import SYSTEM, Actor, ActorKind
from queue_server.domain.alerts.alerts import AlertKind, Channel
from queue_server.domain.clinic.configuration import DepartmentPlan, written
from queue_server.domain.devices.devices import DeviceKind
from queue_server.domain.people.staff import Role
from queue_server.domain.queue.tokens import DutyState
from queue_server.services import Services
from queue_server.storage.alerts import outbox_rows
from queue_server.storage.alerts.outbox_rows import NewMessage
from queue_server.storage.engine import journal
from tests.chaos.history.onlookers import of_a_display
from tests.chaos.history.people import ROOMS
from tests.chaos.history.recorded import History, Rules, StandingToken
from tests.clinics import open_services
from tests.schemas import with_schema

#: Zones whose day is another one than Greenwich's for most of the time, in the morning there and in the evening.
FAR_WEST, FAR_EAST = ZoneInfo("Pacific/Pago_Pago"), ZoneInfo("Pacific/Kiritimati")
KIOSKS = 6
DISPLAYS = 5
#: The days' roll-over of the clinic: midnight.
ROLL_OVER = "00:00"
PASSWORD = "correct horse"


@dataclass(frozen=True)
class Person:
    """Somebody with a key: as the journal names them, and the headers that prove it."""

    actor: str
    headers: dict[str, str]


@dataclass(frozen=True)
class Opened:
    """Everybody who can get in, and the rules of the clinic."""

    rules: Rules
    kiosks: Sequence[Person]
    doctors: Sequence[Person]
    desk: Person
    printing: Person
    readers: Sequence[Person]
    displays: Sequence[str]
    agent: str


def far_away(now: datetime) -> ZoneInfo:
    """Where the clinic lies, so that its day is never Greenwich's and does not end within the hour."""
    return FAR_WEST if now.astimezone(UTC).hour < 10 else FAR_EAST


async def open_clinic(url: str, messages: int, seconds: float) -> Opened:
    """A new clinic at the URL; so many messages become due one by one while the day lasts."""
    await with_schema(url)
    async with open_services(url, SystemClock()) as services:
        zone = far_away(SystemClock().now())
        setting = {"name": "Far away", "time_zone": zone.key, "languages": ["en"], "roll_over": ROLL_OVER}
        await services.clinic.settings.save(setting, None, by=SYSTEM)
        for code, rooms in (("GEN", ["1", "2"]), ("DEN", ["3"]), ("ENT", ["4"])):
            plan = DepartmentPlan(code, code[0], {"en": code}, "general", "teal")
            await services.clinic.departments.add({**written(plan), "rooms": rooms}, by=SYSTEM)
        await _staff(services)
        await _fill_outbox(services, messages, seconds)
        return await _opened(services, zone)


async def _staff(services: Services) -> None:
    for room in ROOMS:
        doctor = await services.people.accounts.create(f"doctor{room}", PASSWORD, Role.DOCTOR, f"Doctor {room}", cost=4)
        actor = Actor(ActorKind.DOCTOR, doctor, f"Doctor {room}")
        await services.queue.duties.change(room, DutyState.ON_DUTY, doctor=actor)
    await services.people.accounts.create("desk", PASSWORD, Role.DESK, "Desk", cost=4)


async def _fill_outbox(services: Services, messages: int, seconds: float) -> None:
    await services.alerts.preferences.set_limit(Channel.SMS, None, by=SYSTEM)
    async with services.store.transaction() as work:
        expires = work.now + timedelta(days=1)
        made = [
            NewMessage(
                f"chaos:{count}",
                Channel.SMS,
                AlertKind.DOCUMENT,
                f"+91812345{count:04d}",
                "en",
                work.now + timedelta(seconds=seconds * count / messages),
                expires,
                {"number": f"G-{count:03d}"},
            )
            for count in range(messages)
        ]
        await outbox_rows.put(work, made)


async def _opened(services: Services, zone: ZoneInfo) -> Opened:
    departments = await services.clinic.queues.departments()
    session = await services.people.accounts.log_in("desk", PASSWORD)
    member = await services.people.accounts.who(session)
    agent = await services.devices.registry.add(DeviceKind.AGENT, "Printer", "entrance")
    displays = [
        await services.devices.registry.add(DeviceKind.DISPLAY, f"Display {n}", "main") for n in range(DISPLAYS)
    ]
    reader = await _person(services, await services.programs.keys.add("reader", ["queues:read"]))
    return Opened(
        Rules(
            zone,
            (await services.clinic.queues.clinic()).roll_over,
            {department.code: department.id for department in departments},
            {department.id: department.rules for department in departments},
        ),
        [
            await _person(services, await services.devices.registry.add(DeviceKind.KIOSK, f"Kiosk {n}", "entrance"))
            for n in range(KIOSKS)
        ],
        [await _person(services, await services.programs.keys.add(f"room {room}")) for room in ROOMS],
        await _person(services, await services.programs.keys.add("desk")),
        Person(str(member), {"Cookie": f"queue_session={session}"}),
        [reader, Person("nobody", {}), Person("a guesser", {"Authorization": "Bearer wrong"})],
        displays,
        agent,
    )


async def _person(services: Services, key: str) -> Person:
    return Person(str(await services.devices.registry.who(key)), {"Authorization": f"Bearer {key}"})


async def read_the_end(url: str, history: History) -> None:
    """The journal with its noted end, and every token as it stands, straight from the database."""
    async with open_services(url, SystemClock()) as services:
        if services.store.is_postgres:
            while await services.programs.journal.seal():
                pass
        async with services.store.reading() as connection:
            history.head = await journal.head(connection)
            history.journal = await journal.read_after(connection, 0, 10_000_000)
        today = await services.clinic.queues.day()
        for day in (today - timedelta(days=1), today, today + timedelta(days=1)):
            history.tokens += await _listed(services, day)


async def the_truth(url: str) -> object:
    """What a display must show, by the database."""
    async with open_services(url, SystemClock()) as services:
        return of_a_display((await services.screens.boards.board("main")).data)


async def _listed(services: Services, day: date) -> list[StandingToken]:
    found, after = [], 0
    while True:
        page, following = await services.screens.lists.tokens(day, None, after, 100)
        found += [
            StandingToken(one["id"], one["number"], one["department"], one["service_day"], str(one["state"]))
            for one in page
        ]
        if following is None:
            return found
        after = following
