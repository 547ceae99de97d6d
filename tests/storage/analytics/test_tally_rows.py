"""Tallies of days and months, and the rows that they are made from."""

from __future__ import annotations

from datetime import date, timedelta

from queue_server.domain.analytics.quantile_sketch import sketch
from queue_server.domain.analytics.tallies import Grain, LongWait, Part, Tally
from queue_server.domain.clinic.clinic import Room
from queue_server.domain.devices.devices import DeviceKind
from queue_server.domain.devices.print_jobs import PrintState
from queue_server.domain.queue.events import Event
from queue_server.domain.queue.tokens import State
from queue_server.domain.waits.clues import Clues
from queue_server.domain.waits.correction import Wait
from queue_server.domain.waits.learning import Promise
from queue_server.storage.analytics import tally_rows
from queue_server.storage.analytics.tally_rows import TallyProgress
from queue_server.storage.devices import device_rows, print_job_rows
from queue_server.storage.engine.store import Transaction
from queue_server.storage.queue import queue_rows
from queue_server.storage.waits import learned_rows
from tests.clinics import MORNING
from tests.storage.rows import DAY, FIRST, GENERAL, ROOM_1, a_stay, a_token, an_entry, later

YESTERDAY, TOMORROW = DAY - timedelta(days=1), DAY + timedelta(days=1)
MINUTE = timedelta(minutes=1)


async def test_a_stay_is_read_with_its_first_call_and_its_promise(work: Transaction) -> None:
    entry = await an_entry(work, state=State.ATTENDED, doctor_id=FIRST, called_at=MORNING + 5 * MINUTE)
    room = Room(ROOM_1, "1", GENERAL)
    for is_withdrawn in (True, False, False):
        call = await queue_rows.add_call(work, entry, room, is_recall=False)
        if is_withdrawn:
            await queue_rows.withdraw_calls(work, [call])
        later(work, minutes=1)
    wait = Wait(60.0, 120.0, 300.0)
    await learned_rows.save_promises(work, [Promise(entry.id, GENERAL, MORNING, wait, Clues(1, 1, 1, 1, 1))])
    for true in (1, 2):
        await learned_rows.judge_later(work, [(entry.id, 3, true)])

    (stay,) = await tally_rows.stays_on(work.connection, DAY)

    assert (stay.number, stay.origin, stay.doctor_id, stay.state) == ("G-001", "kiosk", FIRST, State.ATTENDED)
    assert (stay.first_called_at, stay.called_at) == (MORNING + MINUTE, MORNING + 5 * MINUTE)
    assert stay.promise == wait
    assert (stay.priority, stay.ahead, stay.later, stay.later_inside) == ("normal", 1.0, 6, 3)


async def test_deleted_tokens_and_those_of_other_days_are_not_counted(work: Transaction) -> None:
    for number, day, more in (("G-001", YESTERDAY, {}), ("G-002", DAY, {"is_deleted": True}), ("G-003", DAY, {})):
        await a_stay(work, await a_token(work, number, day, **more), day=day)

    found = await tally_rows.stays_on(work.connection, DAY)

    assert [(stay.number, stay.first_called_at, stay.promise) for stay in found] == [("G-003", None, None)]


async def test_slips_of_a_day_are_counted_by_place_and_state(work: Transaction) -> None:
    for place in ("entrance", "entrance", "desk"):
        await print_job_rows.add_job(work, await a_token(work, f"G-{work.now:%f}"), place)
        later(work, microseconds=1)
    await print_job_rows.add_job(work, await a_token(work, day=YESTERDAY), "entrance")

    assert await tally_rows.slips_on(work.connection, DAY) == {
        ("entrance", PrintState.QUEUED): 2,
        ("desk", PrintState.QUEUED): 1,
    }


async def test_how_far_tallies_reach_is_remembered(work: Transaction) -> None:
    assert await tally_rows.reach(work.connection) == TallyProgress()
    assert await tally_rows.lock_reach(work) == TallyProgress()

    await tally_rows.save_reach(work, TallyProgress(DAY, 7))

    assert await tally_rows.reach(work.connection) == await tally_rows.lock_reach(work) == TallyProgress(DAY, 7)


async def test_days_with_tokens_are_found_in_order(work: Transaction) -> None:
    for number, day in (("G-001", DAY), ("G-002", YESTERDAY), ("G-003", YESTERDAY), ("G-004", TOMORROW)):
        await a_token(work, number, day)

    assert await tally_rows.days_before(work.connection, TOMORROW, None) == [YESTERDAY, DAY]
    assert await tally_rows.days_before(work.connection, TOMORROW, YESTERDAY) == [DAY]


async def test_the_journal_tells_which_days_have_changed_and_how_far_it_was_read(work: Transaction) -> None:
    (_, last) = await tally_rows.days_changed(work.connection, 0, 1000)
    tokens = [await a_token(work, day=day) for day in (YESTERDAY, DAY)]
    for token in tokens:
        work.record(Event("issue", work.now, "system", token))
    await work.finish()
    changed, read_to = await tally_rows.days_changed(work.connection, last, 1)

    if work.is_postgres:  # its lines are sealed later
        assert (changed, read_to) == (set(), last)
    else:
        assert (changed, read_to) == ({YESTERDAY}, last + 1)
        assert await tally_rows.days_changed(work.connection, read_to, 10) == ({DAY}, last + 2)
        assert await tally_rows.days_changed(work.connection, last + 2, 10) == (set(), last + 2)


async def test_a_tally_is_read_as_it_was_saved_or_only_in_the_parts_and_fields_asked_for(work: Transaction) -> None:
    whole = Tally(
        joined=3,
        attended=2,
        no_show=1,
        waits=sketch([60, 600]),
        consultations=sketch([120]),
        longest=(LongWait(600.0, 1, "G-001", DAY),),
        promised=2,
        inside=1,
        error_s=-30.0,
        errors=sketch([30]),
    )
    of_hour = Tally(joined=3, waits=sketch([60, 600]))
    kept = {(GENERAL, Part.ALL, ""): whole, (GENERAL, Part.HOUR, "6-10"): of_hour}
    span = (Grain.DAY, DAY, DAY)
    await tally_rows.save(work, Grain.DAY, DAY, {(GENERAL, Part.ORIGIN, "desk"): of_hour})

    await tally_rows.save(work, Grain.DAY, DAY, kept)

    assert {key: tally for _, key, tally in await tally_rows.read(work.connection, [span])} == kept
    (found,) = await tally_rows.read(work.connection, [span], parts=[Part.ALL], fields=["joined", "waits"])
    assert found == (DAY, (GENERAL, Part.ALL, ""), Tally(joined=3, waits=whole.waits))
    assert await tally_rows.read(work.connection, [span], department_id=99) == []
    assert await tally_rows.read(work.connection, []) == []


async def test_kept_slips_are_added_up_over_days(work: Transaction) -> None:
    await tally_rows.save_slips(work, YESTERDAY, {("entrance", "printed"): 5})
    await tally_rows.save_slips(work, DAY, {("entrance", "printed"): 1})
    await tally_rows.save_slips(work, DAY, {("entrance", "printed"): 2, ("desk", "failed"): 1})

    assert await tally_rows.read_slips(work.connection, YESTERDAY, DAY) == {
        ("entrance", "printed"): 7,
        ("desk", "failed"): 1,
    }
    assert await tally_rows.read_slips(work.connection, date(2026, 1, 1), YESTERDAY) == {("entrance", "printed"): 5}


async def a_printer(work: Transaction) -> int:
    """A print agent."""
    return await device_rows.add_device(work, DeviceKind.AGENT, "Printer", "entrance", "a hash")


async def test_a_fault_lasts_until_the_machine_is_well_or_has_another(work: Transaction) -> None:
    printer = await a_printer(work)
    await tally_rows.see_state(work, printer, "out", is_fault=True)
    await tally_rows.see_state(work, printer, "cover", is_fault=True)
    well = later(work, minutes=5)
    await tally_rows.see_state(work, printer, "ok", is_fault=False)

    found = await tally_rows.faults(work.connection, MORNING, well)

    assert {(fault.state, fault.began_at, fault.ended_at) for fault in found if fault.ended_at != MORNING} == {
        ("cover", MORNING, well)
    }
    assert {fault.name for fault in found} == {"Printer"}


async def test_a_fault_that_has_lasted_for_weeks_is_still_told(work: Transaction) -> None:
    await tally_rows.see_state(work, await a_printer(work), "offline", is_fault=True)
    since = later(work, days=20)

    found = await tally_rows.faults(work.connection, since, since + MINUTE)

    assert [(fault.state, fault.ended_at) for fault in found] == [("offline", None)]


async def test_a_fault_that_was_over_before_or_began_later_is_not_told(work: Transaction) -> None:
    printer = await a_printer(work)
    await tally_rows.see_state(work, printer, "out", is_fault=True)
    over = later(work, minutes=5)
    await tally_rows.see_state(work, printer, "ok", is_fault=False)
    later(work, minutes=5)
    await tally_rows.see_state(work, printer, "out", is_fault=True)

    assert await tally_rows.faults(work.connection, over, work.now) == []
