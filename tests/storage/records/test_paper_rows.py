"""Signed papers as they are remembered, and the clinic's pictures."""

from __future__ import annotations

from dataclasses import replace

from queue_server.domain.records.verification import IssuedPaper
from queue_server.storage.engine.store import Transaction
from queue_server.storage.records import paper_rows as rows
from tests.clinics import MORNING
from tests.storage.rows import later

PAPER = IssuedPaper("a-key", "prescription", 1, MORNING, "Sunrise Clinic", "a" * 64, "b" * 64)


async def test_a_paper_is_remembered_under_its_key(work: Transaction) -> None:
    await rows.add(work, PAPER)
    await rows.add(work, replace(PAPER, key="long", clinic="x" * 500))

    assert await rows.one(work.connection, "a-key") == PAPER
    assert await rows.one(work.connection, "long") == replace(PAPER, key="long", clinic="x" * 120)
    assert await rows.one(work.connection, "another") is None


async def test_a_paper_says_when_it_was_first_replaced(work: Transaction) -> None:
    await rows.add(work, PAPER)
    at = later(work, hours=1)
    await rows.replace(work, "a-key")
    later(work, hours=1)
    await rows.replace(work, "a-key")

    assert await rows.one(work.connection, "a-key") == replace(PAPER, replaced_at=at)


async def test_a_picture_takes_the_place_of_the_one_before_until_it_is_removed(work: Transaction) -> None:
    await rows.save_picture(work, "logo", b"first")
    at = later(work, minutes=1)
    await rows.save_picture(work, "logo", b"second")
    assert await rows.picture(work.connection, "logo") == (b"second", at)

    await rows.remove_picture(work, "logo")

    assert await rows.picture(work.connection, "logo") is None
