"""What a restored database takes over from the one that it replaces, and what is made new in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Table, delete, func, insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import SQLModel, col

from queue_server.domain.clinic.restoring import EPOCH
from queue_server.domain.devices.print_jobs import PrintState
from queue_server.storage.engine.store import Transaction
from queue_server.storage.tables import (
    ApiKeyRow,
    AttachCodeRow,
    CallRow,
    CounterRow,
    DepartmentRow,
    DeviceRow,
    EnrolmentRow,
    PatientSessionRow,
    PhoneAccountRow,
    PrintJobRow,
    ResetCodeRow,
    RevisionRow,
    SessionRow,
    StaffRoleRow,
    StaffRow,
)

#: What goes on higher, above all that a screen or a printer can have seen.
_COUNTED = (CallRow, PrintJobRow)

#: What may be withdrawn or changed: table → (what tells a row, what is taken over).
_TAKEN_OVER: tuple[tuple[type[SQLModel], str, tuple[str, ...]], ...] = (
    (DeviceRow, "key_hash", ("is_revoked",)),
    (ApiKeyRow, "key_hash", ("is_revoked",)),
    (StaffRow, "login", ("password_hash", "unlock_hash", "must_change", "is_active", "role", "role_id")),
    (PhoneAccountRow, "phone", ("pin_hash",)),
)
#: What opens something for a while.
_ENDED = (SessionRow, PatientSessionRow, EnrolmentRow, AttachCodeRow, ResetCodeRow)


@dataclass(frozen=True, slots=True)
class Replaced:
    """What the replaced database knew: counters by (department, day), credentials by table and what tells a row, the
    clinic's own roles by id, and by table the newest revision, call and print job."""

    counters: dict[tuple[int, date], int]
    credentials: dict[str, dict[str, dict[str, Any]]]
    roles: dict[int, dict[str, Any]]
    newest: dict[str, int]


async def replaced(connection: AsyncConnection) -> Replaced:
    """Everything that a restored backup has to catch up with."""
    rows = await connection.execute(
        select(col(CounterRow.department_id), col(CounterRow.service_day), col(CounterRow.value))
    )
    credentials = {}
    for row, told_by, names in _TAKEN_OVER:
        credentials[_table(row).name] = await _credentials(connection, _table(row), told_by, names)
    counters = {(one.department_id, one.service_day): one.value for one in rows}
    newest = {_table(row).name: await _newest(connection, col(row.id)) for row in _COUNTED}
    newest[_table(RevisionRow).name] = await _newest(connection, col(RevisionRow.rev))
    return Replaced(counters, credentials, await _roles(connection), newest)


async def _roles(connection: AsyncConnection) -> dict[int, dict[str, Any]]:
    return {row["id"]: dict(row) for row in (await connection.execute(select(_table(StaffRoleRow)))).mappings()}


async def _credentials(
    connection: AsyncConnection, table: Table, told_by: str, names: Sequence[str]
) -> dict[str, dict[str, Any]]:
    rows = await connection.execute(select(table.c[told_by], *(table.c[name] for name in names)))
    return {row[0]: dict(zip(names, row[1:], strict=True)) for row in rows}


async def take_over(work: Transaction, before: Replaced) -> dict[str, int]:
    """Credentials and rights are as they were in the replaced database; returns table → how many had changed since the
    backup."""
    changed = {}
    for row, told_by, names in _TAKEN_OVER:
        table = _table(row)
        now = await _credentials(work.connection, table, told_by, names)
        kept = before.credentials[table.name]
        newer = {key: values for key, values in kept.items() if now.get(key, values) != values}
        # Whoever had one of the clinic's own roles has lost it where the roles were made anew.
        had_to = row is StaffRow and await _take_over_roles(work, before.roles)
        for key, values in (kept if had_to else newer).items():
            await work.connection.execute(update(table).where(table.c[told_by] == key).values(**values))
        changed[table.name] = len(newer)
    for (department_id, day), value in before.counters.items():
        await raise_counter(work, department_id, day, value)
    return changed


async def _take_over_roles(work: Transaction, before: dict[int, dict[str, Any]]) -> bool:
    """The clinic's own roles are as they were before; whether they had to be made anew, so that nobody has one now."""
    if await _roles(work.connection) == before:
        return False
    table = _table(StaffRoleRow)
    await work.connection.execute(update(StaffRow).values(role_id=None))
    await work.connection.execute(delete(table))
    for values in before.values():
        await work.connection.execute(insert(table).values(**values))
    if work.is_postgres and before:
        named = {"value": max(before)}
        await work.connection.execute(text("SELECT setval('staff_role_id_seq', :value)"), named)
    return True


async def raise_counter(work: Transaction, department_id: int, day: date, value: int) -> None:
    """The department goes on above `value` on this day, if it is not above it already."""
    where = (col(CounterRow.department_id) == department_id, col(CounterRow.service_day) == day)
    known = await work.connection.scalar(select(col(CounterRow.value)).where(*where))
    if known is None:
        is_there = select(col(DepartmentRow.id)).where(col(DepartmentRow.id) == department_id)
        if await work.connection.scalar(is_there) is not None:
            row = insert(CounterRow).values(department_id=department_id, service_day=day, value=value)
            await work.connection.execute(row)
    elif known < value:
        await work.connection.execute(update(CounterRow).where(*where).values(value=value))


async def end_everything_open(work: Transaction) -> None:
    """No login holds any more, and no code."""
    for row in _ENDED:
        await work.connection.execute(delete(row))


async def begin_epoch(work: Transaction, before: Replaced | None) -> None:
    """Every screen takes what it is shown from now on as newer than all that it has seen; every print agent takes each
    slip as one that it has not printed."""
    seen = before.newest if before else {}
    lift = EPOCH + seen.get(_table(RevisionRow).name, 0)
    await work.connection.execute(update(RevisionRow).values(rev=col(RevisionRow.rev) + lift))
    await _begin_calls(work, seen.get(_table(CallRow).name, 0))
    await _begin_print_jobs(work, seen.get(_table(PrintJobRow).name, 0))


async def _begin_calls(work: Transaction, seen: int) -> None:
    """The next call is above `seen` and all that there are: one that nobody sees holds the place below it."""
    table = _table(CallRow)
    found = await work.connection.execute(select(table).order_by(table.c.id.desc()).limit(1))
    if (newest := found.mappings().first()) is not None:
        await _hold(work, table, {**newest, "id": max(seen, newest["id"]) + EPOCH, "is_withdrawn": True})


async def _begin_print_jobs(work: Transaction, seen: int) -> None:
    """The next job is above `seen` and all that there are: one of no place and no token holds the place below it.

    A print agent that met a known id would say of a slip how that older one ended, and print nothing.
    """
    number = max(seen, await newest_print_job(work.connection)) + EPOCH
    ended = {"state": PrintState.FAILED, "reason": "restored", "created_at": work.now, "updated_at": work.now}
    await _hold(work, _table(PrintJobRow), {"id": number, "place": "", "copy_number": 1, **ended})


async def _hold(work: Transaction, table: Table, values: dict[str, Any]) -> None:
    """The row is there, and ids go on above its own."""
    await work.connection.execute(insert(table).values(values))
    if work.is_postgres:
        await work.connection.execute(text(f"SELECT setval('{table.name}_id_seq', :value)"), {"value": values["id"]})


async def newest_print_job(connection: AsyncConnection) -> int:
    """The highest id of a print job; 0 when there is none."""
    return await _newest(connection, col(PrintJobRow.id))


async def _newest(connection: AsyncConnection, column: Any) -> int:
    return (await connection.execute(select(func.max(column)))).scalar_one() or 0


def _table(row: type[SQLModel]) -> Table:
    return row.metadata.tables[str(row.__tablename__)]
