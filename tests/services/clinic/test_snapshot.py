"""Every department as it stands, read once per change."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from queue_server import sources
from queue_server.domain.errors import UnknownBoard, UnknownDepartment, UnknownRoom
from queue_server.storage.engine.group_commit import EntriesChanged
from queue_server.storage.queue import queue_rows
from queue_server.storage.queue.queue_rows import KnownEntries
from tests.clinics import ADMIN, Clinic, open_services


async def test_a_clock_that_goes_back_breaks_neither_numbers_nor_order(clinic: Clinic) -> None:
    await clinic.issue()

    clinic.clock.forward(days=-400)
    later = await clinic.issue()

    assert later.number == "G-002"
    assert await clinic.order() == ["G-001", "G-002"]
    assert clinic.services.clinic.queues.is_clock_wrong


async def test_a_restarted_server_with_a_wrong_clock_still_knows_the_day(clinic: Clinic, database_url: str) -> None:
    await clinic.issue()
    day = await clinic.services.clinic.queues.day()

    clinic.clock.forward(days=-400)
    async with open_services(database_url, clinic.clock) as restarted:
        assert await restarted.clinic.queues.day() == day
        assert restarted.clinic.queues.is_clock_wrong


async def test_a_department_is_read_once_until_it_changes(clinic: Clinic) -> None:
    queues = clinic.services.clinic.queues
    general, laboratory = await queues.departments()
    before = await queues.of(general.id), await queues.of(laboratory.id)
    assert await queues.of(general.id) is before[0]

    await clinic.issue()

    assert [entry.number for entry in (await queues.of(general.id)).entries] == ["G-001"]
    assert await queues.of(laboratory.id) is before[1]


async def test_what_is_committed_while_a_line_is_read_changes_nothing_of_that_look(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    queues = clinic.services.clinic.queues
    (general, _) = await queues.departments()
    await queues.of(general.id)
    await clinic.issue()
    real, looks = queue_rows.live_entries, list[tuple[object, object]]()

    async def committed_meanwhile(connection: AsyncConnection, id_: int, day: date, *known: Any) -> KnownEntries:
        before = set(known[1])
        queues.entries_changed(EntriesChanged(id_, queues.rev_of(sources.department(id_)) + 1, frozenset({99})))
        looks.append((before, known[1]))
        return await real(connection, id_, day, *known)

    with monkeypatch.context() as patched:
        patched.setattr(queue_rows, "live_entries", committed_meanwhile)
        await queues.of(general.id)

    ((before, after),) = looks
    assert before == after


async def test_what_is_committed_while_a_line_is_read_is_read_next_and_nothing_else(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    queues = clinic.services.clinic.queues
    (general, _) = await queues.departments()
    await clinic.issue()
    await queues.of(general.id)
    await clinic.issue()
    real, asked = queue_rows.live_entries, list[Any]()

    async def committed_meanwhile(*arguments: Any) -> KnownEntries:
        asked.append(arguments[-1])
        if len(asked) == 1:
            await clinic.issue()
        return await real(*arguments)

    with monkeypatch.context() as patched:
        patched.setattr(queue_rows, "live_entries", committed_meanwhile)
        await queues.of(general.id)
        await queues.of(general.id)

    assert [ids and len(ids) for ids in asked] == [1, 1]
    assert len((await queues.of(general.id)).entries) == 3


async def test_a_new_day_is_read_anew_without_any_change(clinic: Clinic) -> None:
    await clinic.issue()
    queues = clinic.services.clinic.queues
    (general, _) = await queues.departments()
    assert (await queues.of(general.id)).entries

    clinic.clock.forward(days=1)

    assert (await queues.of(general.id)).entries == ()


async def test_another_process_sees_a_change_when_it_hears_of_it(clinic: Clinic, database_url: str) -> None:
    async with open_services(database_url, clinic.clock) as other:
        (general, _) = await other.clinic.queues.departments()
        assert (await other.clinic.queues.of(general.id)).entries == ()
        await clinic.issue()
        assert (await other.clinic.queues.of(general.id)).entries == ()

        other.clinic.queues.changed(await other.store.revisions())

        assert len((await other.clinic.queues.of(general.id)).entries) == 1
        assert other.clinic.queues.rev() == clinic.services.clinic.queues.rev()


async def test_revisions_only_grow(clinic: Clinic) -> None:
    queues, source = clinic.services.clinic.queues, sources.department(1)
    queues.changed({source: 700})

    queues.changed({source: 650})

    assert queues.rev_of(source) == 700
    assert queues.knows(source, 700)
    assert not queues.knows(source, 701)


async def test_other_settings_are_read_at_once(clinic: Clinic) -> None:
    queues, settings = clinic.services.clinic.queues, clinic.services.clinic.settings
    await queues.clinic()

    changed = {"name": "Sunrise", "roll_over": "05:00", "languages": ["ta", "en"]}
    await settings.save({**await settings.read(), **changed}, None, by=ADMIN)

    assert ((await queues.clinic()).name, queues.clinic_name()) == ("Sunrise", "Sunrise")
    assert queues.clinic_languages() == ("ta", "en")


async def test_what_does_not_exist_is_named(clinic: Clinic) -> None:
    queues = clinic.services.clinic.queues

    for answer, error in (
        (queues.display("nowhere"), UnknownBoard),
        (queues.department("NOPE"), UnknownDepartment),
        (queues.room("99"), UnknownRoom),
        (queues.of(99), UnknownDepartment),
    ):
        with pytest.raises(error):
            await answer
