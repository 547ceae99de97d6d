"""Print jobs."""

from __future__ import annotations

from datetime import datetime

import pytest

from queue_server.domain.devices.print_jobs import DONE, DROPPED, NOBODY_WAITED, PrintState
from queue_server.storage.devices import print_job_rows as rows
from queue_server.storage.engine.store import Transaction
from tests.clinics import MORNING
from tests.storage.rows import a_token, later


async def test_every_further_slip_of_a_token_is_another_copy(work: Transaction) -> None:
    token, other = await a_token(work), await a_token(work, "G-002")

    jobs = [await rows.add_job(work, one, "entrance") for one in (token, other, token)]

    found = {
        job.id: (job.number, job.copy) for job in await rows.open_jobs(work.connection, "entrance", MORNING, MORNING)
    }
    assert found == {jobs[0]: ("G-001", 1), jobs[1]: ("G-002", 1), jobs[2]: ("G-001", 2)}


@pytest.mark.parametrize("end", sorted(DONE))
async def test_a_job_that_is_done_stays_as_it_is(work: Transaction, end: PrintState) -> None:
    job = await rows.add_job(work, await a_token(work), "entrance")

    changed = [
        await rows.set_state(work, job, "entrance", state, None)
        for state in (PrintState.SENT, PrintState.SENT, end, PrintState.QUEUED)
    ]

    found = await rows.job(work.connection, job)
    assert found
    assert (changed, found.state) == ([True, False, True, False], end)
    assert await rows.open_jobs(work.connection, "entrance", MORNING, MORNING) == []


async def test_another_places_agent_changes_nothing(work: Transaction) -> None:
    job = await rows.add_job(work, await a_token(work), "entrance")

    assert not await rows.set_state(work, job, "desk", PrintState.PRINTED, None)

    assert await rows.open_jobs(work.connection, "desk", MORNING, MORNING) == []
    assert [one.id for one in await rows.open_jobs(work.connection, "entrance", MORNING, MORNING)] == [job]


async def test_a_failure_keeps_its_reason(work: Transaction) -> None:
    job = await rows.add_job(work, await a_token(work), "entrance")

    await rows.set_state(work, job, "entrance", PrintState.FAILED, "no paper")

    found = await rows.job(work.connection, job)
    assert found
    assert found.reason == "no paper"


async def test_jobs_of_long_ago_are_left_alone(work: Transaction) -> None:
    await rows.add_job(work, await a_token(work), "entrance")
    had = await rows.add_job(work, await a_token(work, "G-002"), "entrance")
    await rows.set_state(work, had, "entrance", PrintState.SENT, None)
    fresh = later(work, hours=1)
    new = await rows.add_job(work, await a_token(work, "G-003"), "entrance")

    async def found(since: datetime) -> list[int]:
        return [job.id for job in await rows.open_jobs(work.connection, "entrance", since, fresh)]

    assert await found(MORNING) == [had, new]
    assert await found(fresh) == [new]


async def test_what_is_given_up_or_dropped_is_not_handed_out(work: Transaction) -> None:
    old, had, printed, elsewhere = [
        await rows.add_job(work, await a_token(work, f"G-{n}"), place)
        for n, place in enumerate(("entrance", "entrance", "entrance", "desk"))
    ]
    await rows.set_state(work, had, "entrance", PrintState.SENT, None)
    await rows.set_state(work, printed, "entrance", PrintState.PRINTED, None)
    assert not await rows.has_stale(work.connection, MORNING)
    after = later(work, hours=1)
    assert await rows.has_stale(work.connection, after)

    await rows.give_up(work, place="entrance", before=after)
    assert await rows.drop(work, elsewhere)
    assert not await rows.drop(work, 99)

    jobs = [await rows.job(work.connection, job) for job in (old, had, printed, elsewhere)]
    assert [(job.state, job.reason) for job in jobs if job] == [
        (PrintState.FAILED, NOBODY_WAITED),
        (PrintState.SENT, None),
        (PrintState.PRINTED, None),
        (PrintState.FAILED, DROPPED),
    ]
    assert not await rows.has_stale(work.connection, after)


async def test_the_newest_jobs_come_first_of_all_places_or_of_some(work: Transaction) -> None:
    token = await a_token(work)
    first, second, third = [await rows.add_job(work, token, place) for place in ("entrance", "desk", "entrance")]

    assert [job.id for job in await rows.recent_slips(work.connection, 2)] == [third, second]
    assert [job.id for job in await rows.recent_jobs(work.connection, 9, ["entrance"])] == [third, first]
    assert await rows.recent_jobs(work.connection, 9, []) == []
    assert await rows.job(work.connection, third + 1) is None
