"""A sheet of what was done by voice is entered as a whole, journalled as such, and judged by nobody."""

import pytest

from queue_server.domain.errors import BadInput, IllegalTransition, KeyReused, NothingToUndo
from queue_server.domain.queue.afterwards import Line, Sheet, Wrong, lines_of
from queue_server.domain.queue.tokens import Action, State
from queue_server.domain.waits.learning import Learning
from queue_server.storage.waits import learned_rows
from tests.clinics import ADMIN, PROGRAM, Clinic


async def enter(clinic: Clinic, text: str, **more: object) -> Sheet:
    """Enter a sheet as the desk pastes it."""
    return await clinic.services.queue.afterwards.enter(lines_of(text), by=ADMIN, **more)  # type: ignore[arg-type]


async def learned(clinic: Clinic) -> Learning:
    """What General has taught so far."""
    department = await clinic.services.clinic.queues.department("GEN")
    async with clinic.services.store.reading() as connection:
        read = await learned_rows.read_learning(connection, department.id)
    assert read is not None
    return read[0]


async def test_what_was_done_by_voice_is_entered_without_a_call_or_an_announcement(clinic: Clinic) -> None:
    first, second, third = [await clinic.issue() for _ in range(3)]

    sheet = await enter(clinic, "G-001 A\n2 missed")

    assert (sheet.count(Action.ATTEND), sheet.count(Action.MISS)) == (1, 1)
    assert [await clinic.state(token) for token in (first, second, third)] == ["attended", "missed", "waiting"]
    await clinic.kinds()
    lines = [line for line in await clinic.services.programs.journal.events(0, 100) if line["kind"] in set(Action)]
    assert [line["kind"] for line in lines] == ["issue"] * 3 + ["attend", "miss"]
    assert [line["data"].get("afterwards") for line in lines] == [None] * 3 + [True] * 2
    board = await clinic.services.screens.boards.board("main")
    assert board.data["calls"] == []


async def test_a_sheet_with_a_mistake_is_not_entered_at_all(clinic: Clinic) -> None:
    token = await clinic.issue()

    sheet = await enter(clinic, "G-001 A\nG-009 A")

    assert [(one.written, one.why) for one in sheet.mistakes] == [("G-009", Wrong.UNKNOWN)]
    assert await clinic.state(token) == "waiting"
    assert await clinic.services.queue.afterwards.check(lines_of("G-001 A\nG-009 A")) == sheet


async def test_a_sheet_that_arrives_twice_is_entered_once(clinic: Clinic) -> None:
    await clinic.issue()

    await enter(clinic, "1 A", key="sheet-1")

    assert await enter(clinic, "1 A", key="sheet-1") == Sheet()
    with pytest.raises(KeyReused):
        await enter(clinic, "1 M", key="sheet-1")
    assert (await clinic.kinds()).count("attend") == 1


async def test_a_consoles_sheet_says_where_and_with_whom_and_its_room_takes_all_of_it_back(clinic: Clinic) -> None:
    tokens = [await clinic.issue() for _ in range(3)]
    await clinic.on_duty(0, "1")

    await enter(clinic, "1 A\n2 M\n3 A", room_code="1")

    queue = await clinic.services.screens.desk.queues()
    done = {row["number"]: row for row in queue.data["completed"]}  # type: ignore[attr-defined]
    assert (done["G-001"]["room"], done["G-001"]["doctor"]) == ("1", clinic.doctors[0].id)
    await clinic.services.queue.calling.undo("1", by=PROGRAM)
    assert [await clinic.state(token) for token in tokens] == ["waiting"] * 3
    assert await clinic.order() == ["G-001", "G-002", "G-003"]


async def test_after_eight_seconds_a_sheet_stands(clinic: Clinic) -> None:
    await clinic.issue()
    await enter(clinic, "1 A", room_code="1")

    clinic.clock.forward(seconds=9)

    with pytest.raises(NothingToUndo):
        await clinic.services.queue.calling.undo("1", by=PROGRAM)


async def test_a_console_enters_its_departments_numbers_and_none_that_another_room_has(clinic: Clinic) -> None:
    await clinic.issue()
    await clinic.issue("LAB")
    await clinic.next("2")

    sheet = await enter(clinic, "G-001 A\nL-001 A", room_code="1")

    assert [(one.why, one.state) for one in sheet.mistakes] == [
        (Wrong.ELSEWHERE, State.CALLED),
        (Wrong.UNKNOWN, None),
    ]


async def test_a_role_for_some_departments_enters_theirs_alone(clinic: Clinic) -> None:
    await clinic.issue()
    await clinic.issue("LAB")

    assert (await enter(clinic, "G-001 A\nL-001 A", only={"LAB"})).mistakes[0].written == "G-001"
    assert (await enter(clinic, "1 A", only={"LAB"})).mistakes == ()


async def test_a_deleted_number_and_one_of_yesterday_are_unknown(clinic: Clinic) -> None:
    await clinic.issue()
    gone = await clinic.issue()
    await clinic.services.screens.desk.delete(gone.token_id, "a mistake", by=ADMIN)
    assert [one.why for one in (await enter(clinic, "2 A")).mistakes] == [Wrong.UNKNOWN]

    clinic.clock.forward(hours=24)

    assert [one.why for one in (await enter(clinic, "1 A")).mistakes] == [Wrong.UNKNOWN]


async def test_whoever_was_seen_in_the_laboratory_waits_again_where_the_doctor_sent_them_from(clinic: Clinic) -> None:
    token = await clinic.issue()
    await clinic.next("1")
    await clinic.services.queue.calling.transfer(token.token_id, "LAB", by=PROGRAM, returning=True)

    await enter(clinic, "G-001 A")

    assert await clinic.order() == ["G-001"]


async def test_nothing_is_learned_from_a_wait_whose_end_nobody_saw(clinic: Clinic) -> None:
    for _ in range(3):
        await clinic.issue()
    await clinic.next("1")
    clinic.clock.forward(hours=2)
    await clinic.services.waits.keep()
    before = await learned(clinic)

    await enter(clinic, "1 A\n2 A\n3 M")
    clinic.clock.forward(seconds=11)
    await clinic.services.waits.keep()

    after = await learned(clinic)
    assert (after.learned, after.joined) == (before.learned, {})


async def test_one_number_is_entered_by_a_program_and_only_attended_or_missed(clinic: Clinic) -> None:
    token = await clinic.issue()
    act = clinic.services.queue.calling.act

    with pytest.raises(IllegalTransition):
        await act(token.token_id, Action.HOLD, by=PROGRAM, is_afterwards=True)
    with pytest.raises(BadInput):
        await act(token.token_id, Action.CALL, by=PROGRAM, is_afterwards=True)
    entry = await act(token.token_id, Action.MISS, by=PROGRAM, is_afterwards=True)

    assert (entry.state, entry.called_at, entry.calls) == (State.MISSED, None, 1)
    assert await enter(clinic, "1 A") == Sheet(((entry, Action.ATTEND),))


async def test_a_sheet_of_nothing_changes_nothing(clinic: Clinic) -> None:
    await clinic.issue()
    before = await clinic.kinds()

    assert await clinic.services.queue.afterwards.enter([], by=ADMIN, room_code="1") == Sheet()
    assert [one.why for one in (await enter(clinic, "1 x")).mistakes] == [Wrong.UNREADABLE]
    assert (await clinic.services.queue.afterwards.check([Line("1", Action.ATTEND)])).mistakes == ()

    assert await clinic.kinds() == before
