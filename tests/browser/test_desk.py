"""The desk in a real browser, worked with the keyboard alone."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Page, Route, expect

from tests.browser.checks import overflowing, unmarked_focus
from tests.browser.conftest import PageFactory, Screenshot
from tests.browser.consoles import ConsoleClinic, a_console_clinic
from tests.browser.scanners import scan

pytestmark = pytest.mark.browser


@pytest_asyncio.fixture(loop_scope="session")
async def clinic(tmp_path: Path, page_factory: PageFactory) -> AsyncIterator[ConsoleClinic]:
    """A clinic with a desk."""
    async with a_console_clinic(tmp_path, page_factory) as open_clinic:
        yield open_clinic


async def desk(clinic: ConsoleClinic, **options: int) -> Page:
    """The desk's page, live."""
    page = await clinic.log_in("desk", "/desk", **options)
    await expect(page.locator("#keys-button")).to_be_visible()
    return page


async def shows(page: Page, name: str, *numbers: str) -> None:
    """The list shows exactly these, in this order."""
    await expect(page.locator(f"[data-list={name}] tbody .number")).to_have_text(list(numbers))


async def test_a_token_takes_three_strokes_and_its_history_stands_beside(
    clinic: ConsoleClinic, screenshot: Screenshot
) -> None:
    page = await desk(clinic)

    for key in ("n", "2", "Enter"):
        await page.keyboard.press(key)

    await shows(page, "active", "D-001")
    panel = page.locator("#panel")
    await expect(panel.locator(".number-large")).to_have_text("D-001")
    await expect(panel.locator(".token-history li")).to_have_count(1)
    await screenshot(page, "desk")


async def test_the_whole_day_is_worked_with_keys(clinic: ConsoleClinic, screenshot: Screenshot) -> None:
    for _ in range(3):
        await clinic.issue()
    page = await desk(clinic)
    await shows(page, "active", "P-001", "P-002", "P-003")

    for key in ("ArrowDown", "ArrowDown", "ArrowDown"):
        await page.keyboard.press(key)
    panel = page.locator("#panel")
    await expect(panel.locator(".number-large")).to_have_text("P-003")
    await page.keyboard.press("p")
    await page.keyboard.press("u")
    await page.keyboard.press("Tab")
    await page.keyboard.type("fever")
    await page.keyboard.press("Enter")
    await shows(page, "active", "P-003", "P-001", "P-002")
    await expect(panel.locator("input[name=reason]").first).to_have_value("fever")
    await screenshot(page, "desk-history")

    await page.keyboard.press("c")
    await page.keyboard.press("Enter")
    await shows(page, "completed", "P-003")
    await page.keyboard.press("/")
    await page.keyboard.type("002")
    await page.keyboard.press("Enter")
    await expect(panel.locator("[data-token]")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(panel.locator(".number-large")).to_have_text("P-002")


async def test_a_late_answer_takes_neither_the_place_nor_the_keyboard_from_what_was_asked_for_since(
    clinic: ConsoleClinic,
) -> None:
    await clinic.issue()
    await clinic.issue()
    page = await desk(clinic)
    await shows(page, "active", "P-001", "P-002")
    panel, search = page.locator("#panel"), page.locator("#search")
    await page.keyboard.press("ArrowDown")
    await expect(panel.locator(".number-large")).to_have_text("P-001")
    late: list[Route] = []

    def hold(route: Route) -> None:
        late.append(route)

    await page.route("**/desk/tokens/1?part=1", hold)

    await page.keyboard.press("c")
    async with page.expect_request("**/desk/tokens/1?part=1"):
        await page.keyboard.press("Enter")
    await page.keyboard.press("/")
    await page.keyboard.type("00")
    await expect(panel).to_have_attribute("aria-busy", "true")
    for route in late:
        await route.continue_()
    await page.unroute("**/desk/tokens/1?part=1")
    await expect(panel).not_to_have_attribute("aria-busy", "true")
    await page.keyboard.type("2")
    await expect(search).to_have_value("002")

    late.clear()
    await page.route("**/desk/tokens/1?part=1", hold)
    async with page.expect_request("**/desk/tokens/1?part=1"):
        await page.locator("[data-list=completed] [data-row]").click(delay=0)
    await search.press("Enter")
    await expect(panel.locator("[data-token]")).to_be_focused()
    async with page.expect_response("**/desk/tokens/1?part=1"):
        for route in late:
            await route.continue_()
    await expect(panel.locator("[data-token]")).to_be_focused()


async def test_the_lists_follow_the_queues_and_the_filters(clinic: ConsoleClinic) -> None:
    page = await desk(clinic)
    await clinic.issue("GEN")
    await clinic.issue("PED")
    await shows(page, "active", "G-001", "P-001")

    await page.get_by_label("Department", exact=True).first.select_option("PED")
    await shows(page, "active", "P-001")
    await clinic.services.queue.calling.call_next("7", by=clinic.doctors[0])
    await expect(page.locator("[data-list=active] .badge")).to_have_text("Called")
    await page.locator("#by-state").select_option("waiting")

    await shows(page, "active")
    await expect(page.locator("[data-list=active] [data-empty]")).to_be_visible()


@pytest.mark.parametrize("language", ["en", "hi"])
async def test_the_desk_fits_its_screen_and_shows_where_the_focus_is(clinic: ConsoleClinic, language: str) -> None:
    await clinic.issue()
    page = await desk(clinic)
    await page.goto(f"{clinic.url}/desk?lang={language}")
    await shows(page, "active", "P-001")

    assert await overflowing(page) == []
    assert await unmarked_focus(page) == []


async def test_a_scanned_slip_opens_its_token_and_presses_nothing(clinic: ConsoleClinic) -> None:
    await clinic.issue()
    wanted = await clinic.services.screens.token_pages.program(await clinic.issue())
    page = await desk(clinic)
    await shows(page, "active", "P-001", "P-002")
    await page.focus("#new-button")

    await scan(page, f"http://queue.test/t/{wanted['key']}")

    await expect(page.locator("#panel .number-large")).to_have_text("P-002")
    await scan(page, "8901234567890")
    await expect(page.locator("#notes")).to_contain_text("This is not the code of a slip of this clinic.")
    await shows(page, "active", "P-001", "P-002")
    await expect(page.locator("dialog[open]")).to_have_count(0)


#: A code's keys in one breath, however busy the machine is: a key's time is when it was pressed, not when the page
#: came to it after drawing a form, so all are pressed before the first is heard.
IN_ONE_BREATH = """
(keys) => keys.map((key) => new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }))
  .forEach((event) => (document.activeElement ?? document.body).dispatchEvent(event))
"""


async def test_a_foreign_code_whose_first_letter_opens_a_form_does_not_send_it(clinic: ConsoleClinic) -> None:
    page = await desk(clinic)

    for code in ("N1204", "nonsense"):
        await page.evaluate(IN_ONE_BREATH, [*code, "Enter"])
        await expect(page.locator("#new-dialog")).to_be_visible()
        await page.keyboard.press("Escape")
        await expect(page.locator("#new-dialog")).to_be_hidden()

    assert await clinic.served.numbers() == []
