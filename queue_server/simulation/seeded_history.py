"""A past for a clinic: years of simulated days in its departments, as rows, for trying out reports and measuring them.

The days are those of `clinic.simulate`, with the clinic's own departments, rooms and doctors; promises are the waits
that came out, off by a little. Nobody may be using the database meanwhile.
"""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

from sqlalchemy import func, select, text
from sqlmodel import SQLModel, col

from queue_server.domain.clinic.clinic import Clinic, Department, Room
from queue_server.domain.devices.print_jobs import PrintState
from queue_server.domain.errors import Conflict
from queue_server.domain.people.staff import Role
from queue_server.domain.queue.events import Event
from queue_server.domain.queue.numbering import day_ends_at, number
from queue_server.domain.queue.tokens import Action, Priority, State
from queue_server.domain.waits.learning import Learning
from queue_server.domain.waits.pace import Learned
from queue_server.progress import report
from queue_server.services import Services
from queue_server.simulation.clinic import (
    DAY_S,
    FIRST_DAY_S,
    ClinicPlan,
    SimulatedDepartment,
    SimulatedDoctor,
    simulate,
)
from queue_server.simulation.queue_logs import LogEntry
from queue_server.storage.engine import journal
from queue_server.storage.engine.store import Transaction
from queue_server.storage.people import staff_rows
from queue_server.storage.tables import (
    CallRow,
    CounterRow,
    EventRow,
    PrintJobRow,
    PromiseRow,
    QueueEntryRow,
    TokenRow,
)
from queue_server.storage.waits import learned_rows

#: Whom numbers are taken from, and how often.
ORIGINS = {"kiosk": 0.78, "desk": 0.14, "patient": 0.08}
#: A promise's ends by its likely value: eight of ten waits lie between them.
RANGE = (0.72, 1.38)
_NUMBERED = (TokenRow, QueueEntryRow, CallRow, PrintJobRow)
_SUNDAY = 6


@dataclass(slots=True)
class Rows:
    """The rows of one day, and the journal's lines."""

    ids: dict[type[SQLModel], int]
    made: dict[type[SQLModel], list[dict[str, Any]]] = field(default_factory=dict)
    events: list[Event] = field(default_factory=list)

    def add(self, table: type[SQLModel], **values: object) -> int:
        """One more row; returns its id where the table has numbers of its own."""
        if table in self.ids:
            self.ids[table] += 1
            values["id"] = self.ids[table]
        self.made.setdefault(table, []).append(values)
        return self.ids.get(table, 0)


@dataclass(frozen=True, slots=True)
class Past:
    """What all days have in common."""

    clinic: Clinic
    departments: Mapping[str, Department]
    rooms: Mapping[str, Room]
    doctors: Mapping[str, int]
    plan: ClinicPlan


async def seed(services: Services, days: int, patients: int, seed: int = 1, until: date | None = None) -> int:
    """The clinic has had so many days, up to yesterday or `until`, Sundays off; returns how many tokens were made.

    Raises `Conflict` where the clinic has a past, or no departments with rooms.
    """
    store = services.store
    last = until or await services.clinic.queues.day() - timedelta(days=1)
    async with store.reading() as connection:
        oldest = (await connection.execute(select(func.min(col(TokenRow.service_day))))).scalar_one()
        if oldest is not None and oldest <= last:
            raise Conflict(f"There are tokens of {oldest} already; a past is made for a new clinic only.")
        ids: dict[type[SQLModel], int] = {table: await _last_id(connection, table) for table in _NUMBERED}
    past = await _past(services, patients)
    made = 0
    for place in range(days):
        day = last - timedelta(days=days - 1 - place)
        if day.weekday() != _SUNDAY:
            rows = _day(past, day, Random(f"{seed}/{day}"), seed, place, ids)  # noqa: S311 - a simulation, no secret
            async with store.transaction() as work:
                await _write(work, rows)
            made += len(rows.made.get(TokenRow, ()))
        report(place + 1, days)
    async with store.transaction() as work:
        await _settle(work, past)
    return made


def _day(past: Past, day: date, random: Random, seed: int, place: int, ids: dict[type[SQLModel], int]) -> Rows:
    rows = Rows(ids)
    counters: Counter[str] = Counter()
    midnight = datetime.combine(day, datetime.min.time(), past.clinic.zone)
    ends_at = day_ends_at(day, past.clinic.zone, past.clinic.roll_over)

    def moment(seconds: float | None) -> datetime | None:
        if seconds is None:
            return None
        return (midnight + timedelta(seconds=seconds - FIRST_DAY_S - place * DAY_S)).astimezone(UTC)

    for entry in simulate(past.plan, seed, 1, place).entries:
        counters[entry.queue] += 1
        _stay(rows, past, entry, day, counters[entry.queue], random, moment, ends_at)
    for code, value in counters.items():
        rows.add(CounterRow, department_id=past.departments[code].id, service_day=day, value=value)
    rows.events.sort(key=lambda event: event.at)
    return rows


def _stay(
    rows: Rows, past: Past, entry: LogEntry, day: date, count: int, random: Random, moment: Any, ends_at: datetime
) -> None:
    """One patient: the token, the stay, the call, the promise, the slip and the journal's lines."""
    department, room = past.departments[entry.queue], past.rooms[entry.room]
    joined_at, called_at, finished_at = moment(entry.joined_s), moment(entry.called_s), moment(entry.finished_s)
    origin = random.choices(list(ORIGINS), list(ORIGINS.values()))[0]
    own, written = {"department_id": department.id, "service_day": day}, number(department.prefix, count)
    token_id = rows.add(
        TokenRow, **own, key=secrets.token_urlsafe(18), number=written, language="hi", channel=origin,
        issued_at=joined_at, ahead_at_issue=0, patient_id=None,
    )  # fmt: skip
    entry_id = rows.add(
        QueueEntryRow, **own, token_id=token_id, state=State.ATTENDED if finished_at else State.EXPIRED,
        priority=Priority.NORMAL, joined_at=joined_at, rank_at=joined_at, rank_after=0, room_id=room.id,
        doctor_id=past.doctors.get(room.code), called_at=called_at, started_at=called_at if finished_at else None,
        finished_at=finished_at or ends_at, calls=1, returns=0, version=4,
    )  # fmt: skip
    rows.add(
        CallRow, entry_id=entry_id, department_id=department.id, number=written, room=room.code, at=called_at,
        is_recall=False, is_withdrawn=False,
    )  # fmt: skip
    waited_s = (called_at - joined_at).total_seconds()
    likely_s = waited_s * random.lognormvariate(0.0, 0.25)
    low, high = RANGE
    rows.add(
        PromiseRow, entry_id=entry_id, department_id=department.id, promised_at=joined_at, low_s=low * likely_s,
        likely_s=likely_s, high_s=high * likely_s, clues=[likely_s, 0.3, 5.0, 0.0, 5.0],
    )  # fmt: skip
    if origin == "kiosk":
        state = random.choices([PrintState.PRINTED, PrintState.UNCONFIRMED, PrintState.FAILED], [0.97, 0.02, 0.01])[0]
        rows.add(
            PrintJobRow, token_id=token_id, place="entrance", copy_number=1, state=state, created_at=joined_at,
            updated_at=joined_at,
        )  # fmt: skip
    ended = (Action.ATTEND, finished_at) if finished_at else (Action.EXPIRE, ends_at)
    for kind, at in ((Action.ISSUE, joined_at), (Action.CALL, called_at), ended):
        data = {"number": written} | ({"room": room.code} if kind is Action.CALL else {})
        rows.events.append(Event(kind, at, f"{origin}:1", token_id, department.id, data))


async def _write(work: Transaction, rows: Rows) -> None:
    for table, values in rows.made.items():
        await work.connection.execute(work.insert(table), values)
    if rows.events:
        await journal.write(work.connection, rows.events, is_sealed=not work.is_postgres)


async def _settle(work: Transaction, past: Past) -> None:
    """Numbers go on after the rows that were made, and departments learn from what comes, not from an invented past."""
    if work.is_postgres:
        for table in _NUMBERED:
            name = table.__tablename__
            step = f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), (SELECT max(id) FROM {name}))"  # noqa: S608
            await work.connection.execute(text(step))
    last = (await work.connection.execute(select(func.max(col(EventRow.id))))).scalar_one() or 0
    for department in past.departments.values():
        learning = Learning(Learned(configured_s=float(department.pace_s)))
        await learned_rows.save_learning(work, department.id, learning, last)


async def _past(services: Services, patients: int) -> Past:
    departments = {one.code: one for one in await services.clinic.queues.departments()}
    rooms = await services.clinic.queues.rooms()
    async with services.store.reading() as connection:
        doctors = [one.id for one in await staff_rows.everybody(connection) if one.role is Role.DOCTOR]
    by_room = dict(zip((room.code for room in rooms), doctors, strict=False))
    own = {code: [room for room in rooms if room.department_id == one.id] for code, one in departments.items()}
    work = {code: len(own[code]) / departments[code].pace_s for code in departments if own[code]}
    if not work:
        raise Conflict("There is no department with a room; set the clinic up first.")
    simulated = [
        SimulatedDepartment(
            code,
            tuple(SimulatedDoctor(f"Doctor {room.code}", room.code) for room in own[code]),
            round(patients * share / sum(work.values())),
            float(departments[code].pace_s),
        )
        for code, share in work.items()
    ]
    rooms_by_code = {room.code: room for room in rooms}
    plan = ClinicPlan(tuple(simulated))
    return Past(await services.clinic.queues.clinic(), departments, rooms_by_code, by_room, plan)


async def _last_id(connection: Any, table: Any) -> int:
    return int((await connection.execute(select(func.max(table.id)))).scalar_one() or 0)
