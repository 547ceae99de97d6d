"""The doctor's console in a real browser."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Page, expect

from queue_server.domain.access.actors import SYSTEM
from queue_server.domain.queue.tokens import Action, DutyState, Priority
from tests.browser.conftest import PageFactory, Screenshot
from tests.browser.consoles import ConsoleClinic, a_console_clinic, in_room, list_shows, press
from tests.browser.scanners import scan

pytestmark = pytest.mark.browser


@pytest_asyncio.fixture(loop_scope="session")
async def clinic(tmp_path: Path, page_factory: PageFactory) -> AsyncIterator[ConsoleClinic]:
    """Two doctors and two rooms of one department."""
    async with a_console_clinic(tmp_path, page_factory) as open_clinic:
        yield open_clinic


async def focus(page: Page) -> str:
    """What has the focus: its id, else its patient's number, else its element's name."""
    found: str = await page.evaluate(
        "() => { const e = document.activeElement; "
        "return e.id || e.closest('.entry')?.querySelector('.entry-number').textContent || e.tagName; }"
    )
    return found


async def test_a_doctor_logs_in_chooses_a_room_and_takes_it(clinic: ConsoleClinic, screenshot: Screenshot) -> None:
    await clinic.issue()
    page = await clinic.log_in("doctor1", "/doctor")
    await screenshot(page, "console-choose")

    await page.click("[data-room='7']")
    await expect(page.locator("#primary-label")).to_have_text("Take this room")
    await screenshot(page, "console-free-room")
    before = await clinic.services.queue.duties.room_of(clinic.doctors[0].id)
    await press(page, "n")

    await expect(page.locator("#primary-label")).to_have_text("Call next")
    await expect(page.locator("#duty")).to_have_text("On duty")
    assert (before, await clinic.services.queue.duties.room_of(clinic.doctors[0].id)) == (None, "7")


async def test_the_room_of_last_time_is_one_key_away(clinic: ConsoleClinic) -> None:
    page = await clinic.console(takes=False)

    await page.goto(f"{clinic.url}/doctor")
    await expect(page.locator("[data-room='7'] .room-card-last")).to_be_visible()
    await page.keyboard.press("Enter")

    await page.wait_for_url(f"{clinic.url}/doctor/7")


async def test_one_key_finishes_the_patient_and_calls_the_next(clinic: ConsoleClinic, screenshot: Screenshot) -> None:
    await clinic.issue()
    await clinic.issue(priority=Priority.ASSISTED)
    await clinic.issue(priority=Priority.EMERGENCY, reason="chest pain")
    page = await clinic.console()
    await list_shows(page, "P-003", "P-002", "P-001")

    await press(page, "n")
    await in_room(page, "P-003")
    await expect(page.locator("#present-facts")).to_have_text("Emergency: chest pain")
    await expect(page.locator("#announcer")).to_have_text("P-003 is called to: Room 7")
    await screenshot(page, "console-called")
    await press(page, "b")
    await expect(page.locator("#present-state")).to_have_text("With the doctor")
    await press(page, "n")

    await in_room(page, "P-002")
    await list_shows(page, "P-001")
    await expect(page.locator("#present-place")).to_have_text("counted 20 minutes earlier: needs help")
    await expect(page.locator("#primary-note")).to_have_text("P-001 is next: in order of arrival")
    await expect(page).to_have_title("P-002 · Room 7")


async def test_the_last_patient_is_finished_and_then_there_is_nothing_to_do(
    clinic: ConsoleClinic, screenshot: Screenshot
) -> None:
    await clinic.issue()
    page = await clinic.console()
    await press(page, "n")
    await expect(page.locator("#primary-label")).to_have_text("Finish")

    await press(page, "n")
    await press(page, "a")

    await in_room(page, None)
    await expect(page.locator("#empty-note")).to_have_text("Nobody is waiting.")
    await expect(page.locator("#primary")).to_have_attribute("aria-disabled", "true")
    await expect(page.locator("#undo-label")).to_have_text("Undo: P-001 finished")
    await screenshot(page, "console-empty")


async def test_one_key_says_that_the_patient_did_not_come(clinic: ConsoleClinic, screenshot: Screenshot) -> None:
    first, second, third = [await clinic.issue() for _ in range(3)]
    page = await clinic.console()
    await press(page, "n")
    await in_room(page, "P-001")

    await press(page, "n")
    await expect(page.locator("#seen-dialog-title")).to_have_text("Did P-001 come?")
    await screenshot(page, "console-did-not-come")
    await page.keyboard.press("Escape")
    await list_shows(page, "P-002", "P-003")
    await press(page, "n")
    await page.keyboard.press("s")
    await in_room(page, "P-002")
    await press(page, "ArrowDown")
    await page.keyboard.press("Enter")
    await page.keyboard.press("a")
    await in_room(page, "P-003")

    states = [(await clinic.services.screens.token_pages.program(token))["state"] for token in (first, second, third)]
    assert states == ["missed", "attended", "called"]


async def test_a_question_that_was_closed_and_is_asked_again_at_once_takes_the_next_key(clinic: ConsoleClinic) -> None:
    first, second = await clinic.issue(), await clinic.issue()
    page = await clinic.console()
    await press(page, "n")
    await in_room(page, "P-001")
    await press(page, "n")
    await expect(page.locator("#seen-dialog-title")).to_be_visible()

    await page.evaluate(
        """() => {
            const dialog = document.querySelector("#seen-dialog");
            const key = (letter) =>
                (dialog.open ? dialog : document.body).dispatchEvent(
                    new KeyboardEvent("keydown", { key: letter, bubbles: true, cancelable: true }));
            dialog.close("");
            key("n");
            key("s");
        }"""
    )

    await in_room(page, "P-002")
    states = [(await clinic.services.screens.token_pages.program(token))["state"] for token in (first, second)]
    assert states == ["missed", "called"]


async def test_a_patient_is_begun_and_called_again(clinic: ConsoleClinic) -> None:
    token = await clinic.issue()
    page = await clinic.console()
    await press(page, "n")

    await press(page, "r")
    await expect(page.locator("#present-facts")).to_have_text("Called twice")
    await press(page, "b")

    await expect(page.locator("#present-state")).to_have_text("With the doctor")
    assert (await clinic.services.screens.token_pages.program(token))["state"] == "serving"


async def test_a_missed_patient_is_put_back_in_the_queue(clinic: ConsoleClinic, screenshot: Screenshot) -> None:
    await clinic.issue()
    page = await clinic.console()
    await press(page, "n")
    await in_room(page, "P-001")

    await press(page, "s")
    await in_room(page, None)
    await press(page, "3")
    await list_shows(page, "P-001")
    await page.click(".entry-main")
    await screenshot(page, "console-missed")
    await page.click("[data-row-act=requeue]")
    await press(page, "1")

    await list_shows(page, "P-001")


async def test_a_held_patient_is_resumed(clinic: ConsoleClinic) -> None:
    await clinic.issue()
    page = await clinic.console()
    await press(page, "n")
    await in_room(page, "P-001")

    await press(page, "h")
    await in_room(page, None)
    await press(page, "2")
    await list_shows(page, "P-001")
    await page.click(".entry-main")
    await page.click("[data-row-act=resume]")
    await press(page, "1")

    await list_shows(page, "P-001")


async def test_a_patient_goes_to_another_department_and_comes_back(
    clinic: ConsoleClinic, screenshot: Screenshot
) -> None:
    token = await clinic.issue()
    page = await clinic.console()
    await press(page, "n")
    await in_room(page, "P-001")

    await press(page, "t")
    await page.get_by_label("Dental").check()
    await page.get_by_label("Then back to me in this room").check()
    await screenshot(page, "console-transfer")
    await page.keyboard.press("Enter")
    await in_room(page, None)
    await clinic.services.queue.calling.call_next("2", by=clinic.doctors[1])
    await clinic.services.queue.calling.act(token, Action.ATTEND, by=clinic.doctors[1])

    await list_shows(page, "P-001")
    await expect(page.locator(".entry-marks")).to_have_text("Back from DentalFor Doctor 1")


async def test_undo_gives_both_patients_back(clinic: ConsoleClinic) -> None:
    await clinic.issue()
    await clinic.issue()
    page = await clinic.console()
    await press(page, "n")
    await press(page, "b")
    await expect(page.locator("#present-state")).to_have_text("With the doctor")
    await press(page, "n")
    await in_room(page, "P-002")

    await press(page, "u")

    await in_room(page, "P-001")
    await expect(page.locator("#present-state")).to_have_text("With the doctor")
    await list_shows(page, "P-002")


async def test_undo_is_offered_for_eight_seconds(clinic: ConsoleClinic) -> None:
    await clinic.issue()
    page = await clinic.console()
    await press(page, "n")
    await expect(page.locator("#undo")).to_be_visible()
    await page.focus("#undo")

    clinic.clock.forward(seconds=9)

    await expect(page.locator("#undo")).to_be_hidden()
    assert await focus(page) == "primary"


async def test_a_chosen_patient_is_called_by_keyboard_alone(clinic: ConsoleClinic, screenshot: Screenshot) -> None:
    for _ in range(3):
        await clinic.issue()
    page = await clinic.console()

    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("ArrowDown")
    assert await focus(page) == "P-002"
    await screenshot(page, "console-chosen")
    await press(page, "Enter")

    await in_room(page, "P-002")
    await list_shows(page, "P-001", "P-003")
    assert await focus(page) == "P-003"
    await page.keyboard.press("Escape")
    assert await focus(page) == "primary"


async def test_the_focus_moves_with_its_patient(clinic: ConsoleClinic) -> None:
    for _ in range(3):
        await clinic.issue()
    page = await clinic.console()
    await page.keyboard.press("ArrowUp")
    assert await focus(page) == "P-003"

    await clinic.issue(priority=Priority.EMERGENCY, reason="chest pain")
    await clinic.services.queue.calling.call_next("8", by=clinic.doctors[1])
    await clinic.services.queue.calling.call_next("8", by=clinic.doctors[1])

    await list_shows(page, "P-002", "P-003")
    assert await focus(page) == "P-003"


async def test_a_double_press_calls_one_patient(clinic: ConsoleClinic) -> None:
    for _ in range(3):
        await clinic.issue()
    page = await clinic.console()

    await page.dblclick("#primary")
    await in_room(page, "P-001")
    await page.keyboard.press("n")
    await page.keyboard.press("n")

    await list_shows(page, "P-002", "P-003")


async def test_two_consoles_pressing_together_get_two_patients(clinic: ConsoleClinic, screenshot: Screenshot) -> None:
    for _ in range(3):
        await clinic.issue()
    pages = [await clinic.console(1, "7"), await clinic.console(2, "8")]

    await asyncio.gather(*(page.keyboard.press("n") for page in pages))

    for page in pages:
        await list_shows(page, "P-003")
    called = {await page.inner_text("#present-number") for page in pages}
    assert called == {"P-001", "P-002"}
    for page, room in zip(pages, "87", strict=True):
        await expect(page.locator("#elsewhere-list")).to_contain_text(f"Room {room}")
    await screenshot(pages[0], "console-elsewhere")


async def test_two_tabs_of_one_doctor_stay_in_step(clinic: ConsoleClinic) -> None:
    for _ in range(2):
        await clinic.issue()
    page = await clinic.console()
    other = await page.context.new_page()
    await other.goto(f"{clinic.url}/doctor/7")
    await list_shows(other, "P-001", "P-002")

    await press(page, "n")

    await in_room(other, "P-001")
    await press(other, "n")
    await press(other, "a")
    await in_room(page, "P-002")


async def test_an_old_screen_says_so_and_changes_nothing(clinic: ConsoleClinic, screenshot: Screenshot) -> None:
    for _ in range(2):
        await clinic.issue()
    page = await clinic.console(may_fail=True)
    await page.route("**/doctor/7/next", lambda route: route.continue_(post_data={"expected": 99}))

    await press(page, "n")

    await expect(page.locator("[data-note=trouble]")).to_contain_text("nothing was done")
    await list_shows(page, "P-001", "P-002")
    await screenshot(page, "console-note")


async def test_a_break_is_announced_and_ends_with_the_big_button(clinic: ConsoleClinic, screenshot: Screenshot) -> None:
    page = await clinic.console()
    await clinic.issue()

    await page.click("#take-break")
    await page.get_by_label("Lunch").check()
    await page.click("[data-minutes='30']")
    await screenshot(page, "console-break-dialog")
    await page.get_by_role("button", name="Start the break").click()
    await expect(page.locator("#banner-text")).to_have_text("You are on a break until 10:31 · Lunch")
    await screenshot(page, "console-break")
    duty: Any = (await clinic.services.screens.boards.room("7")).data["duty"]
    await press(page, "n")

    await expect(page.locator("#banner")).to_be_hidden()
    await list_shows(page, "P-001")
    assert (duty["state"], duty["reason"], duty["back_at"]) == ("on_break", "lunch", "2026-11-22T05:01:00Z")


async def test_going_off_duty_finishes_the_patient(clinic: ConsoleClinic) -> None:
    token = await clinic.issue()
    page = await clinic.console()
    await press(page, "n")
    await in_room(page, "P-001")

    await page.click("#go-off")
    await expect(page.locator("#off-text")).to_contain_text("P-001 is still in the room")
    await page.get_by_role("button", name="Go off duty").click()
    await press(page, "a")

    await expect(page.locator("#primary-label")).to_have_text("Take this room")
    assert (await clinic.services.screens.token_pages.program(token))["state"] == "attended"


CLOSED_AND_ASKED_AGAIN = """
document.querySelector("#cancel-dialog").close("");
document.body.dispatchEvent(new KeyboardEvent("keydown", { key: "c", code: "KeyC", bubbles: true, cancelable: true }));
"""


async def test_cancelling_asks_first(clinic: ConsoleClinic) -> None:
    await clinic.issue()
    page = await clinic.console()
    await press(page, "n")
    await in_room(page, "P-001")

    await press(page, "c")
    await page.keyboard.press("Enter")
    await in_room(page, "P-001")

    await press(page, "c")
    # Closed, and asked again before the dialog has told that it was closed.
    await page.evaluate(CLOSED_AND_ASKED_AGAIN)
    await page.get_by_role("button", name="Cancel the number").click()

    await in_room(page, None)


async def test_letters_do_nothing_while_somebody_types_or_when_switched_off(clinic: ConsoleClinic) -> None:
    await clinic.issue()
    page = await clinic.console()
    await page.click("#take-break")
    await page.get_by_label("Something else").check()
    await page.get_by_label("Your own reason").press_sequentially("nap")
    await page.keyboard.press("Escape")

    await page.keyboard.press("?")
    await page.get_by_label("Keyboard shortcuts").uncheck()
    await page.keyboard.press("Escape")
    await page.keyboard.press("n")

    await list_shows(page, "P-001")
    await page.focus("#primary")
    await page.keyboard.press("Space")
    await in_room(page, "P-001")


async def test_a_keyboard_of_another_script_has_the_same_keys(clinic: ConsoleClinic) -> None:
    await clinic.issue()
    page = await clinic.console()

    await page.evaluate(
        "document.body.dispatchEvent(new KeyboardEvent('keydown', {key: 'ल', code: 'KeyN', bubbles: true}))"
    )

    await in_room(page, "P-001")


async def test_a_colleagues_room_is_only_watched(clinic: ConsoleClinic, screenshot: Screenshot) -> None:
    await clinic.issue()
    await clinic.services.queue.duties.change("8", DutyState.ON_DUTY, doctor=clinic.doctors[1])
    page = await clinic.console(room="8", takes=False)

    await page.keyboard.press("n")

    await expect(page.locator("#banner-text")).to_contain_text("Doctor 2 is on duty in this room")
    await list_shows(page, "P-001")
    await screenshot(page, "console-watching")


async def test_a_scanned_slip_chooses_its_row_and_presses_nothing(clinic: ConsoleClinic) -> None:
    await clinic.issue()
    wanted = await clinic.services.screens.token_pages.program(await clinic.issue())
    elsewhere = await clinic.services.screens.token_pages.program(await clinic.issue("DEN"))
    page = await clinic.console()
    await list_shows(page, "P-001", "P-002")
    await page.focus("#primary")

    await scan(page, f"http://queue.test/t/{wanted['key']}")

    await expect(page.locator(".entry[aria-selected=true] .entry-number")).to_have_text("P-002")
    await scan(page, f"http://queue.test/t/{elsewhere['key']}")
    await expect(page.locator("#notes")).to_contain_text("D-001: Waiting, Dental")
    await page.focus("#primary")
    await scan(page, "8901234567890")
    await expect(page.locator("#notes")).to_contain_text("This is not the code of a slip of this clinic.")
    await in_room(page, None)
    await page.click("#tab-waiting")
    await list_shows(page, "P-001", "P-002")
    await press(page, "n")
    await in_room(page, "P-001")


async def test_who_is_not_here_stands_below_and_is_called_once_somebody_says_to_see_them(
    clinic: ConsoleClinic, screenshot: Screenshot
) -> None:
    await clinic.services.clinic.departments.change("PED", {"must_arrive": True}, by=SYSTEM)
    home = await clinic.services.screens.token_pages.program(await clinic.issue(is_here=False))
    await clinic.issue()
    page = await clinic.console()
    await list_shows(page, "P-002", "P-001")
    await expect(page.locator("#primary-note")).to_have_text("P-002 is next: in order of arrival")
    row = page.locator(".entry[data-away]")
    await expect(row.locator(".badge", has_text="Not here yet")).to_be_visible()
    await expect(row.locator("[data-row-act=call]")).to_be_hidden()
    await press(page, "n")
    await expect(row).to_contain_text("place kept until 10:17")
    await screenshot(page, "console-not-here")

    await scan(page, f"http://queue.test/t/{home['key']}")
    await expect(page.locator(".entry[aria-selected=true] .entry-number")).to_have_text("P-001")
    await page.keyboard.press("Enter")

    await expect(page.locator("#undo-label")).to_have_text("Undo: P-001 is here")
    await expect(page.locator(".entry[data-away]")).to_have_count(0)
    await expect(page.locator("#primary-note")).to_have_text("P-001 is next: in order of arrival")
