"""What displays, kiosks and consoles show."""

import asyncio
from typing import Any

import pytest

from display.announcing import announcement
from queue_server import sources
from queue_server.domain.access.actors import SYSTEM
from queue_server.domain.devices.devices import DeviceKind
from queue_server.domain.errors import UnknownBoard, UnknownDevice, UnknownRoom
from queue_server.domain.queue.tokens import Action, DutyState, Priority
from queue_server.domain.queue.transitions import UNDO_WINDOW
from queue_server.services.queue.issuing import IssueRequest
from tests.clinics import ADMIN, KIOSK, Clinic


async def test_a_board_never_shows_a_call_without_those_before_it(clinic: Clinic) -> None:
    for _ in range(12):
        await clinic.issue("GEN")
        await clinic.issue("LAB")
    seen: list[list[int]] = []
    is_over = asyncio.Event()

    async def watch() -> None:
        while not is_over.is_set():
            board = await clinic.services.screens.boards.board("main")
            seen.append([call["call_id"] for call in board.data["calls"]])  # type: ignore[attr-defined]
            await asyncio.sleep(0)

    async def call() -> None:
        for _ in range(12):
            await asyncio.gather(clinic.next("1"), clinic.next("3"))
        is_over.set()

    await asyncio.gather(call(), *(watch() for _ in range(3)))

    assert all(ids == list(range(1, len(ids) + 1)) for ids in seen)
    assert len(seen) > 12


async def test_kiosks_and_phones_are_told_why_a_department_is_closed_and_when_it_opens(clinic: Clinic) -> None:
    departments, boards = clinic.services.clinic.departments, clinic.services.screens.boards

    async def told() -> tuple[bool, str | None, str | None]:
        general = (await boards.departments())[0]
        return general["is_open"], general["why"], general["opens_at"]

    assert await told() == (True, None, None)
    await departments.change("GEN", {"hours": {"sun": [["12:00", "14:00"]]}, "daily_quota": 1}, by=SYSTEM)
    assert await told() == (False, "hours", "2026-11-22T06:30:00Z")
    clinic.clock.forward(hours=2)
    assert await told() == (True, None, None)
    await clinic.issue()
    assert await told() == (False, "quota", None)
    await departments.change("GEN", {"is_open": False}, by=SYSTEM)
    assert await told() == (False, "shut", None)


async def test_a_display_shows_calls_in_their_order_and_says_them_in_each_language(clinic: Clinic) -> None:
    await clinic.issue("LAB")
    await clinic.issue()
    await clinic.next("3")
    await clinic.next("1")

    shown: Any = (await clinic.services.screens.boards.board("main")).data

    assert [(call["number"], call["room"], call["is_recall"]) for call in shown["calls"]] == [
        ("L-001", "3", False),
        ("G-001", "1", False),
    ]
    assert [said["language"] for said in shown["calls"][0]["say"]] == ["en", "hi"]
    assert shown["waiting"] == {"GEN": 0, "LAB": 0}


async def test_a_console_shows_its_own_patient_apart_from_those_of_other_rooms(clinic: Clinic) -> None:
    await clinic.on_duty(0, "1")
    tokens = [await clinic.issue() for _ in range(5)]
    await clinic.next("1")
    await clinic.next("2")
    await clinic.act(tokens[2], Action.HOLD)

    room: Any = (await clinic.services.screens.boards.room("1")).data

    assert (room["current"]["number"], room["duty"]["doctor"]) == ("G-001", "Doctor first")
    assert [[one["number"] for one in room[part]] for part in ("elsewhere", "held", "waiting")] == [
        ["G-002"],
        ["G-003"],
        ["G-004", "G-005"],
    ]
    assert room["undo"]["number"] == "G-001"


async def test_an_undo_is_offered_only_while_it_can_be_done(clinic: Clinic) -> None:
    await clinic.issue()
    await clinic.next()

    clinic.clock.forward(seconds=UNDO_WINDOW.total_seconds() + 1)

    assert (await clinic.services.screens.boards.room("1")).data["undo"] is None


async def test_a_kiosk_and_the_desk_show_the_printer_and_its_slips(clinic: Clinic) -> None:
    services = clinic.services
    await services.devices.registry.add(DeviceKind.AGENT, "Printer", "entrance")
    kiosk = await services.devices.registry.who(await services.devices.registry.add(DeviceKind.KIOSK, "K", "entrance"))
    elsewhere = await services.devices.registry.who(await services.devices.registry.add(DeviceKind.KIOSK, "E", "back"))
    assert kiosk is not None
    assert elsewhere is not None
    issued = await services.queue.issuing.issue(IssueRequest("GEN", place="entrance"), by=KIOSK)

    at_entrance: Any = (await services.screens.boards.kiosk(kiosk.id)).data
    at_back: Any = (await services.screens.boards.kiosk(elsewhere.id)).data
    desk: Any = (await services.screens.boards.desk()).data

    assert at_entrance["prints"] == {str(issued.print_job): "queued"}
    assert (at_back["prints"], at_back["printer"]) == ({}, "none")
    assert [(one["number"], one["copy"]) for one in desk["prints"]] == [("G-001", 1)]
    assert [one["name"] for one in desk["printers"]] == ["Printer"]


async def test_a_view_is_stale_as_soon_as_one_of_its_departments_changes(clinic: Clinic) -> None:
    general, laboratory = await clinic.services.clinic.queues.departments()

    room = await clinic.services.screens.boards.room("1")
    board = await clinic.services.screens.boards.board("main")

    assert room.sources == {sources.CLINIC, sources.department(general.id)}
    assert board.sources == room.sources | {sources.department(laboratory.id), sources.VOICES}


async def test_screens_that_do_not_exist_are_named(clinic: Clinic) -> None:
    boards = clinic.services.screens.boards

    with pytest.raises(UnknownBoard):
        await boards.board("nowhere")
    with pytest.raises(UnknownRoom):
        await boards.room("99")
    with pytest.raises(UnknownDevice):
        await boards.kiosk(99)


async def display(clinic: Clinic) -> dict[str, Any]:
    return dict((await clinic.services.screens.boards.board("main")).data)


async def test_words_are_sent_with_a_call_while_it_can_still_be_announced(clinic: Clinic) -> None:
    for _ in range(2):
        await clinic.issue()
    await clinic.next()
    clinic.clock.forward(seconds=151)
    await clinic.next("2")

    calls = (await display(clinic))["calls"]

    assert [(call["number"], call["say"]) for call in calls] == [
        ("G-001", []),
        ("G-002", announcement("G-002", "2", ["en", "hi"])),
    ]


async def test_a_call_that_a_slow_clock_takes_for_young_has_its_words(clinic: Clinic) -> None:
    await clinic.issue()
    await clinic.next()
    clinic.clock.forward(seconds=125)

    (call,) = (await display(clinic))["calls"]

    assert len(call["say"]) == 2


async def test_names_are_sent_in_the_languages_of_the_display(clinic: Clinic) -> None:
    await clinic.services.clinic.displays.add({"name": "hall", "languages": ["en"]}, by=ADMIN)

    hall = dict((await clinic.services.screens.boards.board("hall")).data)

    assert set(hall["departments"][0]["names"]) == {"en"}  # type: ignore[index]
    assert set((await display(clinic))["departments"][0]["names"]) == {"en", "hi"}


async def test_the_console_and_the_desk_are_told_why_somebody_is_next(clinic: Clinic) -> None:
    await clinic.on_duty(0, "1")
    first, helped = await clinic.issue(), await clinic.issue(priority=Priority.ASSISTED)

    async def reasons() -> tuple[str | None, list[str]]:
        view: Any = (await clinic.services.screens.boards.room("1")).data
        return view["current"] and view["current"]["place"]["reason"], [
            one["place"]["reason"] for one in view["waiting"]
        ]

    waiting = await reasons()
    await clinic.services.queue.calling.call(first.token_id, "1", by=clinic.doctors[0])
    chosen = await reasons()
    await clinic.services.queue.calling.undo("1", by=clinic.doctors[0])
    undone = await reasons()
    await clinic.next("1")
    called = await reasons()

    assert [waiting, chosen, undone, called] == [
        (None, ["assisted", "arrival"]),
        ("chosen", ["assisted"]),
        (None, ["assisted", "arrival"]),
        ("assisted", ["arrival"]),
    ]
    history = await clinic.services.screens.desk.history(helped.token_id, by=ADMIN)
    assert history["place"] == {"reason": "assisted", "minutes": 20, "people": 0}


async def test_a_kiosk_says_why_nobody_calls_while_numbers_are_given_out(clinic: Clinic) -> None:
    departments, boards = clinic.services.clinic.departments, clinic.services.screens.boards

    async def away() -> Any:
        return (await boards.departments())[0]["away"]

    assert await away() == {"why": "nobody", "at": None}
    await clinic.on_duty(0, "1")
    assert await away() is None
    await clinic.services.queue.duties.change("1", DutyState.OFF_DUTY, doctor=clinic.doctors[0])
    await departments.change("GEN", {"is_open": False}, by=SYSTEM)
    assert await away() is None
