"""A patient's own pages in a real browser: register, take a number, watch it live, cancel it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Page, expect

from queue_server.domain.access.actors import Actor, ActorKind
from queue_server.services.queue.issuing import IssueRequest
from tests.browser.checks import overflowing, poor_contrast, unmarked_focus
from tests.browser.conftest import PageFactory, Screenshot
from tests.browser.server import ServedClinic, a_served_clinic

pytestmark = pytest.mark.browser
KIOSK = Actor(ActorKind.KIOSK, 1)
DOCTOR = Actor(ActorKind.PROGRAM, 1)


@pytest_asyncio.fixture(loop_scope="session")
async def clinic(tmp_path: Path) -> AsyncIterator[ServedClinic]:
    """A clinic that phones can open."""
    async with a_served_clinic(tmp_path) as served:
        yield served


async def register(page: Page, clinic: ServedClinic, name: str = "Asha Devi", language: str = "en") -> None:
    """Fill the form and send it, as a person does who comes by the front page."""
    await page.goto(f"{clinic.url}/?lang={language}")
    await page.locator('a[href="/me/register"]').click()
    await page.locator("[name=name]").fill(name)
    await page.locator("[name=age]").fill("34")
    await page.locator("[name=phone]").fill("081234 56789")
    await page.locator("[name=pin]").fill("271828")
    await page.locator("[name=consent]").check()
    await page.locator("main button[type=submit]").click()
    await page.wait_for_url("**/me")


async def test_a_number_is_taken_watched_live_and_given_up(
    clinic: ServedClinic, page_factory: PageFactory, screenshot: Screenshot
) -> None:
    for _ in range(2):
        await clinic.services.queue.issuing.issue(IssueRequest("GEN"), by=KIOSK)
    page = await page_factory(width=390, height=844)
    await register(page, clinic)

    await page.locator("[data-take=GEN]").click()
    ticket = page.locator("[data-key]")
    await expect(ticket.locator(".number")).to_have_text("G-003")
    await expect(ticket.locator("[data-headline]")).to_have_text("2 people ahead of you")
    await expect(page.locator("[data-take=GEN]")).to_be_disabled()
    await screenshot(page, "patient-queue-en", full_page=True)

    await clinic.services.queue.calling.call_next("1", was_seen=True, by=DOCTOR)
    await expect(ticket.locator("[data-headline]")).to_have_text("1 person ahead of you")
    await clinic.services.queue.calling.call_next("1", was_seen=True, by=DOCTOR)
    await expect(ticket.locator("[data-headline]")).to_have_text("You are next")
    assert await ticket.get_attribute("data-kind") == "next"

    await page.get_by_role("link", name="Cancel").click()
    await page.get_by_role("link", name="No, keep it").click()
    assert await clinic.numbers() == ["G-002", "G-003"]
    await page.get_by_role("link", name="Cancel").click()
    await page.get_by_role("button", name="Yes, cancel it").click()
    await expect(page.locator("[data-headline]")).to_have_text("This number was cancelled")
    await expect(page.locator("[data-take=GEN]")).to_be_enabled()
    assert await clinic.numbers() == ["G-002"]


async def test_the_page_says_where_to_go_as_soon_as_the_number_is_called(
    clinic: ServedClinic, page_factory: PageFactory, screenshot: Screenshot
) -> None:
    page = await page_factory(width=390, height=844)
    await register(page, clinic, "आशा देवी", "hi")
    await page.locator("[data-take=DEN]").click()
    await expect(page.locator("[data-headline]")).to_have_text("आप कतार में पहले हैं")

    await clinic.services.queue.calling.call_next("2", by=DOCTOR)

    await expect(page.locator("[data-kind=called] [data-headline]")).to_contain_text("2")
    await screenshot(page, "patient-called-hi", full_page=True)


async def test_everything_works_without_script(clinic: ServedClinic, page_factory: PageFactory) -> None:
    page = await page_factory(width=390, height=844, java_script_enabled=False)
    await register(page, clinic)

    await page.locator("[data-take=GEN]").click()
    await page.get_by_role("link", name="Cancel").click()
    await page.get_by_role("button", name="Yes, cancel it").click()

    await expect(page.locator("[data-headline]")).to_have_text("This number was cancelled")
    assert await clinic.numbers() == []


@pytest.mark.parametrize("language", ["en", "hi"])
async def test_every_page_fits_is_readable_and_shows_the_focus(
    clinic: ServedClinic, page_factory: PageFactory, screenshot: Screenshot, language: str
) -> None:
    page = await page_factory(width=360, height=740)
    await register(page, clinic, "आशा " * 20 + "देवी", language)
    await page.locator("[data-take=GEN]").click()
    await page.wait_for_selector("[data-key]")
    key = await page.locator("[data-key]").get_attribute("data-key")
    assert key

    for path in ("/me", "/me/family", "/me/profile", "/me/tokens/1/cancel", "/me/register"):
        await page.goto(clinic.url + path)
        await screenshot(page, f"patient{path.replace('/', '-')}-{language}", full_page=True)
        assert await overflowing(page) == [], path
        assert await poor_contrast(page) == [], path
        await page.emulate_media(color_scheme="dark", reduced_motion="reduce")
        await screenshot(page, f"patient{path.replace('/', '-')}-{language}-dark", full_page=True)
        assert await poor_contrast(page) == [], f"{path} (dark)"
        await page.emulate_media(color_scheme="light")
        assert await unmarked_focus(page) == [], path
