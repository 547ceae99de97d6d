"""The rows of a queue as the domain's objects."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from queue_server.domain.clinic.clinic import Room
from queue_server.domain.errors import UnknownToken
from queue_server.domain.queue.ordering import in_order, passes
from queue_server.domain.queue.tokens import LIVE, Priority, QueueEntry, State
from queue_server.storage.engine.store import Transaction
from queue_server.storage.engine.together import together
from queue_server.storage.queue import counter_rows
from queue_server.storage.queue import queue_rows as rows
from tests.clinics import MORNING
from tests.storage.rows import (
    DAY,
    FIRST,
    GENERAL,
    LABORATORY,
    ROOM_1,
    ROOM_2,
    SECOND,
    a_stay,
    a_token,
    an_entry,
    department,
    later,
)

YESTERDAY = DAY - timedelta(days=1)
FIRST_ROOM = Room(ROOM_1, "1", GENERAL)


async def next_for(work: Transaction, doctor_id: int | None) -> QueueEntry | None:
    """Whom this doctor calls next, in General."""
    return rows.next_in(await together(work.connection, *rows.looking_at_next(FIRST_ROOM, DAY, doctor_id)))[1]


async def live(work: Transaction) -> dict[str, QueueEntry]:
    """Number → entry of everybody in General's queue."""
    found = await rows.live_entries(work.connection, GENERAL, DAY)
    return {known.entry.number: known.entry for known in found.values()}


async def test_a_token_is_found_by_id_link_and_number(work: Transaction) -> None:
    id_ = await a_token(work, "G-001", key="a-key")
    await a_token(work, "G-001", YESTERDAY, key="another-key")

    found = await rows.token_by_id(work.connection, id_)

    assert (found.number, found.language, found.service_day, found.issued_at) == ("G-001", "hi", DAY, MORNING)
    assert await rows.token_by_key(work.connection, "a-key") == found
    assert await rows.token_by_number(work.connection, DAY, "G-001") == found
    assert {one.key for one in await rows.tokens_by_key(work.connection, ["a-key", "another-key", "none"])} == {
        "a-key",
        "another-key",
    }


async def test_a_deleted_token_is_found_nowhere_but_its_newest_stay_by_id(work: Transaction) -> None:
    id_ = await a_token(work, key="a-key", is_deleted=True)
    stay = await a_stay(work, id_)

    for looking in (
        rows.token_by_id(work.connection, id_),
        rows.token_by_key(work.connection, "a-key"),
        rows.token_by_number(work.connection, DAY, "G-001"),
        rows.newest_entry(work.connection, id_),
    ):
        with pytest.raises(UnknownToken):
            await looking
    assert await rows.tokens_by_key(work.connection, ["a-key"]) == []
    assert await rows.newest_entries(work.connection, [id_]) == {}
    assert await rows.newest_entry_id(work.connection, id_) == stay


async def test_the_newest_stay_holds_a_tokens_state_and_the_first_says_when_it_came(work: Transaction) -> None:
    token = await a_token(work)
    first = await a_stay(work, token, State.TRANSFERRED)
    await a_stay(work, token, State.ATTENDED, LABORATORY, came_from=GENERAL)
    back = await a_stay(work, token)

    newest = await rows.newest_entry(work.connection, token)

    assert (newest.id, newest.state, newest.number) == (back, State.WAITING, "G-001")
    assert await rows.newest_entries(work.connection, [token]) == {token: newest}
    assert (await rows.first_entry(work.connection, token, GENERAL)).id == first
    for looking in (
        rows.first_entry(work.connection, token + 1, GENERAL),
        rows.newest_entry(work.connection, token + 1),
        rows.newest_entry_id(work.connection, token + 1),
    ):
        with pytest.raises(UnknownToken):
            await looking


async def test_a_days_tokens_stand_in_their_newest_stays_without_deleted_ones(work: Transaction) -> None:
    token = await a_token(work)
    await a_stay(work, token, State.TRANSFERRED)
    await a_stay(work, token, State.CALLED, LABORATORY, came_from=GENERAL)
    await a_stay(work, await a_token(work, "G-002", is_deleted=True))
    await a_stay(work, await a_token(work, "G-003"), State.ATTENDED)

    found = await rows.entries_of_day(work.connection, DAY)

    assert [(one.number, one.state) for one in found] == [("G-001", State.CALLED), ("G-003", State.ATTENDED)]
    assert await rows.entries_of_day(work.connection, YESTERDAY) == []


async def test_the_database_orders_a_queue_as_the_rules_do(work: Transaction) -> None:
    for number, priority in (
        ("G-001", Priority.NORMAL),
        ("G-002", Priority.EMERGENCY),
        ("G-003", Priority.ASSISTED),
        ("G-004", Priority.EMERGENCY),
        ("G-005", Priority.URGENT),
        ("G-006", Priority.NORMAL),
    ):
        await an_entry(work, number, priority=priority)
        later(work, minutes=7)
    before = (await live(work))["G-001"]
    token = await a_token(work, "G-007")
    await rows.add_entry(
        work,
        token,
        await department(work),
        DAY,
        Priority.NORMAL,
        place=replace(before.rank, after=1),
        state=State.WAITING,
    )
    waiting = await live(work)
    order = in_order(waiting.values())

    for ahead, entry in enumerate(order):
        assert (await counter_rows.next_counter(work, GENERAL, DAY, entry.rank))[1] == ahead
    called = []
    while found := await next_for(work, None):
        called.append(found)
        await rows.save_entry(work, replace(found, state=State.CALLED))

    assert called == order
    assert [entry.number for entry in order][:2] == ["G-002", "G-004"]


async def test_the_database_passes_over_who_is_not_here_as_the_rules_do(work: Transaction) -> None:
    plan = [
        ("G-001", Priority.NORMAL, False),
        ("G-002", Priority.ASSISTED, False),
        ("G-003", Priority.NORMAL, True),
        ("G-004", Priority.EMERGENCY, True),
        ("G-005", Priority.NORMAL, False),
        ("G-006", Priority.NORMAL, True),
    ]
    for number, priority, is_here in plan:
        await an_entry(work, number, priority=priority, is_here=is_here)
        later(work, minutes=7)
    waiting = await live(work)

    for entry in waiting.values():
        ahead = [other for other in in_order(waiting.values()) if other.rank.key < entry.rank.key]
        assert (await counter_rows.next_counter(work, GENERAL, DAY, entry.rank))[1] == len(ahead)
    called: list[str] = []
    while found := await next_for(work, None):
        before, called = await live(work), [*called, found.number]
        moment = later(work, minutes=1)
        await rows.save_entry(work, replace(found, state=State.CALLED))
        await rows.pass_by(work, found, DAY)
        after = await live(work)
        passed = {number for number, entry in after.items() if entry.passed_at == moment}
        assert passed == {number for number, entry in before.items() if passes(found, entry)}

    assert called == ["G-004", "G-003", "G-006"]
    assert {number for number, entry in (await live(work)).items() if entry.passed_at} == {"G-001", "G-002", "G-005"}
    await rows.take_pass_back(work, GENERAL, DAY, work.now)
    assert {number for number, entry in (await live(work)).items() if entry.passed_at} == {"G-001", "G-002"}


async def test_a_doctor_is_given_nobody_who_is_kept_for_another(work: Transaction) -> None:
    await an_entry(work, "G-001", for_doctor_id=SECOND)
    await an_entry(work, "G-002")

    given = [await next_for(work, doctor) for doctor in (FIRST, SECOND, None)]

    assert [entry and entry.number for entry in given] == ["G-002", "G-001", "G-002"]


async def test_an_entry_is_read_as_it_was_saved_and_its_version_grows(work: Transaction) -> None:
    entry = await an_entry(work)
    changed = replace(
        entry,
        state=State.SERVING,
        priority=Priority.EMERGENCY,
        priority_reason="chest pain",
        rank=replace(entry.rank, is_emergency=True, after=3),
        room_id=ROOM_1,
        doctor_id=FIRST,
        called_at=MORNING + timedelta(minutes=1),
        started_at=MORNING + timedelta(minutes=2),
        finished_at=MORNING + timedelta(minutes=3),
        calls=2,
        returns=1,
        return_to=ROOM_2,
        for_doctor_id=SECOND,
        is_here=False,
        arrived_at=MORNING + timedelta(minutes=4),
        passed_at=MORNING + timedelta(minutes=5),
    )

    versions = [await rows.save_entry(work, changed) for _ in range(2)]

    assert await rows.entries_by_id(work.connection, [entry.id]) == [changed]
    assert versions == [2, 3]
    assert await rows.versions(work.connection, [entry.id, entry.id + 1]) == {entry.id: 3}


@pytest.mark.parametrize("count", [0, 1, 9])
async def test_entries_are_read_by_their_ids_few_or_many(work: Transaction, count: int) -> None:
    ids = {(await an_entry(work, f"G-{number:03d}")).id for number in range(count)}

    assert {entry.id for entry in await rows.entries_by_id(work.connection, ids)} == ids


@pytest.mark.parametrize("state", State)
async def test_live_is_what_the_rules_call_live(work: Transaction, state: State) -> None:
    entry = await an_entry(work, state=state)

    assert ("G-001" in await live(work)) is (state in LIVE)
    assert await rows.is_live(work.connection, entry.id, DAY) is (state in LIVE)
    assert not await rows.is_live(work.connection, entry.id, YESTERDAY)


async def test_an_entry_that_is_known_is_read_again_only_when_it_has_changed(work: Transaction) -> None:
    first, second = [await an_entry(work, number) for number in ("G-001", "G-002")]
    known = await rows.live_entries(work.connection, GENERAL, DAY)
    await rows.save_entry(work, replace(second, state=State.HELD))

    found = await rows.live_entries(work.connection, GENERAL, DAY, known)

    assert found[first.id] is known[first.id]
    assert found[second.id].entry.state is State.HELD


async def test_of_a_known_queue_only_what_may_have_changed_is_looked_at(work: Transaction) -> None:
    first, gone = [await an_entry(work, number) for number in ("G-001", "G-002")]
    known = await rows.live_entries(work.connection, GENERAL, DAY)
    new = await an_entry(work, "G-003")
    await rows.save_entry(work, replace(gone, state=State.ATTENDED))

    found = await rows.live_entries(work.connection, GENERAL, DAY, known, changed=[gone.id, new.id])

    assert found == await rows.live_entries(work.connection, GENERAL, DAY)
    assert set(found) == {first.id, new.id}


async def test_who_is_left_over_from_earlier_days_is_found(work: Transaction) -> None:
    await an_entry(work, "G-001")
    token = await a_token(work, "G-001", YESTERDAY)
    left = await a_stay(work, token, State.HELD, day=YESTERDAY)
    await a_stay(work, token, State.CANCELLED, day=YESTERDAY)

    assert [entry.id for entry in await rows.entries_before(work.connection, DAY)] == [left]


async def test_who_is_in_a_room_was_called_there_or_is_seen_there(work: Transaction) -> None:
    await an_entry(work, "G-001", State.CALLED, room_id=ROOM_1)
    await an_entry(work, "G-002", State.SERVING, room_id=ROOM_1)
    await an_entry(work, "G-003", State.HELD, room_id=ROOM_1)
    await an_entry(work, "G-004", State.CALLED, room_id=ROOM_2)

    found, _ = rows.next_in(await together(work.connection, *rows.looking_at_next(FIRST_ROOM, DAY, None)))

    assert {entry.number for entry in found} == {"G-001", "G-002"}
