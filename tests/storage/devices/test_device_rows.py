"""Enrolled devices."""

from __future__ import annotations

from datetime import timedelta

from queue_server.domain.devices.devices import Device, DeviceKind, Enrolment
from queue_server.storage.devices import device_rows as rows
from queue_server.storage.engine.store import Transaction
from tests.clinics import MORNING
from tests.storage.rows import later


async def test_a_device_is_found_by_its_key_and_by_its_id(work: Transaction) -> None:
    id_ = await rows.add_device(work, DeviceKind.KIOSK, "Entrance", "entrance", "a hash")

    device = Device(id_, DeviceKind.KIOSK, "Entrance", "entrance", "unknown", None)
    assert await rows.device_by_key(work.connection, "a hash") == device
    assert await rows.device_by_id(work.connection, id_) == device
    assert await rows.device_by_key(work.connection, "another hash") is None


async def test_a_revoked_device_is_found_nowhere_but_among_the_revoked(work: Transaction) -> None:
    id_ = await rows.add_device(work, DeviceKind.KIOSK, "Entrance", "entrance", "a hash")

    await rows.revoke_device(work, id_)

    assert await rows.device_by_key(work.connection, "a hash") is None
    assert await rows.device_by_id(work.connection, id_) is None
    assert await rows.all_devices(work.connection) == await rows.devices(work.connection, DeviceKind.KIOSK) == []
    assert await rows.revoked_devices(work.connection) == [(DeviceKind.KIOSK, id_)]


async def test_devices_come_by_kind_and_name(work: Transaction) -> None:
    for kind, name in ((DeviceKind.KIOSK, "B"), (DeviceKind.AGENT, "C"), (DeviceKind.KIOSK, "A")):
        await rows.add_device(work, kind, name, "entrance", f"hash of {name}")

    assert [device.name for device in await rows.all_devices(work.connection)] == ["C", "A", "B"]
    assert [device.name for device in await rows.devices(work.connection, DeviceKind.KIOSK)] == ["B", "A"]


async def test_a_device_that_was_heard_of_says_when_and_how_its_printer_is(work: Transaction) -> None:
    id_ = await rows.add_device(work, DeviceKind.AGENT, "Printer", "entrance", "a hash")

    await rows.see_device(work, id_, "low")
    first = await rows.device_by_id(work.connection, id_)
    at = later(work, minutes=1)
    await rows.note_device(work, id_)
    then = await rows.device_by_id(work.connection, id_)

    assert first
    assert then
    assert [(one.printer, one.seen_at) for one in (first, then)] == [("low", MORNING), ("low", at)]


async def test_a_code_enrols_once(work: Transaction) -> None:
    enrolment = Enrolment(DeviceKind.DISPLAY, "Hall", "hall", MORNING + timedelta(minutes=15))
    await rows.add_enrolment(work, "a hash", enrolment)

    assert await rows.take_enrolment(work, "another hash") is None
    assert await rows.take_enrolment(work, "a hash") == enrolment
    assert await rows.take_enrolment(work, "a hash") is None


async def test_a_code_that_has_run_out_enrols_nothing(work: Transaction) -> None:
    await rows.add_enrolment(work, "a hash", Enrolment(DeviceKind.DISPLAY, "Hall", "hall", MORNING))
    later(work, seconds=1)

    assert await rows.take_enrolment(work, "a hash") is None


async def test_a_display_says_whether_it_can_be_heard(work: Transaction) -> None:
    id_ = await rows.add_device(work, DeviceKind.DISPLAY, "Hall", "main", "a hash")

    await rows.note_sound(work, id_, "blocked")

    told = await rows.device_by_id(work.connection, id_)
    assert told is not None
    assert (told.sound, told.sound_at, told.seen_at) == ("blocked", MORNING, MORNING)
