"""Settings, departments and rooms."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import fields
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Row, bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from queue_server.domain.clinic.clinic import DEFAULT_NAME, Clinic, Department, Room
from queue_server.domain.clinic.configuration import DepartmentPlan
from queue_server.domain.errors import UnknownDepartment, UnknownRoom
from queue_server.domain.queue.numbering import service_day
from queue_server.storage.engine.statements import Statement
from queue_server.storage.engine.store import Transaction
from queue_server.storage.engine.together import Ask, ask
from queue_server.storage.tables import DepartmentRow, HolidayRow, RoomRow, SettingRow

_DEPARTMENT = tuple(DepartmentRow.metadata.tables["department"].columns)
_ROOM = tuple(RoomRow.metadata.tables["room"].columns)

_BY_ID = Statement(select(*_DEPARTMENT).where(col(DepartmentRow.id) == bindparam("department_id")))
_LOCK_BY_CODE = Statement(
    select(*_DEPARTMENT)
    .where(col(DepartmentRow.code) == bindparam("code"), col(DepartmentRow.is_removed).is_(False))
    .with_for_update()
)
_LOCK = Statement(
    select(col(DepartmentRow.id)).where(col(DepartmentRow.id) == bindparam("department_id")).with_for_update()
)
_ROOMS = Statement(select(*_ROOM).where(col(RoomRow.is_removed).is_(False)).order_by(col(RoomRow.code)))
_ROOM_BY_CODE = Statement(
    select(*_ROOM).where(col(RoomRow.code) == bindparam("code"), col(RoomRow.is_removed).is_(False))
)


async def clinic(connection: AsyncConnection) -> Clinic:
    """The clinic's settings; those never set have their defaults."""
    rows = await connection.execute(select(col(SettingRow.name), col(SettingRow.value)))
    settings: dict[str, Any] = {row.name: row.value for row in rows}
    return Clinic(
        name=settings.get("name", DEFAULT_NAME),
        zone=ZoneInfo(settings.get("time_zone", "Asia/Kolkata")),
        roll_over=time.fromisoformat(settings.get("roll_over", "04:00")),
        languages=tuple(settings.get("languages", ("en", "hi"))),
        phone_region=settings.get("phone_region", "IN"),
        papers_by_slip=settings.get("papers_by_slip", True),
        abha_code=settings.get("abha_code", ""),
        abdm_sms=settings.get("abdm_sms", False),
    )


async def service_day_at(connection: AsyncConnection, moment: datetime) -> date:
    """The clinic's service day at this moment."""
    setting = await clinic(connection)
    return service_day(moment, setting.zone, setting.roll_over)


async def departments(connection: AsyncConnection, *, with_removed: bool = False) -> list[Department]:
    """All departments in the order in which they are shown, with their holidays; removed ones only where asked for."""
    query = select(*_DEPARTMENT).order_by(col(DepartmentRow.position), col(DepartmentRow.id))
    if not with_removed:
        query = query.where(col(DepartmentRow.is_removed).is_(False))
    rows = list(await connection.execute(query))
    closed = await _holidays(connection)
    return [_department(row, closed[None] | closed[row.id]) for row in rows]


async def department(connection: AsyncConnection, department_id: int) -> Department:
    """The department with this id. Raises `UnknownDepartment`."""
    row = await _BY_ID.first(connection, department_id=department_id)
    if row is None:
        raise UnknownDepartment(str(department_id))
    return _department(row)


async def lock_department(work: Transaction, code: str) -> Department:
    """The department with this code, without its holidays; until the commit nobody else changes its queue.

    Raises `UnknownDepartment`.
    """
    if work.locked is not None and work.locked.code == code and not work.locked.is_removed:
        return _department(work.locked)
    row = await _LOCK_BY_CODE.first(work.connection, code=code)
    if row is None:
        raise UnknownDepartment(code)
    work.has_lock()
    return _department(row)


async def lock_departments(work: Transaction, ids: Sequence[int]) -> bool:
    """Until the commit nobody else changes the queues of these departments. Always locks in the order of the ids.

    Returns whether somebody may have changed them since the transaction began: SQLite has one writer at a time.
    """
    if not work.is_postgres or (work.locked is not None and set(ids) == {work.locked.id}):
        return False
    for department_id in sorted(set(ids)):
        await _LOCK.rows(work.connection, department_id=department_id)
    work.has_lock()
    return True


async def rooms(connection: AsyncConnection, department_id: int | None = None) -> list[Room]:
    """The rooms of a department, or all."""
    found = await _ROOMS.rows(connection)
    return [_room(row) for row in found if department_id in {None, row.department_id}]


async def room(connection: AsyncConnection, code: str) -> Room:
    """The room with this code. Raises `UnknownRoom`."""
    return room_in(await _ROOM_BY_CODE.rows(connection, code=code), code)


def looking_for_room(code: str) -> Ask:
    """What `room_in` finds the room with this code in the rows of."""
    return ask(_ROOM_BY_CODE, code=code)


def room_in(rows: Sequence[Any], code: str) -> Room:
    """The room of `looking_for_room`. Raises `UnknownRoom`."""
    if not rows:
        raise UnknownRoom(code)
    return _room(rows[0])


async def add_department(work: Transaction, **values: object) -> int:
    """A new department with these columns; returns its id."""
    statement = work.insert(DepartmentRow).values(**values).returning(col(DepartmentRow.id))
    return int((await work.connection.execute(statement)).scalar_one())


async def _holidays(connection: AsyncConnection) -> defaultdict[int | None, frozenset[date]]:
    """Department, or none for all → its holidays."""
    found: defaultdict[int | None, frozenset[date]] = defaultdict(frozenset)
    for row in await connection.execute(select(col(HolidayRow.department_id), col(HolidayRow.day))):
        found[row.department_id] |= {row.day}
    return found


def plan_values(row: Row[Any]) -> dict[str, Any]:
    """The fields of a `DepartmentPlan`, from the columns of the same names."""
    values = {field.name: getattr(row, field.name) for field in fields(DepartmentPlan)}
    hours = None if row.hours is None else {day: tuple(map(tuple, spans)) for day, spans in row.hours.items()}
    return values | {"hours": hours, "credits": {"normal": 0, **row.credits}, "private_names": row.private_names or {}}


def _room(row: Row[Any]) -> Room:
    return Room(row.id, row.code, row.department_id, row.names)


def _department(row: Row[Any], holidays: frozenset[date] = frozenset()) -> Department:
    return Department(id=row.id, holidays=holidays, **plan_values(row))
