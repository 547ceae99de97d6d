"""The tables of the clinic's set-up as the plans that forms and files work with."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Row, Select, delete, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from queue_server.domain.clinic.configuration import (
    ClinicPlan,
    DepartmentPlan,
    DisplayPlan,
    HolidayPlan,
    ShiftPlan,
    written,
)
from queue_server.domain.clinic.letterhead import Heading, read_heading
from queue_server.domain.clinic.letterhead import written as written_heading
from queue_server.domain.clinic.opening_hours import WEEKDAYS
from queue_server.domain.clinic.rooms import RoomPlan
from queue_server.domain.clinic.roster import Shift
from queue_server.domain.form_reading import Reader
from queue_server.domain.people.staff import Role
from queue_server.domain.queue.tokens import LIVE, DutyState
from queue_server.storage.clinic import clinic_rows
from queue_server.storage.engine import setting_rows
from queue_server.storage.engine.store import Transaction
from queue_server.storage.tables import (
    BoardRow,
    DepartmentRow,
    DutyRow,
    HolidayRow,
    QueueEntryRow,
    RoomRow,
    ShiftRow,
    StaffRow,
    TokenRow,
)

_DEPARTMENT = tuple(DepartmentRow.metadata.tables["department"].columns)
_ROOM = (col(RoomRow.id), col(RoomRow.department_id))

#: The display that cannot be deleted.
MAIN = "main"

_LETTERHEAD = "letterhead"


async def clinic_plan(connection: AsyncConnection) -> ClinicPlan:
    """The clinic's settings."""
    known = await clinic_rows.clinic(connection)
    roll_over = known.roll_over.isoformat(timespec="minutes")
    return ClinicPlan(known.name, str(known.zone), roll_over, known.languages, known.phone_region, known.papers_by_slip)


async def save_clinic(work: Transaction, plan: ClinicPlan) -> None:
    """Save the clinic's settings."""
    for name, value in written(plan).items():
        await setting_rows.save_setting(work, name, value)


async def heading(connection: AsyncConnection, languages: Collection[str]) -> Heading:
    """The letterhead's words; what cannot be used of what was stored counts as not set, so that no paper fails."""
    saved = await setting_rows.setting(connection, _LETTERHEAD)
    return read_heading(Reader(saved if isinstance(saved, dict) else {}, []), languages)


async def save_heading(work: Transaction, plan: Heading) -> None:
    """Save the texts of the letterhead."""
    await setting_rows.save_setting(work, _LETTERHEAD, written_heading(plan))


async def departments(connection: AsyncConnection, *, removed: bool = False) -> dict[int, DepartmentPlan]:
    """Id → department, in the order in which they are shown; or those that were removed."""
    query = select(*_DEPARTMENT).where(col(DepartmentRow.is_removed).is_(removed))
    query = query.order_by(col(DepartmentRow.position), col(DepartmentRow.id))
    return {row.id: DepartmentPlan(**clinic_rows.plan_values(row)) for row in await connection.execute(query)}


async def add_department(work: Transaction, plan: DepartmentPlan) -> int:
    """Insert the department after all others; returns its id."""
    last = (await work.connection.execute(select(func.max(col(DepartmentRow.position))))).scalar_one()
    return await clinic_rows.add_department(work, **written(plan), position=(-1 if last is None else last) + 1)


async def save_department(work: Transaction, department_id: int, **values: object) -> None:
    """The department's columns have these values. Where nobody must arrive any more, whoever has a number is here."""
    statement = update(DepartmentRow).where(col(DepartmentRow.id) == department_id).values(**values)
    await work.connection.execute(statement)
    if values.get("must_arrive") is False:
        entry = QueueEntryRow
        away = update(entry).where(col(entry.department_id) == department_id, col(entry.is_here).is_(False))
        here = away.values(is_here=True, version=col(entry.version) + 1).returning(col(entry.id))
        for row in await work.connection.execute(here):
            work.entry_changed(department_id, row.id)


async def waiting(connection: AsyncConnection, today: date) -> Counter[int]:
    """Department's id → how many tokens are still live there, or will come back to one of its rooms.

    Whoever is live is of `today` or of the day before, which may not have been ended yet.
    """
    rooms = {row.id: row.department_id for row in await connection.execute(select(*_ROOM))}
    query = select(col(QueueEntryRow.department_id), col(QueueEntryRow.return_to)).where(
        col(QueueEntryRow.department_id).in_(set(rooms.values()) | set(await departments(connection))),
        col(QueueEntryRow.service_day) >= today - timedelta(days=1),
        col(QueueEntryRow.state).in_(LIVE),
    )
    counted: Counter[int] = Counter()
    for row in await connection.execute(query):
        counted.update({row.department_id, rooms.get(row.return_to, row.department_id)})
    return counted


async def prefix_of_others(work: Transaction, prefix: str, own: int | None, day: date) -> bool:
    """Whether another department has given out numbers with this prefix on this service day."""
    query: Select[Any] = select(col(TokenRow.id)).where(
        col(TokenRow.service_day) == day,
        col(TokenRow.number).startswith(f"{prefix}-", autoescape=True),
        col(TokenRow.department_id) != (own or 0),
    )
    return (await work.connection.execute(query.limit(1))).first() is not None


async def rooms(connection: AsyncConnection) -> dict[int, RoomPlan]:
    """Id → room, in the order of their codes."""
    query: Any = (
        select(col(RoomRow.id), col(RoomRow.code), col(DepartmentRow.code).label("department"), col(RoomRow.names))
        .join(DepartmentRow, col(DepartmentRow.id) == col(RoomRow.department_id))
        .where(col(RoomRow.is_removed).is_(False))
        .order_by(func.length(col(RoomRow.code)), col(RoomRow.code))
    )
    return {row.id: RoomPlan(row.code, row.department, row.names) for row in await connection.execute(query)}


async def room_in_use(connection: AsyncConnection, room_id: int) -> str | None:
    """Who needs the room: the number that is there or will come back, or the doctor on duty; none if free."""
    at_room = or_(col(QueueEntryRow.room_id) == room_id, col(QueueEntryRow.return_to) == room_id)
    query = select(col(TokenRow.number)).join(QueueEntryRow, col(QueueEntryRow.token_id) == col(TokenRow.id))
    number = (await connection.execute(query.where(at_room, col(QueueEntryRow.state).in_(LIVE)).limit(1))).scalar()
    if number is not None:
        return str(number)
    present = (DutyState.ON_DUTY, DutyState.ON_BREAK)
    doctors = select(col(StaffRow.name)).join(DutyRow, col(DutyRow.doctor_id) == col(StaffRow.id))
    doctors = doctors.where(col(DutyRow.room_id) == room_id, col(DutyRow.state).in_(present))
    return (await connection.execute(doctors.limit(1))).scalar()


async def put_room(work: Transaction, plan: RoomPlan, department_id: int) -> None:
    """There is a room with this code and these names in the department; one that was removed is there again."""
    again = {"department_id": department_id, "names": dict(plan.names), "is_removed": False}
    statement = work.insert(RoomRow).values(code=plan.code, **again)
    await work.connection.execute(statement.on_conflict_do_update(index_elements=["code"], set_=again))


async def save_room(work: Transaction, room_id: int, **values: object) -> None:
    """The room's columns have these values."""
    await work.connection.execute(update(RoomRow).where(col(RoomRow.id) == room_id).values(**values))


async def remove_rooms(work: Transaction, room_ids: Sequence[int]) -> None:
    """Remove the rooms and the shifts in them."""
    ids = list(room_ids)
    await work.connection.execute(delete(ShiftRow).where(col(ShiftRow.room_id).in_(ids)))
    await work.connection.execute(delete(DutyRow).where(col(DutyRow.room_id).in_(ids)))
    await work.connection.execute(update(RoomRow).where(col(RoomRow.id).in_(ids)).values(is_removed=True))


async def holidays(connection: AsyncConnection) -> dict[int, HolidayPlan]:
    """Id → holiday, in the order of the days."""
    query = (
        select(col(HolidayRow.id), col(HolidayRow.day), col(HolidayRow.name), col(DepartmentRow.code))
        .outerjoin(DepartmentRow, col(DepartmentRow.id) == col(HolidayRow.department_id))
        .order_by(col(HolidayRow.day), col(HolidayRow.id))
    )
    return {row.id: HolidayPlan(row.day.isoformat(), row.name, row.code) for row in await connection.execute(query)}


async def add_holiday(work: Transaction, plan: HolidayPlan, department_id: int | None) -> None:
    """Insert the holiday: no numbers are given out."""
    values = {"day": date.fromisoformat(plan.day), "name": plan.name, "department_id": department_id}
    await work.connection.execute(work.insert(HolidayRow).values(**values))


async def remove_holiday(work: Transaction, holiday_id: int | None) -> None:
    """This holiday is a day like others; without an id, every one."""
    statement = delete(HolidayRow)
    own = col(HolidayRow.id) == holiday_id
    await work.connection.execute(statement.where(own) if holiday_id is not None else statement)


async def doctors(connection: AsyncConnection) -> dict[int, tuple[str, str]]:
    """Id → login and name of every active doctor, by name."""
    query = select(col(StaffRow.id), col(StaffRow.login), col(StaffRow.name))
    query = query.where(col(StaffRow.role) == Role.DOCTOR, col(StaffRow.is_active)).order_by(col(StaffRow.name))
    return {row.id: (row.login, row.name) for row in await connection.execute(query)}


async def roster(connection: AsyncConnection) -> list[Shift]:
    """The duty roster, in ids, of doctors whose accounts are open."""
    columns = [col(getattr(ShiftRow, name)) for name in ("doctor_id", "room_id", "weekday", "begins", "ends")]
    query = select(*columns).join(StaffRow, col(StaffRow.id) == col(ShiftRow.doctor_id)).where(col(StaffRow.is_active))
    return [Shift(*row) for row in await connection.execute(query)]


async def shifts(connection: AsyncConnection) -> dict[int, ShiftPlan]:
    """Id → line of the duty roster, in the order of the week."""
    query = (
        select(*ShiftRow.metadata.tables["shift"].columns, col(StaffRow.login), col(RoomRow.code))
        .join(StaffRow, col(StaffRow.id) == col(ShiftRow.doctor_id))
        .join(RoomRow, col(RoomRow.id) == col(ShiftRow.room_id))
        .where(col(StaffRow.is_active))
        .order_by(col(ShiftRow.weekday), col(ShiftRow.begins), col(RoomRow.code))
    )
    return {
        row.id: ShiftPlan(row.login, row.code, WEEKDAYS[row.weekday], row.begins, row.ends)
        for row in await connection.execute(query)
    }


async def add_shift(work: Transaction, plan: ShiftPlan, doctor_id: int, room_id: int) -> None:
    """Insert the shift."""
    weekday = WEEKDAYS.index(plan.weekday)
    values = {"doctor_id": doctor_id, "room_id": room_id, "weekday": weekday, "begins": plan.begins, "ends": plan.ends}
    await work.connection.execute(work.insert(ShiftRow).values(**values))


async def remove_shift(work: Transaction, shift_id: int | None) -> None:
    """This line of the roster is gone; without an id, every line."""
    statement = delete(ShiftRow)
    await work.connection.execute(statement.where(col(ShiftRow.id) == shift_id) if shift_id is not None else statement)


async def displays(connection: AsyncConnection) -> dict[str, DisplayPlan]:
    """Name → display; the main one is always there."""
    query = select(col(BoardRow.name), col(BoardRow.look)).order_by(col(BoardRow.name))
    found = {row.name: _display(row) for row in await connection.execute(query)}
    return {MAIN: found.pop(MAIN, DisplayPlan(MAIN)), **found}


async def put_display(work: Transaction, plan: DisplayPlan) -> None:
    """Save the display."""
    look = {name: value for name, value in written(plan).items() if name != "name"}
    statement = work.insert(BoardRow).values(name=plan.name, look=look)
    await work.connection.execute(statement.on_conflict_do_update(index_elements=["name"], set_={"look": look}))


async def remove_display(work: Transaction, name: str) -> None:
    """Delete the display; the main one gets its defaults again."""
    await work.connection.execute(delete(BoardRow).where(col(BoardRow.name) == name))


async def delete_department(work: Transaction, code: str) -> None:
    """Take the department and its code off every display."""
    for plan in (await displays(work.connection)).values():
        if code in {*plan.departments, plan.abha_code}:
            kept = tuple(other for other in plan.departments if other != code)
            shown = plan.abha_code if plan.abha_code != code else ""
            await put_display(work, replace(plan, departments=kept, abha_code=shown))


async def remove_department(work: Transaction, department_id: int) -> None:
    """The department, its rooms and its own holidays are no longer there; the row stays for the history."""
    own = select(col(RoomRow.id)).where(col(RoomRow.department_id) == department_id, col(RoomRow.is_removed).is_(False))
    await remove_rooms(work, [row.id for row in await work.connection.execute(own)])
    await work.connection.execute(delete(HolidayRow).where(col(HolidayRow.department_id) == department_id))
    await save_department(work, department_id, is_removed=True)


def _display(row: Row[Any]) -> DisplayPlan:
    look = dict(row.look)
    for name in ("departments", "languages"):
        look[name] = tuple(look.get(name, ()))
    look["quiet"] = tuple(map(tuple, look.get("quiet", ())))
    return DisplayPlan(name=row.name, **look)
