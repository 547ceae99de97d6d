"""Two server processes on one PostgreSQL, pressed together."""

import asyncio
from collections.abc import AsyncIterator
from itertools import chain

import pytest

from queue_server.services import Services
from queue_server.services.queue.issuing import IssueRequest
from tests.clinics import KIOSK, PROGRAM, Clinic, SettableClock, a_clinic, open_services
from tests.statements import known_and_stored, statements

pytestmark = pytest.mark.postgres


@pytest.fixture
async def two(migrated_postgres_url: str) -> AsyncIterator[tuple[Clinic, Services]]:
    """One clinic, and the services of a second process on the same database."""
    async with (
        a_clinic(migrated_postgres_url) as clinic,
        open_services(migrated_postgres_url, SettableClock()) as other,
    ):
        yield clinic, other


async def test_they_give_out_distinct_numbers(two: tuple[Clinic, Services]) -> None:
    clinic, other = two

    async def issue(services: Services) -> list[str]:
        return [(await services.queue.issuing.issue(IssueRequest("GEN"), by=KIOSK)).number for _ in range(20)]

    issued = await asyncio.gather(*(issue(one) for one in (clinic.services, other) * 2))
    numbers = list(chain.from_iterable(issued))

    assert sorted(numbers) == [f"G-{counter:03d}" for counter in range(1, 81)]


async def test_they_never_call_the_same_patient(two: tuple[Clinic, Services]) -> None:
    clinic, other = two
    for _ in range(40):
        await clinic.issue()

    async def press(services: Services, room: str) -> str | None:
        entry = await services.queue.calling.call_next(room, by=PROGRAM)
        return entry.number if entry else None

    called = [
        number for _ in range(20) for number in await asyncio.gather(press(clinic.services, "1"), press(other, "2"))
    ]

    assert sorted(map(str, called)) == [f"G-{counter:03d}" for counter in range(1, 41)]


async def test_of_what_one_has_told_the_other_reads_only_what_has_changed(two: tuple[Clinic, Services]) -> None:
    clinic, other = two
    for _ in range(3):
        await clinic.issue()
    await other.clinic.queues.of(1)
    clinic.services.store.watch_lines(other.clinic.queues.entries_changed)
    clinic.services.store.after_commit(other.clinic.queues.changed)

    await clinic.issue()
    await clinic.next()
    with statements() as run:
        queue = await other.clinic.queues.of(1)

    looks = [one for one in run if "queue_entry.version" in one]
    assert looks
    assert all("queue_entry.id =" in one for one in looks)
    _, stored = await known_and_stored(clinic, 1)
    assert {entry.id: entry for entry in queue.entries} == stored


async def test_their_journal_is_one_whole_chain(two: tuple[Clinic, Services]) -> None:
    clinic, other = two
    for _ in range(5):
        await asyncio.gather(clinic.issue(), other.queue.issuing.issue(IssueRequest("LAB"), by=KIOSK))
    await asyncio.gather(clinic.services.programs.journal.seal(), other.programs.journal.seal())
    await other.programs.journal.seal()

    bad, good = await clinic.services.programs.journal.first_bad_line()

    assert bad is None
    assert good >= 10
