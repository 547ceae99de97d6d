"""The whole path with every real part: two taps, a slip, a phone, a doctor's key, and what everybody sees of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path

import pytest
import zxingcpp
from PIL import ImageOps
from playwright.async_api import Page, expect

from kiosk.agent import AgentSettings, run_agent
from kiosk.printing.rendering import render
from queue_server.domain.devices.devices import DeviceKind
from queue_server.domain.people.staff import Role
from tests.browser.conftest import PageFactory, Screenshot
from tests.browser.server import DEPARTMENTS, ServedClinic, a_served_clinic
from tests.kiosk.fake_printer import FakePrinter, a_printer
from tests.waiting import until

pytestmark = pytest.mark.browser

PASSWORD = "correct horse"
#: Dots across the paper of 80 mm, on which the agent prints unless told otherwise.
DOTS = 576


@asynccontextmanager
async def printing_at(clinic: ServedClinic, printer: FakePrinter, folder: Path) -> AsyncIterator[str]:
    """A print agent at a second entrance serves the printer; gives the key of the kiosk that stands there."""
    agent = await clinic.services.devices.registry.add(DeviceKind.AGENT, "Hall printer", "hall")
    settings = AgentSettings(
        server=clinic.url, key=agent, printer=f"tcp://127.0.0.1:{printer.port}", ledger=folder / "ledger"
    )
    running = asyncio.create_task(run_agent(settings))
    try:
        yield await clinic.services.devices.registry.add(DeviceKind.KIOSK, "Hall kiosk", "hall")
    finally:
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running


@asynccontextmanager
async def a_page(page_factory: PageFactory, **options: object) -> AsyncIterator[Page]:
    """A page that is closed before its server goes, so that it has nothing to complain about."""
    page = await page_factory(**options)
    try:
        yield page
    finally:
        await page.context.close()


async def two_taps(kiosk: Page, language: str, department: str) -> str:
    """Touch a language and a department; the number that is shown."""
    await kiosk.click(f"[data-language={language}]")
    await kiosk.click(f"[data-code={department}] .tile")
    await expect(kiosk.locator("[data-screen=token]:not([inert])")).to_be_visible()
    return await kiosk.inner_text("#token-number")


async def log_in(page: Page, url: str, login: str) -> None:
    """From the console's address through the login page to the choice of rooms."""
    await page.goto(f"{url}/doctor")
    await page.fill("[name=login]", login)
    await page.fill("[name=password]", PASSWORD)
    await page.click("form [type=submit]")
    await page.wait_for_url(f"{url}/doctor")


async def press(page: Page, key: str) -> None:
    """Press a key when no button is down any more, so that it is a press of its own."""
    await expect(page.locator("[aria-busy=true]")).to_have_count(0)
    await page.keyboard.press(key)


def the_code_on(document: bytes) -> str:
    """The address in the QR code of the printed slip, as a phone reads it."""
    picture = render(document, DOTS).picture.convert("L")
    (code,) = zxingcpp.read_barcodes(ImageOps.expand(picture, 20, 255))
    return str(code.text)


async def is_called_on(display: Page, number: str, room: str) -> None:
    """The display shows the number huge, with its room."""
    await expect(display.locator("#hero .hero-call .number")).to_have_text([number, room])


async def follow(phone: Page, clinic: ServedClinic, link: str, number: str) -> None:
    """The printed link opens the token's page, with one person ahead."""
    assert link.startswith("http://queue.test/t/")
    await phone.goto(link.replace("http://queue.test", clinic.url))
    await expect(phone.locator("h1")).to_contain_text(number)
    await expect(phone.locator("[data-kind=waiting] [data-ahead]")).to_contain_text("1")


async def test_from_two_taps_to_the_doctors_room(
    page_factory: PageFactory, screenshot: Screenshot, tmp_path: Path
) -> None:
    async with AsyncExitStack() as stack:
        enter = stack.enter_async_context
        clinic = await enter(a_served_clinic(tmp_path, departments=DEPARTMENTS))
        await clinic.services.people.accounts.create("doctor", PASSWORD, Role.DOCTOR, "Doctor 1", cost=4)
        printer = stack.enter_context(a_printer())
        kiosk_key = await enter(printing_at(clinic, printer, tmp_path))
        kiosk = await enter(a_page(page_factory, width=1080, height=1920, reduced_motion="reduce"))
        display = await enter(a_page(page_factory, width=1920, height=1080, reduced_motion="reduce"))
        console = await enter(a_page(page_factory, width=1440, height=900))
        phone = await enter(a_page(page_factory, width=390, height=844, has_touch=True))

        # The screens of the entrance and of the display know where they stand.
        await clinic.enrol(kiosk, kiosk_key)
        await clinic.enrol(display, clinic.display_key)
        await kiosk.goto(f"{clinic.url}/kiosk")
        await display.goto(f"{clinic.url}/display/main")
        await expect(display.locator("#departments [data-code=GEN]")).to_be_visible()

        # Two patients take a number; the second one's slip comes out of the printer, with the link.
        first = await two_taps(kiosk, "en", "GEN")
        await kiosk.click("#done")
        second = await two_taps(kiosk, "hi", "GEN")
        assert (first, second) == ("G-001", "G-002")
        await until(lambda: len(printer.printed) == 2)
        await expect(kiosk.locator("[data-screen=token][data-slip=printed]")).to_be_visible()
        await screenshot(kiosk, "whole-path-kiosk")
        assert render(printer.printed[1], DOTS).text.startswith(second)
        link = the_code_on(printer.printed[1])

        # The link opens on a phone.
        await follow(phone, clinic, link, second)

        # Whoever comes next to the kiosk sees how many wait.
        await kiosk.click("#done")
        await kiosk.click("[data-language=en]")
        people = kiosk.locator("[data-code=GEN] .fact-people")
        await expect(people).to_have_text("2 people are waiting")

        # The doctor logs in, takes the room and calls the first patient.
        await log_in(console, clinic.url, "doctor")
        await console.click("[data-room='1']")
        await expect(console.locator("#primary-label")).to_have_text("Take this room")
        await press(console, "n")
        await expect(console.locator("#primary-label")).to_have_text("Call next")
        await press(console, "n")
        await is_called_on(display, first, "1")
        await expect(phone.locator(".panel[data-kind=next]")).to_be_visible()

        # The next press finishes the first and calls the second: everybody is told, the kiosk's next patient too.
        await press(console, "n")
        await is_called_on(display, second, "1")
        await expect(phone.locator(".panel[data-kind=called] [data-room]")).to_have_text("1")
        await expect(console.locator("#present-number")).to_have_text(second)
        await expect(people).to_have_text("Nobody is waiting")
        for page, name in ((display, "display"), (console, "console"), (phone, "phone")):
            await screenshot(page, f"whole-path-{name}")
