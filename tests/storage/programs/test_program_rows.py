"""Other programs and their keys."""

from __future__ import annotations

from queue_server.domain.access.scopes import ALL_SCOPES, Program, Scope
from queue_server.storage.engine.store import Transaction
from queue_server.storage.programs import program_rows as rows
from tests.clinics import MORNING
from tests.storage.rows import later


async def test_a_program_is_found_by_its_keys_hash_with_its_scopes(work: Transaction) -> None:
    narrow = await rows.add(work, "Laboratory", "a hash", [Scope.EVENTS_READ])
    await rows.add(work, "Everything", "another hash", ALL_SCOPES)

    found = await rows.by_key(work.connection, "a hash")
    everything = await rows.by_key(work.connection, "another hash")

    assert found == Program(narrow, "Laboratory", frozenset({Scope.EVENTS_READ}), MORNING, None)
    assert everything
    assert everything.scopes == ALL_SCOPES
    assert await rows.by_key(work.connection, "no hash") is None


async def test_a_revoked_key_opens_nothing(work: Transaction) -> None:
    id_ = await rows.add(work, "Laboratory", "a hash", [Scope.EVENTS_READ])

    await rows.revoke(work, id_)

    assert await rows.by_key(work.connection, "a hash") is None
    assert await rows.revoked(work.connection) == [id_]


async def test_a_program_that_was_heard_of_says_when(work: Transaction) -> None:
    id_ = await rows.add(work, "Laboratory", "a hash", [Scope.EVENTS_READ])
    at = later(work, minutes=5)

    await rows.note(work, id_)

    found = await rows.by_key(work.connection, "a hash")
    assert found
    assert found.seen_at == at


async def test_programs_that_may_act_are_listed_by_name_and_found_by_id(work: Transaction) -> None:
    zoo, lab, old = [await rows.add(work, name, f"hash of {name}", ALL_SCOPES) for name in ("Zoo", "Lab", "Old")]
    await rows.revoke(work, old)

    assert [one.id for one in await rows.all_programs(work.connection)] == [lab, zoo]
    assert [await rows.by_id(work.connection, id_) is not None for id_ in (lab, old)] == [True, False]
