"""Promises: made at joining, kept beside what happened, learned from."""

from datetime import timedelta
from typing import Any

from sqlalchemy import select, text, update
from sqlmodel import col

from queue_server import sources
from queue_server.domain.access.actors import SYSTEM
from queue_server.domain.clinic.opening_hours import WEEKDAYS
from queue_server.domain.queue.tokens import Action, DutyState, Priority
from queue_server.domain.waits.clues import Clues
from queue_server.domain.waits.correction import Correction
from queue_server.locale import texts
from queue_server.locale.waits import slip_words
from queue_server.services.queue.issuing import IssuedToken, IssueRequest
from queue_server.storage.tables import DepartmentRow, LearnedRow, PromiseRow
from queue_server.storage.waits import learned_rows
from tests.clinics import KIOSK, PROGRAM, Clinic, open_services


async def keep(clinic: Clinic) -> None:
    """Let the clinic learn what can be learned by now."""
    clinic.clock.forward(seconds=11)
    await clinic.services.waits.keep()


async def wait_of_newcomer(clinic: Clinic) -> int | None:
    """What somebody who joined now would probably wait, in minutes."""
    departments = await clinic.services.screens.boards.departments()
    wait = departments[0]["wait"]
    return wait["minutes"] if wait else None


async def wait_of(clinic: Clinic, token: IssuedToken) -> dict[str, Any]:
    """A token's wait in seconds."""
    wait = (await clinic.services.screens.token_pages.program(token.token_id))["wait"]
    assert wait is not None
    return dict(wait)


async def is_told_a_wait(clinic: Clinic, token: IssuedToken) -> bool:
    """Whether anything can be said of the token's wait."""
    return (await clinic.services.screens.token_pages.program(token.token_id))["wait"] is not None


async def a_morning(clinic: Clinic, patients: int, consultation_s: int) -> None:
    """So many patients are attended one after the other, each for so many seconds."""
    for _ in range(patients):
        await clinic.issue()
    for _ in range(patients + 1):
        await clinic.next()
        clinic.clock.forward(seconds=consultation_s)
    await keep(clinic)


async def test_without_a_doctor_no_minute_is_made_up(clinic: Clinic) -> None:
    token = await clinic.issue()

    assert (await clinic.services.screens.token_pages.phone(token.key))["wait"] is None
    assert await wait_of_newcomer(clinic) is None


async def test_with_a_doctor_on_duty_there_is_a_range(clinic: Clinic) -> None:
    await clinic.on_duty(0, "1")
    for _ in range(4):
        await clinic.issue()
    last = await clinic.issue()

    wait = await wait_of(clinic, last)

    assert 0 < wait["low_s"] < wait["likely_s"] < wait["high_s"]


async def test_nobody_is_promised_less_than_somebody_ahead(clinic: Clinic) -> None:
    await clinic.on_duty(0, "1")
    for _ in range(6):
        await clinic.issue()

    queue = await clinic.services.screens.token_pages.queue("GEN")
    likely = [token["wait"]["likely_s"] for token in queue["tokens"] if token["wait"]]

    assert len(likely) == len(queue["tokens"])
    assert likely == sorted(likely)
    assert likely[-1] > likely[1]


async def test_a_second_doctor_shortens_the_wait(clinic: Clinic) -> None:
    await clinic.on_duty(0, "1")
    for _ in range(6):
        await clinic.issue()
    alone = await wait_of_newcomer(clinic)

    await clinic.on_duty(1, "2")

    assert alone is not None
    together = await wait_of_newcomer(clinic)
    assert together is not None
    assert together < alone


async def test_a_break_lengthens_the_wait(clinic: Clinic) -> None:
    await clinic.on_duty(0, "1")
    for _ in range(3):
        await clinic.issue()
    before = await wait_of_newcomer(clinic)

    back_at = clinic.clock.now() + timedelta(minutes=40)
    await clinic.services.queue.duties.change("1", DutyState.ON_BREAK, doctor=clinic.doctors[0], back_at=back_at)

    after = await wait_of_newcomer(clinic)
    assert before is not None
    assert after is not None
    assert after > before + 25


async def test_a_doctor_who_is_gone_without_a_word_lengthens_the_wait(clinic: Clinic) -> None:
    await clinic.on_duty(0, "1")
    first, *_ = [await clinic.issue() for _ in range(4)]
    await clinic.next()
    clinic.clock.forward(seconds=120)
    await clinic.act(first, Action.ATTEND)
    await keep(clinic)
    before = await wait_of_newcomer(clinic)

    clinic.clock.forward(seconds=30 * 60)

    gone = await wait_of_newcomer(clinic)
    assert before is not None
    assert gone is not None
    assert gone >= before + 10


async def test_slow_consultations_are_learned(clinic: Clinic) -> None:
    await clinic.on_duty(0, "1")
    for _ in range(5):
        await clinic.issue()
    first = await wait_of_newcomer(clinic)

    await a_morning(clinic, patients=25, consultation_s=600)
    for _ in range(5):
        await clinic.issue()

    slow = await wait_of_newcomer(clinic)
    assert first is not None
    assert slow is not None
    assert slow > 1.5 * first


async def test_what_was_learned_survives_a_restart(clinic: Clinic, database_url: str) -> None:
    await clinic.on_duty(0, "1")
    await a_morning(clinic, patients=12, consultation_s=600)
    for _ in range(5):
        await clinic.issue()
    learned = await wait_of_newcomer(clinic)

    async with open_services(database_url, clinic.clock) as restarted:
        departments = await restarted.screens.boards.departments()

    wait = departments[0]["wait"]
    assert wait is not None
    assert wait["minutes"] == learned


async def test_each_promise_is_kept_once_as_it_was_first_made(clinic: Clinic) -> None:
    await clinic.on_duty(0, "1")
    for _ in range(3):
        await clinic.issue()
        await clinic.services.screens.boards.departments()
    await keep(clinic)
    await clinic.on_duty(1, "2")
    await clinic.services.screens.boards.departments()
    await keep(clinic)

    async with clinic.services.store.reading() as connection:
        promised = (await connection.execute(text("SELECT likely_s FROM promise ORDER BY entry_id"))).scalars().all()

    assert len(promised) == 3
    assert promised == sorted(promised)


async def test_a_shown_range_stays_calm_while_little_changes(clinic: Clinic) -> None:
    await clinic.on_duty(0, "1")
    for _ in range(12):
        token = await clinic.issue()
    shown = await wait_of(clinic, token)

    clinic.clock.forward(seconds=19)
    await clinic.issue()

    later = await wait_of(clinic, token)
    assert {name: shown[name] - later[name] for name in shown} == {"low_s": 20, "likely_s": 20, "high_s": 20}


async def test_the_fresh_wait_moves_while_the_shown_one_is_calm(clinic: Clinic) -> None:
    await clinic.on_duty(0, "1")
    for _ in range(12):
        token = await clinic.issue()
    waits, queues = clinic.services.waits, clinic.services.clinic.queues
    shown = await wait_of(clinic, token)
    clinic.clock.forward(seconds=19)
    await clinic.issue("GEN", Priority.ASSISTED)

    later, fresh = await wait_of(clinic, token), await waits.fresh(await queues.of(1), [token.token_id])

    assert later["likely_s"] == shown["likely_s"] - 20
    assert fresh[token.token_id].likely_s > shown["likely_s"]
    assert await waits.fresh(await queues.of(1), [999]) == {}


async def open_until(clinic: Clinic, closing: str) -> None:
    """General gives out numbers from nine until this time on every weekday."""
    hours = {day: [["09:00", closing]] for day in WEEKDAYS}
    await clinic.services.clinic.departments.change("GEN", {"hours": hours}, by=SYSTEM)


async def test_a_department_is_closing_when_a_newcomer_would_wait_past_closing_time(clinic: Clinic) -> None:
    await open_until(clinic, "10:30")
    await clinic.on_duty(0, "1")
    for _ in range(5):
        early = await clinic.issue()
    before = (await clinic.services.screens.boards.departments())[0]

    for _ in range(15):
        last = await clinic.issue()

    after = (await clinic.services.screens.boards.departments())[0]
    assert (before["is_open"], before["is_closing"]) == (True, False)
    assert (after["is_open"], after["is_closing"]) == (True, True)
    assert (await clinic.services.screens.token_pages.phone(last.key))["wait"]["late"] is True  # type: ignore[index]
    assert "late" not in (await clinic.services.screens.token_pages.phone(early.key))["wait"]  # type: ignore[operator]


async def test_a_wait_that_is_far_away_has_its_time_on_the_clinics_clock(clinic: Clinic) -> None:
    await clinic.on_duty(0, "1")
    for _ in range(60):
        last = await clinic.issue()

    wait = (await clinic.services.screens.token_pages.phone(last.key))["wait"]
    programs = await wait_of(clinic, last)

    assert wait is not None
    assert wait["words"] == "wait_clock"
    first, until = str(wait["values"]["from"]), str(wait["values"]["until"])
    assert "11:00" < first < until < "16:00"
    assert slip_words(texts("en"), wait) == f"about {first}–{until}, may change"
    assert set(programs) == {"low_s", "likely_s", "high_s"}


async def test_what_a_newcomer_is_told_is_calm_too(clinic: Clinic) -> None:
    await clinic.on_duty(0, "1")
    for _ in range(12):
        await clinic.issue()
    told = await wait_of_newcomer(clinic)

    await clinic.issue()
    still = await wait_of_newcomer(clinic)
    for _ in range(6):
        await clinic.issue()

    assert still == told
    assert await wait_of_newcomer(clinic) != told


async def test_a_new_pace_is_believed_at_once_where_nothing_is_learned(clinic: Clinic) -> None:
    await clinic.on_duty(0, "1")
    for _ in range(6):
        await clinic.issue()
    before = await wait_of_newcomer(clinic)

    async with clinic.services.store.transaction() as work:
        await work.connection.execute(update(DepartmentRow).values(pace_s=900))
        work.touch(sources.CLINIC)
    clinic.clock.forward(seconds=6)

    after = await wait_of_newcomer(clinic)
    assert before is not None
    assert after is not None
    assert after > 3 * before


async def test_what_an_earlier_version_learned_is_kept_and_its_promises_are_learned_anew(clinic: Clinic) -> None:
    await clinic.on_duty(0, "1")
    for _ in range(5):
        await clinic.issue()
        await wait_of_newcomer(clinic)
    await keep(clinic)
    await a_morning(clinic, patients=12, consultation_s=600)
    async with clinic.services.store.transaction() as work:
        row = (await work.connection.execute(select(col(LearnedRow.department_id), col(LearnedRow.state)))).one()
        learned = {name: one for name, one in row.state["learned"].items() if name not in {"today", "days"}}
        learned |= {"doctors": {}, "correction": {"slopes": [0.0] * 4, "doubts": [], "quantiles": []}}
        old = {name: row.state[name] for name in ("joined", "rooms", "awaited")} | {"learned": learned}
        await work.connection.execute(update(LearnedRow).values(state=old))
        await work.connection.execute(update(PromiseRow).values(clues=[600.0, 0.3, 2.0, 500.0, 2.0]))

    async with clinic.services.store.reading() as connection:
        read = await learned_rows.read_learning(connection, row.department_id)

    assert read is not None
    learning, _ = read
    assert learning.learned.consultation.mean > 500
    assert learning.learned.correction != Correction()


async def test_somebody_held_still_counts_for_those_behind(clinic: Clinic) -> None:
    await clinic.on_duty(0, "1")
    tested = [await clinic.issue() for _ in range(6)]
    last = await clinic.issue()
    for token in tested:
        await clinic.next()
        await clinic.act(token, Action.HOLD)
    held = await wait_of(clinic, last)

    for token in tested:
        await clinic.act(token, Action.CANCEL)

    gone = await wait_of(clinic, last)
    assert gone["likely_s"] < held["likely_s"] - 300


async def test_those_who_are_not_here_count_by_half_until_their_place_is_no_longer_kept(clinic: Clinic) -> None:
    await clinic.services.clinic.departments.change("GEN", {"must_arrive": True, "place_kept_min": 1}, by=SYSTEM)
    await clinic.on_duty(0, "1")
    from_home = IssueRequest("GEN", is_here=False)
    away = [await clinic.services.queue.issuing.issue(from_home, by=KIOSK) for _ in range(6)]
    last = [await clinic.issue() for _ in range(2)][-1]
    half = await wait_of(clinic, last)
    theirs = [await wait_of(clinic, one) for one in (away[0], away[-1])]
    for token in away:
        await clinic.act(token, Action.ARRIVE)
    whole = await wait_of(clinic, last)

    assert half["likely_s"] < whole["likely_s"] - 300
    assert theirs[0]["likely_s"] < theirs[1]["likely_s"] < half["likely_s"]


async def test_who_is_not_here_counts_for_nobody_when_the_place_is_no_longer_kept(clinic: Clinic) -> None:
    await clinic.services.clinic.departments.change("GEN", {"must_arrive": True, "place_kept_min": 1}, by=SYSTEM)
    await clinic.on_duty(0, "1")
    from_home = IssueRequest("GEN", is_here=False)
    away = [await clinic.services.queue.issuing.issue(from_home, by=KIOSK) for _ in range(6)]
    last = [await clinic.issue() for _ in range(2)][-1]
    await clinic.next()
    half = await wait_of(clinic, last)

    clinic.clock.forward(seconds=61)

    assert (await wait_of(clinic, last))["likely_s"] < half["likely_s"] - 300
    assert (await clinic.services.screens.token_pages.program(away[0].token_id))["wait"] is None


async def test_whoever_waits_is_told_what_the_wait_is_made_of(clinic: Clinic) -> None:
    await clinic.on_duty(0, "1")
    for _ in range(10):
        token = await clinic.issue()

    wait = (await clinic.services.screens.token_pages.phone(token.key))["wait"]

    assert wait is not None
    assert wait["why"][0]["reason"] == "line"
    assert abs(sum(part["minutes"] for part in wait["why"]) - wait["minutes"]) <= 5


async def test_a_break_that_is_announced_with_a_patient_inside_lengthens_the_wait_at_once(clinic: Clinic) -> None:
    await clinic.on_duty(0, "1")
    for _ in range(3):
        await clinic.issue()
    await clinic.next()
    before = await wait_of_newcomer(clinic)

    back_at = clinic.clock.now() + timedelta(minutes=40)
    await clinic.services.queue.duties.change("1", DutyState.ON_BREAK, doctor=clinic.doctors[0], back_at=back_at)

    after = await wait_of_newcomer(clinic)
    assert before is not None
    assert after is not None
    assert after > before + 30
    assert after >= 40


async def test_an_emergency_never_shortens_what_others_are_told(clinic: Clinic) -> None:
    await clinic.on_duty(0, "1")
    await a_morning(clinic, patients=20, consultation_s=300)
    for _ in range(6):
        last = await clinic.issue()
    clinic.clock.forward(minutes=10)
    before = await wait_of(clinic, last)

    await clinic.issue(priority=Priority.EMERGENCY)

    after = await wait_of(clinic, last)
    assert all(before[end] - 1 <= after[end] <= before[end] + 400 for end in before)


async def test_nobody_is_promised_a_call_after_the_last_duty_ends_until_the_doctor_is_seen_to_stay(
    clinic: Clinic,
) -> None:
    shift = {"doctor": "first", "room": "1", "weekday": "sun", "begins": "08:00", "ends": "12:00"}
    await clinic.services.clinic.roster.add_shift(shift, by=SYSTEM)
    await clinic.on_duty(0, "1")
    (queue, _) = await clinic.services.clinic.queues.all()
    ends_at = queue.duties[0].ends_at
    assert ends_at is not None
    clinic.clock.moment = ends_at - timedelta(minutes=20)
    first, *_, last = [await clinic.issue() for _ in range(20)]

    assert await is_told_a_wait(clinic, first)
    assert not await is_told_a_wait(clinic, last)

    clinic.clock.moment = ends_at + timedelta(minutes=1)

    assert await is_told_a_wait(clinic, last)


async def test_whoever_comes_back_from_the_laboratory_counts_for_those_behind_as_half_a_place(clinic: Clinic) -> None:
    await clinic.on_duty(0, "1")
    sent = await clinic.issue()
    await clinic.next()
    await clinic.services.queue.calling.transfer(sent.token_id, "LAB", by=PROGRAM, returning=True, room_code="1")
    await clinic.services.clinic.queues.all()

    await clinic.issue()
    await keep(clinic)

    async with clinic.services.store.reading() as connection:
        clues = (await connection.execute(select(col(PromiseRow.clues)).order_by(col(PromiseRow.entry_id)))).scalars()
    assert [Clues.from_list(one).ahead for one in clues] == [0.5]


async def test_ranges_that_were_shown_later_are_judged_when_the_call_comes(clinic: Clinic) -> None:
    await clinic.on_duty(0, "1")
    for _ in range(4):
        token = await clinic.issue()
    await wait_of(clinic, token)
    for _ in range(4):
        await clinic.next()
        clinic.clock.forward(minutes=30)
        await clinic.services.screens.token_pages.program(token.token_id)
    await clinic.services.screens.boards.departments()
    await keep(clinic)

    async with clinic.services.store.reading() as connection:
        columns = (col(PromiseRow.later), col(PromiseRow.later_inside))
        counts = (await connection.execute(select(*columns).order_by(col(PromiseRow.entry_id)))).all()

    assert counts[-1].later >= 2
    assert 0 <= counts[-1].later_inside <= counts[-1].later
