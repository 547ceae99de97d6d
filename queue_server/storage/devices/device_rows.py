"""Enrolled devices."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Row, delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from queue_server.domain.devices.devices import Device, DeviceKind, Enrolment
from queue_server.domain.devices.reach import Mount
from queue_server.storage.engine.store import Transaction
from queue_server.storage.tables import DeviceRow, EnrolmentRow

_MOUNT = ("screen_from_mm", "screen_high_mm")


async def add_device(work: Transaction, kind: DeviceKind, name: str, place: str, key_hash: str) -> int:
    """A new device; returns its id."""
    values = {
        "kind": kind,
        "name": name,
        "place": place,
        "key_hash": key_hash,
        "is_revoked": False,
        "printer": "unknown",
        "sound": "",
    }
    return int(
        (
            await work.connection.execute(work.insert(DeviceRow).values(**values).returning(col(DeviceRow.id)))
        ).scalar_one()
    )


async def device_by_key(connection: AsyncConnection, key_hash: str) -> Device | None:
    """The device with this key, unless revoked."""
    return await _device(connection, col(DeviceRow.key_hash) == key_hash)


async def device_by_id(connection: AsyncConnection, device_id: int) -> Device | None:
    """The device with this id, unless revoked."""
    return await _device(connection, col(DeviceRow.id) == device_id)


async def devices(connection: AsyncConnection, kind: DeviceKind) -> list[Device]:
    """All devices of a kind that are not revoked."""
    query = _device_query().where(col(DeviceRow.kind) == kind).order_by(col(DeviceRow.id))
    return [_as_device(row) for row in await connection.execute(query)]


async def all_devices(connection: AsyncConnection) -> list[Device]:
    """All devices that are not revoked, in the order of their kinds and names."""
    query = _device_query().order_by(col(DeviceRow.kind), col(DeviceRow.name), col(DeviceRow.id))
    return [_as_device(row) for row in await connection.execute(query)]


async def note_device(work: Transaction, device_id: int) -> None:
    """The device was heard of now."""
    statement = update(DeviceRow).where(col(DeviceRow.id) == device_id).values(seen_at=work.now)
    await work.connection.execute(statement)


async def revoke_device(work: Transaction, device_id: int) -> None:
    """The device's key opens nothing any more."""
    await work.connection.execute(update(DeviceRow).where(col(DeviceRow.id) == device_id).values(is_revoked=True))


async def mount_device(work: Transaction, device_id: int, screen: Mount | None) -> None:
    """The device's screen hangs so; none: nobody has said."""
    heights = {"screen_from_mm": screen.from_mm, "screen_high_mm": screen.high_mm} if screen else dict.fromkeys(_MOUNT)
    await work.connection.execute(update(DeviceRow).where(col(DeviceRow.id) == device_id).values(**heights))


async def revoked_devices(connection: AsyncConnection) -> list[tuple[DeviceKind, int]]:
    """Kind and id of every revoked device."""
    query = select(col(DeviceRow.kind), col(DeviceRow.id)).where(col(DeviceRow.is_revoked))
    return [(row.kind, row.id) for row in await connection.execute(query)]


async def see_device(work: Transaction, device_id: int, printer: str) -> None:
    """The device was heard of now and reports this printer state."""
    statement = update(DeviceRow).where(col(DeviceRow.id) == device_id).values(seen_at=work.now, printer=printer)
    await work.connection.execute(statement)


async def note_sound(work: Transaction, device_id: int, sound: str) -> None:
    """The device has told now why it is heard or silent."""
    statement = update(DeviceRow).where(col(DeviceRow.id) == device_id)
    await work.connection.execute(statement.values(seen_at=work.now, sound=sound, sound_at=work.now))


async def add_enrolment(work: Transaction, code_hash: str, enrolment: Enrolment) -> None:
    """The code enrols one device until it expires."""
    await work.connection.execute(
        work.insert(EnrolmentRow).values(
            code_hash=code_hash,
            kind=enrolment.kind,
            name=enrolment.name,
            place=enrolment.place,
            expires_at=enrolment.expires_at,
        )
    )


async def take_enrolment(work: Transaction, code_hash: str) -> Enrolment | None:
    """What the code enrols, if it is still valid; it is used up either way."""
    statement = (
        delete(EnrolmentRow)
        .where(col(EnrolmentRow.code_hash) == code_hash)
        .returning(*EnrolmentRow.metadata.tables["enrolment"].columns)
    )
    row = (await work.connection.execute(statement)).first()
    if row is None or row.expires_at < work.now:
        return None
    return Enrolment(row.kind, row.name, row.place, row.expires_at)


def _device_query() -> Any:
    return select(*DeviceRow.metadata.tables["device"].columns).where(col(DeviceRow.is_revoked).is_(False))


async def _device(connection: AsyncConnection, condition: ColumnElement[bool]) -> Device | None:
    row = (await connection.execute(_device_query().where(condition))).first()
    return _as_device(row) if row else None


def _as_device(row: Row[Any]) -> Device:
    screen = None if row.screen_from_mm is None else Mount(row.screen_from_mm, row.screen_high_mm)
    known = (row.id, row.kind, row.name, row.place, row.printer, row.seen_at)
    return Device(*known, screen, row.sound, row.sound_at)
