"""A screen that nobody touches shows nothing; whoever comes back finds everything as it was."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Page, expect

from tests.browser.checks import overflowing, poor_contrast
from tests.browser.conftest import PageFactory, Screenshot
from tests.browser.consoles import PASSWORD, ConsoleClinic, a_console_clinic, in_room, press

pytestmark = pytest.mark.browser


@pytest_asyncio.fixture(loop_scope="session")
async def clinic(tmp_path: Path, page_factory: PageFactory) -> AsyncIterator[ConsoleClinic]:
    """Two doctors and two rooms of one department."""
    async with a_console_clinic(tmp_path, page_factory) as open_clinic:
        doctor = open_clinic.doctors[0]
        await open_clinic.services.people.locking.set_pin(doctor, PASSWORD, "8402", cost=4)
        yield open_clinic


async def give(page: Page, secret: str) -> None:
    await page.fill("#lock [name=secret]", secret)
    await page.keyboard.press("Enter")


async def test_a_locked_console_hides_everything_and_loses_nothing(
    clinic: ConsoleClinic, screenshot: Screenshot
) -> None:
    await clinic.issue()
    page = await clinic.console(may_fail=True)
    await press(page, "n")
    await in_room(page, "P-001")
    await page.click("#take-break")
    await page.check("#break-dialog [name=reason][value='']", force=True)
    await page.fill("#break-dialog [name=other]", "Call from the ward")
    await page.evaluate("document.querySelector('#lock-now').click()")

    await expect(page.locator("#lock")).to_be_visible()
    await expect(page.locator("#present-number")).to_be_hidden()
    await expect(page.locator("#break-dialog [name=other]")).to_be_hidden()
    await page.keyboard.press("Escape")
    await page.keyboard.press("Escape")
    await expect(page.locator("#lock [name=secret]")).to_be_focused()
    await screenshot(page, "console-locked")
    assert await poor_contrast(page) == []
    await give(page, "0000")
    await expect(page.locator("#lock-error")).to_have_text("This PIN or password is wrong.")
    await clinic.issue()
    await give(page, "8402")

    await expect(page.locator("#lock")).to_be_hidden()
    await expect(page.locator("#break-dialog [name=other]")).to_have_value("Call from the ward")
    await page.keyboard.press("Escape")
    await expect(page.locator("[data-list=waiting] [data-count]")).to_have_text("1")
    await expect(page.locator("#not-live")).to_be_hidden()


async def test_the_server_locks_the_page_that_nobody_touches(clinic: ConsoleClinic) -> None:
    page = await clinic.console(may_fail=True)

    clinic.clock.forward(minutes=11)

    await expect(page.locator("#lock")).to_be_visible()
    await give(page, PASSWORD)
    await expect(page.locator("#lock")).to_be_hidden()
    await expect(page.locator("#not-live")).to_be_hidden()


@pytest.mark.parametrize("language", ["en", "hi"])
async def test_own_pages_can_be_read_and_fit(clinic: ConsoleClinic, screenshot: Screenshot, language: str) -> None:
    page = await clinic.log_in("doctor1", "/account", may_fail=True)
    for path, name in (("/account", "account"), ("/account/password", "password")):
        for width in (1440, 390):
            await page.set_viewport_size({"width": width, "height": 900})
            await page.goto(f"{clinic.url}{path}?lang={language}")
            await screenshot(page, f"{name}-{language}-{width}", full_page=True)
            assert await overflowing(page) == []
            assert await poor_contrast(page) == []
