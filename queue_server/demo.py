"""`smart-queue demo`: a seeded clinic on SQLite, ready within seconds."""

from __future__ import annotations

import asyncio
import json
import logging
import secrets
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from multiprocessing import Pipe, Process
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, TypeVar, cast

from queue_server.alerts import configured
from queue_server.alerts.folder import FolderDriver
from queue_server.app import alert_settings, build
from queue_server.clock import FastClock, SteadyClock, SystemClock
from queue_server.demo_writing import add_writing
from queue_server.domain.access.actors import SYSTEM, Actor, ActorKind
from queue_server.domain.alerts.alerts import Channel, Driver
from queue_server.domain.clinic.configuration import DepartmentPlan, written
from queue_server.domain.devices.devices import DeviceKind
from queue_server.domain.errors import Conflict
from queue_server.domain.people.patients import CONSENT_VERSION, is_easy
from queue_server.domain.people.staff import Role
from queue_server.domain.queue.tokens import DutyState
from queue_server.qr_codes import for_terminal
from queue_server.services import Services, compose
from queue_server.services.people.patients import Consent, PersonForm
from queue_server.services.people.staff_accounts import StaffForm
from queue_server.serving import CannotServe, Companion, printer_on_the_server, serve_here
from queue_server.settings import Settings
from queue_server.storage.engine.migrating import migrate
from queue_server.storage.engine.store import Store
from queue_server.storage.records.keyring import keyring

Made = TypeVar("Made")

DEPARTMENTS = (
    (DepartmentPlan("GEN", "G", {"en": "General", "hi": "सामान्य"}, "general", "teal", pace_s=146), ["1", "2", "5"]),
    (DepartmentPlan("DEN", "D", {"en": "Dental", "hi": "दाँत"}, "dental", "blue", pace_s=480), ["3"]),
    (DepartmentPlan("ENT", "E", {"en": "Ear, nose, throat", "hi": "कान, नाक, गला"}, "ent", "amber", pace_s=300), ["4"]),
)

#: The room in which each doctor of the demo is on duty.
DOCTORS = (("doctor1", "1"), ("doctor2", "2"), ("doctor3", "3"), ("doctor4", "4"))
PLACE = "entrance"
#: What the demo's figures begin with.
PAST_DAYS, PAST_PATIENTS = 8, 160
#: The numbering plan's own example of an Indian mobile number.
PATIENT_PHONE = "+918123456789"


def run(settings: Settings, *, speed: float | None) -> None:
    """Serve the seeded clinic until a signal comes. `speed`: how many times faster than life traffic plays, if any.

    A process of its own prepares it, and gives back what memory that has taken.
    """
    facts, told = in_a_process_of_its_own(_prepared, settings)
    asyncio.run(_serve(settings, facts, told, speed))


def in_a_process_of_its_own(work: Callable[[Settings], Made], settings: Settings) -> Made:
    """What `work` makes; raises what it raises, and `CannotServe` where its process was ended.

    Where there are threads, which that process might wait for and does not have, the work is done here.
    """
    if threading.active_count() > 1:
        return work(settings)
    ours, theirs = Pipe(duplex=False)
    process = Process(target=_tell, args=(theirs, work, settings), daemon=True)
    process.start()
    theirs.close()
    try:
        made, error = ours.recv()
    except EOFError:
        raise CannotServe("The process that prepares the demo was ended.") from None
    finally:
        process.join()
    if error is not None:
        raise error
    return cast(Made, made)


def _tell(told: Connection, work: Callable[[Settings], Made], settings: Settings) -> None:
    try:
        told.send((work(settings), None))
    except BaseException as error:  # also a Ctrl+C, which the one who waits has heard as well
        told.send((None, error))


def _prepared(settings: Settings) -> tuple[dict[str, Any], str]:
    facts = asyncio.run(prepare(settings))
    return facts, greeting(settings, facts)


async def _serve(settings: Settings, facts: dict[str, Any], told: str, speed: float | None) -> None:
    pace = max(speed or 1.0, 1.0)
    app = build(at_pace(settings, pace), FastClock(pace, await begins(settings)), alerting(settings))
    companions: list[Companion] = [printer_on_the_server(settings, facts["agent_key"])]
    if speed is not None:
        from queue_server.simulation.traffic import play

        companions.append(lambda: play(app.state.services, speed))

    async def greet() -> None:
        sys.stdout.write(told)
        sys.stdout.flush()
        # A line for each request would push addresses and logins out of the window.
        logging.getLogger("queue_server.web.request_log").setLevel(logging.WARNING)

    await serve_here(settings, app, greet, *companions)


def at_pace(settings: Settings, pace: float) -> Settings:
    """The settings with which a screen of staff locks as late for a person as in life, as far as that goes."""
    return settings.model_copy(update={"lock_minutes": min(round(settings.lock_minutes * pace), 720)})


async def begins(settings: Settings) -> datetime:
    """Now, or where an earlier demo has stopped that was ahead of the time."""
    store = Store(settings.database_url, SteadyClock(SystemClock()))
    try:
        await store.open()
        return max(datetime.now(UTC), store.clock.newest or datetime.now(UTC))
    finally:
        await store.close()


def alerting(settings: Settings) -> list[Driver]:
    """As the environment says; e-mail and SMS that it does not set up lie in `messages/` and go to nobody."""
    drivers = configured(alert_settings(settings), settings.phone_url)
    missing = {Channel.EMAIL, Channel.SMS} - {driver.channel for driver in drivers}
    return [*drivers, *(FolderDriver(channel, settings.data / "messages") for channel in sorted(missing))]


async def prepare(settings: Settings) -> dict[str, Any]:
    """The database is there and seeded, doctors are on duty; returns the contents of `demo.json`."""
    await migrate(settings.database_url)
    store = Store(settings.database_url, SteadyClock(SystemClock()))
    try:
        await store.open()
        services = compose(store, lambda *_: [], settings.phone_url, keys=keyring(settings))
        path = settings.data / "demo.json"
        known: dict[str, Any] | None = json.loads(path.read_text()) if path.exists() else None
        if known and await services.devices.registry.who(known["api_key"]):
            facts = known
        else:
            facts = await seed(services)
            await add_past(services)
        facts["patient"] = facts["patient"] or await add_patient(services)
        await put_on_duty(services)
        facts["base_url"] = base_url(settings)
        write_private(path, json.dumps(facts, indent=2, ensure_ascii=False) + "\n")
        return facts
    finally:
        await store.close()


async def seed(services: Services) -> dict[str, Any]:
    """The clinic's departments, rooms, people, devices and keys; returns what opens it."""
    if not await services.clinic.queues.departments():
        setting = {"name": "Smart Queue Clinic", "time_zone": "Asia/Kolkata", "languages": ["en", "hi"]}
        await services.clinic.settings.save(setting, None, by=SYSTEM)
        for department, rooms in DEPARTMENTS:
            await services.clinic.departments.add({**written(department), "rooms": rooms}, by=SYSTEM)
    logins = [("admin", Role.ADMIN, "Administrator"), ("desk", Role.DESK, "Desk")]
    logins += [(login, Role.DOCTOR, f"Doctor {login[-1]}") for login, _ in DOCTORS]
    passwords = {login: secrets.token_urlsafe(6) for login, _, _ in logins}
    for login, role, name in logins:
        staff_id = await services.people.accounts.create(login, passwords[login], role, name)
        if role is Role.DOCTOR:
            form = StaffForm(name, "MBBS", f"DEMO {login[-1]}")
            await services.people.staffing.change(staff_id, form, by=SYSTEM)
            await add_writing(services, staff_id)
    return {
        "base_url": "",
        "admin": {"login": "admin", "password": passwords["admin"]},
        "desk": {"login": "desk", "password": passwords["desk"]},
        "doctors": [{"login": login, "password": passwords[login], "room": room} for login, room in DOCTORS],
        "patient": await add_patient(services),
        "api_key": await services.programs.keys.add("demo"),
        "kiosk_key": await services.devices.registry.add(DeviceKind.KIOSK, "Entrance kiosk", PLACE),
        "display_key": await services.devices.registry.add(DeviceKind.DISPLAY, "Waiting room", "main"),
        "agent_key": await services.devices.registry.add(DeviceKind.AGENT, "Entrance printer", PLACE),
    }


async def add_past(services: Services) -> None:
    """A week of patients, so that the figures have something to show."""
    from queue_server.simulation import seeded_history

    with suppress(Conflict):
        await seeded_history.seed(services, PAST_DAYS, PAST_PATIENTS)
        await services.analytics.tallies.keep()


async def add_patient(services: Services) -> dict[str, str]:
    """One registered patient; returns phone number and PIN."""
    digits = secrets.SystemRandom()
    pin = "".join(digits.choices("0123456789", k=6))
    while is_easy(pin):
        pin = "".join(digits.choices("0123456789", k=6))
    form, consent = PersonForm("Demo Patient", "34", language="en"), Consent(CONSENT_VERSION, "demo")
    await services.people.patients.register(PATIENT_PHONE, pin, form, consent)
    return {"phone": PATIENT_PHONE, "pin": pin}


async def put_on_duty(services: Services) -> None:
    """Every doctor of the demo is on duty, unless somebody already is somewhere today."""
    await services.queue.day_end.expire_leftovers()
    if any(queue.duties for queue in await services.clinic.queues.all()):
        return
    for login, room in DOCTORS:
        doctor = await services.people.accounts.by_login(login)
        if doctor is not None:
            await services.queue.duties.change(
                room, DutyState.ON_DUTY, doctor=Actor(ActorKind.DOCTOR, doctor.id, doctor.name)
            )


def base_url(settings: Settings) -> str:
    """How this machine itself reaches the demo."""
    host = "127.0.0.1" if settings.host in {"0.0.0.0", "::"} else settings.host  # noqa: S104  (a comparison)
    return f"http://{host}:{settings.port}"


def write_private(path: Path, text: str) -> None:
    """The file holds the text and only its owner can read it; a power cut leaves the old file or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_suffix(".new")
    new.unlink(missing_ok=True)
    new.touch(mode=0o600)
    new.write_text(text, encoding="utf-8")
    new.replace(path)


def greeting(settings: Settings, facts: dict[str, Any]) -> str:
    """What the terminal shows: addresses, logins, the slips' folder, and a QR for the phone."""
    base = facts["base_url"]
    doctors = "\n".join(
        f"    {doctor['login']:<9}{doctor['password']:<12}room {doctor['room']}" for doctor in facts["doctors"]
    )
    return f"""
Smart Queue demo is running. Ctrl+C stops it; everything is kept in {settings.data}/.

  Kiosk           {base}/kiosk#key={facts["kiosk_key"]}
  Display         {base}/display/main#key={facts["display_key"]}
  Doctor console  {base}/doctor
  Desk            {base}/desk
  Administration  {base}/admin
  Phones          {settings.phone_url}
  Slips           {settings.data / "slips"}/
  Messages        {settings.data / "messages"}/   e-mail and SMS, which the demo sends to nobody

  Logins
    admin    {facts["admin"]["password"]}
    desk     {facts["desk"]["password"]}
{doctors}
  Patient         {base}/me   phone {facts["patient"]["phone"]}   PIN {facts["patient"]["pin"]}

{for_terminal(settings.phone_url, is_inverted=True)}"""
