"""Codes that set a new PIN once."""

from __future__ import annotations

from datetime import timedelta

from queue_server.storage.engine.store import Transaction
from queue_server.storage.people import reset_code_rows as rows
from tests.clinics import MORNING
from tests.storage.rows import later

SCOPE, SOON = "phone:1", MORNING + timedelta(minutes=10)


async def test_a_code_may_be_tried_so_often_and_a_new_one_anew(work: Transaction) -> None:
    await rows.save(work, SCOPE, "a hash", SOON)
    tries = [await rows.take_try(work, SCOPE, 2) for _ in range(3)]

    await rows.save(work, SCOPE, "a new hash", SOON)

    assert tries == ["a hash", "a hash", None]
    assert await rows.take_try(work, SCOPE, 2) == "a new hash"
    assert await rows.take_try(work, "phone:2", 2) is None


async def test_a_code_that_has_run_out_cannot_be_tried(work: Transaction) -> None:
    await rows.save(work, SCOPE, "a hash", SOON)
    later(work, minutes=10)

    assert await rows.take_try(work, SCOPE, 2) is None


async def test_a_code_is_used_up_by_one(work: Transaction) -> None:
    await rows.save(work, SCOPE, "a hash", SOON)

    assert not await rows.use_up(work, SCOPE, "another hash")
    assert [await rows.use_up(work, SCOPE, "a hash") for _ in range(2)] == [True, False]
    assert await rows.take_try(work, SCOPE, 2) is None


async def test_old_codes_are_deleted_and_newer_ones_stay(work: Transaction) -> None:
    await rows.save(work, "phone:1", "old", MORNING)
    await rows.save(work, "phone:2", "new", SOON)

    await rows.delete_before(work, SOON)

    assert not await rows.use_up(work, "phone:1", "old")
    assert await rows.use_up(work, "phone:2", "new")
