"""Keepers and the desk's tasks."""

from __future__ import annotations

from queue_server.domain.devices.devices import DeviceKind
from queue_server.domain.devices.keepers import TaskKind
from queue_server.storage.devices import device_rows
from queue_server.storage.devices import keeper_rows as rows
from queue_server.storage.engine.store import Transaction


async def test_a_store_and_letters_are_one_keepers(work: Transaction) -> None:
    device = await device_rows.add_device(work, DeviceKind.KIOSK, "Entrance", "entrance", "a hash")
    first = await rows.add(work, device, "store 1", "A")

    assert first is not None
    assert await rows.add(work, device, "store 2", "A") is None
    assert await rows.add(work, device, "store 1", "B") is None
    assert await rows.by_store(work.connection, device, "store 1") == first
    assert await rows.by_store(work.connection, device + 1, "store 1") is None
    assert await rows.series(work.connection) == {"A"}


async def test_the_newest_keeper_of_a_device_is_told_as_it_was_last_heard(work: Transaction) -> None:
    device = await device_rows.add_device(work, DeviceKind.KIOSK, "Entrance", "entrance", "a hash")
    await rows.add(work, device, "store 1", "A")
    second = await rows.add(work, device, "store 2", "B")
    assert second is not None

    await rows.hear(work, second.id, 12, -400.0)

    (newest,) = (await rows.newest(work.connection)).values()
    assert (newest.series, newest.waiting, newest.clock_off_s) == ("B", 12, -400.0)


async def test_a_store_goes_on_under_another_device_only_when_its_own_is_revoked(work: Transaction) -> None:
    first, second = [await device_rows.add_device(work, DeviceKind.KIOSK, "Kiosk", "here", key) for key in ("a", "b")]
    await rows.add(work, first, "a" * 32, "A")
    assert await rows.take_over(work, second, "a" * 32) is None

    await device_rows.revoke_device(work, first)

    taken = await rows.take_over(work, second, "a" * 32)
    assert taken is not None
    assert (taken.series, await rows.by_store(work.connection, second, "a" * 32)) == ("A", taken)
    assert await rows.take_over(work, second, "b" * 32) is None


async def test_a_task_is_open_until_it_is_done(work: Transaction) -> None:
    await rows.add_task(work, TaskKind.QUOTA, "G-A01", None, "Entrance")
    (task,) = await rows.open_tasks(work.connection)

    assert await rows.finish_task(work, task.id) == task
    assert await rows.finish_task(work, task.id) is None
    assert await rows.count_open_tasks(work.connection) == 0
