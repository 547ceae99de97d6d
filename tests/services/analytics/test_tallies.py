"""Kept tallies equal what the raw rows amount to, for any range, whenever and however often they are kept."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import func, select, update
from sqlmodel import col

from queue_server.domain.access.actors import Actor, ActorKind
from queue_server.domain.analytics.tallies import Part, added_up, tallies
from queue_server.domain.devices.devices import DeviceKind
from queue_server.domain.queue.events import Event
from queue_server.domain.queue.tokens import Action, State
from queue_server.services.queue.issuing import IssueRequest
from queue_server.storage.tables import QueueEntryRow, TallyRow
from tests.clinics import Clinic

KOLKATA = ZoneInfo("Asia/Kolkata")
FIRST = date(2026, 11, 28)
LAST = date(2026, 12, 3)


async def a_day(clinic: Clinic, day: date, patients: int) -> None:
    """So many come to General on this day; all are called, one does not come, one is left in the evening."""
    clinic.clock.moment = datetime(day.year, day.month, day.day, 9, 0, tzinfo=KOLKATA)
    await clinic.services.queue.day_end.expire_leftovers()
    await clinic.on_duty(0, "1")
    for place in range(patients):
        by = Actor(ActorKind.DESK, 1) if place % 3 else Actor(ActorKind.KIOSK, 1)
        await clinic.services.queue.issuing.issue(IssueRequest("GEN" if place % 4 else "LAB"), by=by)
        clinic.clock.forward(minutes=7)
        await clinic.services.waits.keep()
    await clinic.next()
    for _ in range(patients // 2):
        clinic.clock.forward(minutes=5)
        await clinic.next()
    missed = await clinic.services.screens.token_pages.queue("GEN")
    called = next(token for token in missed["tokens"] if token["state"] == "called")
    await clinic.services.queue.calling.act(called["id"], Action.MISS, by=Actor(ActorKind.PROGRAM, 1))


async def days_of(clinic: Clinic) -> list[date]:
    """A week over the end of a month, with a day on which nobody came; it is the last day's evening."""
    days = [FIRST, date(2026, 11, 29), date(2026, 11, 30), date(2026, 12, 2), LAST]
    for place, day in enumerate(days):
        await a_day(clinic, day, 4 + place)
    return days


async def check(clinic: Clinic, first: date, last: date) -> None:
    """The figures of this range are those of its raw rows."""
    raw = []
    for count in range((last - first).days + 1):
        day = first + timedelta(days=count)
        raw.append(tallies(await clinic.services.analytics.tallies.stays(day), day, KOLKATA))

    told = await clinic.services.analytics.tallies.of(first, last)

    assert {key: _without_details(key, one) for key, one in told.items()} == {
        key: _without_details(key, one) for key, one in added_up(raw).items()
    }


def _without_details(key: tuple[int, Part, str], tally: object) -> object:
    """Hours and origins keep no sketch of consultations, and only the whole keeps errors and the longest waits."""
    _, part, _ = key
    names = ["joined", "attended", "no_show", "expired", "returned", "promised", "inside", "error_s", "waits"]
    names += ["consultations"] * (part in {Part.ALL, Part.DOCTOR}) + ["errors", "longest"] * (part is Part.ALL)
    return {name: getattr(tally, name) for name in names}


async def test_kept_tallies_equal_the_raw_rows_over_the_end_of_a_month(clinic: Clinic) -> None:
    await days_of(clinic)
    await check(clinic, FIRST, LAST)

    kept = await clinic.services.analytics.tallies.keep()

    assert kept == 4
    assert await clinic.services.analytics.tallies.keep() == 0
    await check(clinic, FIRST, LAST)
    await check(clinic, date(2026, 11, 1), date(2026, 12, 31))
    await check(clinic, date(2026, 11, 30), date(2026, 12, 2))
    await check(clinic, LAST, LAST)
    async with clinic.services.store.reading() as connection:
        grains = (
            await connection.execute(select(col(TallyRow.grain), func.min(col(TallyRow.start))).group_by("grain"))
        ).all()
    assert sorted(grains) == [("day", FIRST), ("month", date(2026, 11, 1))]


async def test_years_and_months_that_are_over_are_told_from_their_own_tallies(clinic: Clinic) -> None:
    await days_of(clinic)
    clinic.clock.moment = datetime(2027, 1, 5, 12, 0, tzinfo=KOLKATA)
    await clinic.services.queue.day_end.expire_leftovers()
    await clinic.services.analytics.tallies.keep()

    await check(clinic, date(2026, 11, 1), date(2027, 1, 5))
    async with clinic.services.store.transaction() as work:
        await work.connection.execute(update(TallyRow).where(col(TallyRow.grain) == "day").values(joined=1000))

    told = await clinic.services.analytics.tallies.of(date(2026, 11, 1), date(2026, 12, 31))
    assert sum(tally.joined for (_, part, _), tally in told.items() if part is Part.ALL) == 30
    async with clinic.services.store.transaction() as work:
        await work.connection.execute(update(TallyRow).where(col(TallyRow.grain) == "month").values(joined=1000))

    told = await clinic.services.analytics.tallies.of(date(2026, 1, 1), date(2027, 1, 5))
    assert sum(tally.joined for (_, part, _), tally in told.items() if part is Part.ALL) == 30


async def test_what_is_changed_after_its_day_is_counted_again(clinic: Clinic) -> None:
    await days_of(clinic)
    await clinic.kinds()
    await clinic.services.analytics.tallies.keep()
    async with clinic.services.store.transaction() as work:
        entry = (
            await work.connection.execute(select(col(QueueEntryRow.token_id)).order_by(col(QueueEntryRow.id)))
        ).first()
        assert entry is not None
        change = update(QueueEntryRow).where(col(QueueEntryRow.token_id) == entry.token_id)
        await work.connection.execute(change.values(state=State.CANCELLED))
        work.record(Event(Action.CANCEL, work.now, "admin:1", entry.token_id))
    if clinic.services.store.is_postgres:
        await clinic.services.programs.journal.seal()

    assert await clinic.services.analytics.tallies.keep() == 1

    await check(clinic, FIRST, LAST)


async def test_a_deleted_token_was_a_mistake_and_is_not_counted(clinic: Clinic) -> None:
    today = date(2026, 11, 22)
    kept, mistake = await clinic.issue(), await clinic.issue()

    await clinic.services.screens.desk.delete(mistake.token_id, "typed twice", by=Actor(ActorKind.ADMIN, 1))

    assert [stay.token_id for stay in await clinic.services.analytics.tallies.stays(today)] == [kept.token_id]


async def test_a_department_and_single_days_can_be_asked_for(clinic: Clinic) -> None:
    await days_of(clinic)
    await clinic.services.analytics.tallies.keep()

    laboratory = await clinic.services.analytics.tallies.of(FIRST, LAST, department_id=2)
    days = await clinic.services.analytics.tallies.by_day(FIRST, LAST)

    assert {department for department, _, _ in laboratory} == {2}
    assert len({day for day, _, _ in days}) == 5
    assert sum(tally.joined for _, _, tally in days) == 4 + 5 + 6 + 7 + 8


async def test_slips_and_faults_of_machines_are_counted(clinic: Clinic) -> None:
    key = await clinic.services.devices.registry.add(DeviceKind.AGENT, "Entrance printer", "entrance")
    agent = await clinic.services.devices.registry.who(key)
    assert agent is not None
    await clinic.services.queue.issuing.issue(IssueRequest("GEN", place="entrance"), by=Actor(ActorKind.KIOSK, 1))
    for state in ("ok", "out", "offline", "ok"):
        await clinic.services.devices.printing.printer(agent, state)
        clinic.clock.forward(minutes=10)
    today = date(2026, 11, 22)

    machines = await clinic.services.analytics.tallies.machines(today, today)

    assert machines.slips == {("entrance", "queued"): 1}
    assert [(fault.name, fault.state) for fault in machines.faults] == [
        ("Entrance printer", "offline"),
        ("Entrance printer", "out"),
    ]
    assert all(fault.ended_at and fault.ended_at - fault.began_at == timedelta(minutes=10) for fault in machines.faults)
