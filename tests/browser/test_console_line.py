"""The doctor's console when the line is bad, and how it looks everywhere."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Route, expect

from queue_server.domain.queue.tokens import Priority
from tests.browser.checks import overflowing, poor_contrast, unmarked_focus
from tests.browser.conftest import PageFactory, Screenshot
from tests.browser.consoles import ConsoleClinic, a_console_clinic, in_room, list_shows, press

pytestmark = pytest.mark.browser


@pytest_asyncio.fixture(loop_scope="session")
async def clinic(tmp_path: Path, page_factory: PageFactory) -> AsyncIterator[ConsoleClinic]:
    """Two doctors and two rooms of one department."""
    async with a_console_clinic(tmp_path, page_factory) as open_clinic:
        yield open_clinic


async def test_without_the_server_the_console_says_so_and_the_press_is_done_once_afterwards(
    clinic: ConsoleClinic, screenshot: Screenshot
) -> None:
    for _ in range(3):
        await clinic.issue()
    page = await clinic.console(may_fail=True)
    await clinic.served.stop()
    await expect(page.locator("#not-live")).to_be_visible()

    await press(page, "n")
    await expect(page.locator("[data-note=away]")).to_contain_text("“Call next” is sent again")
    await page.keyboard.press("n")
    await screenshot(page, "console-away")
    await clinic.served.start()

    await in_room(page, "P-001")
    await expect(page.locator("#not-live")).to_be_hidden()
    await expect(page.locator("[data-note]")).to_have_count(0)
    await list_shows(page, "P-002", "P-003")


async def test_a_press_that_the_server_got_is_not_done_again_when_its_answer_is_lost(clinic: ConsoleClinic) -> None:
    for _ in range(3):
        await clinic.issue()
    page = await clinic.console(may_fail=True)
    lost: list[str] = []

    async def lose_the_first_answer(route: Route) -> None:
        if not lost:
            lost.append("answer")
            await route.fetch()
            await route.abort()
        else:
            await route.continue_()

    await page.route("**/doctor/7/next", lose_the_first_answer)

    await press(page, "n")

    await in_room(page, "P-001")
    await expect(page.locator("#primary")).not_to_have_attribute("aria-busy", "true")
    await list_shows(page, "P-002", "P-003")
    assert lost == ["answer"]


@pytest.mark.parametrize("language", ["en", "hi"])
@pytest.mark.parametrize(("width", "height"), [(1440, 900), (1024, 768), (390, 844)])
async def test_the_console_can_be_read_and_fits(
    clinic: ConsoleClinic, screenshot: Screenshot, language: str, width: int, height: int
) -> None:
    for priority in (Priority.NORMAL, Priority.ASSISTED, Priority.URGENT, Priority.NORMAL):
        await clinic.issue(priority=priority, reason="chest pain" if priority is Priority.URGENT else None)
    await clinic.services.queue.calling.transfer(await clinic.issue("DEN"), "PED", by=clinic.doctors[1])
    page = await clinic.console(width=width, height=height, reduced_motion="reduce")
    await page.goto(f"{clinic.url}/doctor/7?lang={language}")
    await list_shows(page, "P-003", "P-002", "P-001", "P-004", "D-001")

    await press(page, "n")
    await in_room(page, "P-003")
    await page.click(".entry-main")
    await screenshot(page, f"console-{language}-{width}")

    assert await overflowing(page) == []
    assert await poor_contrast(page) == []
    for dialog in ("help", "break", "transfer", "cancel", "off"):
        await page.evaluate("id => document.getElementById(id).showModal()", f"{dialog}-dialog")
        await screenshot(page, f"console-{dialog}-{language}-{width}")
        assert await overflowing(page) == []
        await page.keyboard.press("Escape")


async def test_whoever_uses_the_keyboard_sees_where_they_are(clinic: ConsoleClinic) -> None:
    for _ in range(2):
        await clinic.issue()
    page = await clinic.console()
    await list_shows(page, "P-001", "P-002")

    assert await unmarked_focus(page) == []


async def test_a_wrong_clock_is_said(clinic: ConsoleClinic) -> None:
    page = await clinic.console()
    await expect(page.locator("#clock-wrong")).to_be_hidden()

    clinic.clock.forward(minutes=-20)
    await clinic.issue()

    await expect(page.locator("#clock-wrong")).to_contain_text("clock is doubtful")
