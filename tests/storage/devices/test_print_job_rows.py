"""Print jobs."""

from __future__ import annotations

import pytest

from queue_server.domain.devices.print_jobs import DONE, PrintState
from queue_server.storage.devices import print_job_rows as rows
from queue_server.storage.engine.store import Transaction
from tests.clinics import MORNING
from tests.storage.rows import a_token, later


async def test_every_further_slip_of_a_token_is_another_copy(work: Transaction) -> None:
    token, other = await a_token(work), await a_token(work, "G-002")

    jobs = [await rows.add_job(work, one, "entrance") for one in (token, other, token)]

    found = {job.id: (job.number, job.copy) for job in await rows.open_jobs(work.connection, "entrance", MORNING)}
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
    assert await rows.open_jobs(work.connection, "entrance", MORNING) == []


async def test_another_places_agent_changes_nothing(work: Transaction) -> None:
    job = await rows.add_job(work, await a_token(work), "entrance")

    assert not await rows.set_state(work, job, "desk", PrintState.PRINTED, None)

    assert await rows.open_jobs(work.connection, "desk", MORNING) == []
    assert [one.id for one in await rows.open_jobs(work.connection, "entrance", MORNING)] == [job]


async def test_a_failure_keeps_its_reason(work: Transaction) -> None:
    job = await rows.add_job(work, await a_token(work), "entrance")

    await rows.set_state(work, job, "entrance", PrintState.FAILED, "no paper")

    found = await rows.job(work.connection, job)
    assert found
    assert found.reason == "no paper"


async def test_jobs_of_long_ago_are_left_alone(work: Transaction) -> None:
    await rows.add_job(work, await a_token(work), "entrance")
    since = later(work, hours=1)
    new = await rows.add_job(work, await a_token(work, "G-002"), "entrance")

    assert [job.id for job in await rows.open_jobs(work.connection, "entrance", since)] == [new]


async def test_the_newest_jobs_come_first_of_all_places_or_of_some(work: Transaction) -> None:
    token = await a_token(work)
    first, second, third = [await rows.add_job(work, token, place) for place in ("entrance", "desk", "entrance")]

    assert [job.id for job in await rows.recent_jobs(work.connection, 2)] == [third, second]
    assert [job.id for job in await rows.recent_jobs(work.connection, 9, ["entrance"])] == [third, first]
    assert await rows.recent_jobs(work.connection, 9, []) == []
    assert await rows.job(work.connection, third + 1) is None
