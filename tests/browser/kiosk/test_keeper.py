"""The kiosk whose keeper serves the page: two taps, a slip and a place in the queue while the server is really gone."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import pytest_asyncio
import zxingcpp
from PIL import ImageOps
from playwright.async_api import Page, expect

from kiosk.agent import AgentSettings
from kiosk.keeper.keeper import KeeperSettings
from kiosk.printing.rendering import render
from queue_server.domain.access.actors import SYSTEM
from queue_server.domain.devices.devices import DeviceKind
from queue_server.domain.people.staff import Role
from queue_server.locale import texts
from tests.browser.checks import overflowing
from tests.browser.conftest import PageFactory, Screenshot, free_port
from tests.browser.consoles import PASSWORD, ConsoleClinic, a_console_clinic
from tests.browser.fitting import misplaced
from tests.browser.kiosks import OUTSIDE
from tests.clinics import PROGRAM, open_services
from tests.kiosk.fake_printer import FakePrinter, a_printer
from tests.kiosk.keeper.keepers import a_running_keeper, has_kept
from tests.waiting import until

pytestmark = pytest.mark.browser

LANGUAGES = ("en", "hi", "ur")
#: Dots across the paper of 80 mm, on which the keeper prints unless told otherwise.
DOTS = 576
LATER = "The screen will show your number a little later."


@pytest_asyncio.fixture(loop_scope="session")
async def clinic(tmp_path: Path, page_factory: PageFactory) -> AsyncIterator[ConsoleClinic]:
    """A clinic that speaks Urdu too, with a desk and an administrator."""
    async with a_console_clinic(tmp_path, page_factory) as made:
        settings = made.services.clinic.settings
        await settings.save({**await settings.read(), "languages": list(LANGUAGES)}, None, by=SYSTEM)
        await made.services.people.accounts.create("boss", PASSWORD, Role.ADMIN, "Boss", cost=4)
        yield made


@pytest.fixture
def printer() -> Iterator[FakePrinter]:
    """A printer on the network."""
    with a_printer() as made:
        yield made


@asynccontextmanager
async def a_kept_kiosk(
    clinic: ConsoleClinic, printer: FakePrinter, page_factory: PageFactory, folder: Path
) -> AsyncIterator[Page]:
    """The touch screen of a second entrance, served by its keeper, which knows all that it needs."""
    registry = clinic.services.devices.registry
    agent = AgentSettings(
        server=clinic.url,
        key=await registry.add(DeviceKind.AGENT, "Hall printer", "hall"),
        printer=f"tcp://127.0.0.1:{printer.port}",
        ledger=folder / "ledger",
    )
    key = await registry.add(DeviceKind.KIOSK, "Hall kiosk", "hall")
    settings = KeeperSettings(agent, key, folder / "numbers.db", free_port())
    async with a_running_keeper(settings):
        await until(lambda: has_kept(settings.database, "/kiosk"))
        page = await page_factory(width=1080, height=1920, reduced_motion="reduce")
        await page.goto(f"http://localhost:{settings.port}/kiosk")
        await expect(page.locator("[data-screen=home]:not([inert])")).to_be_visible()
        yield page
        await page.context.close()


async def two_taps(kiosk: Page, language: str, department: str) -> str:
    """Touch a language and a department; the number that is shown when its slip is printed."""
    await kiosk.click(f"[data-language={language}]")
    await kiosk.click(f"[data-code={department}] .tile")
    await expect(kiosk.locator("[data-screen=token][data-slip=printed]:not([inert])")).to_be_visible()
    return await kiosk.inner_text("#token-number")


def the_link_on(document: bytes) -> str:
    """The address in the QR code of the printed slip, as a phone reads it."""
    (code,) = zxingcpp.read_barcodes(ImageOps.expand(render(document, DOTS).picture.convert("L"), 20, 255))
    return str(code.text)


async def close_dental(clinic: ConsoleClinic) -> None:
    """Somebody closed it, and the kiosk could not hear of that: the server ended with the same breath."""
    async with open_services(clinic.served.settings.database_url, clinic.clock) as services:
        dental = await services.clinic.departments.one("DEN")
        await services.clinic.departments.save("DEN", {**dental, "is_open": False}, None, by=SYSTEM)


async def test_without_the_server_two_taps_give_a_slip_and_a_place_in_the_queue(
    clinic: ConsoleClinic, printer: FakePrinter, page_factory: PageFactory, screenshot: Screenshot, tmp_path: Path
) -> None:
    async with a_kept_kiosk(clinic, printer, page_factory, tmp_path) as kiosk:
        assert await two_taps(kiosk, "en", "GEN") == "G-001"
        await kiosk.click("#done")
        await clinic.served.stop()
        await expect(kiosk.locator("#away")).to_be_hidden()

        # Nobody at the kiosk notices; what nobody can know is not said.
        given, wrong = [], list[str]()
        for language, department in (("hi", "DEN"), ("ur", "GEN")):
            given.append(await two_taps(kiosk, language, department))
            await expect(kiosk.locator("#token-ahead")).to_have_text(texts(language).gettext(LATER))
            await screenshot(kiosk, f"kiosk-8-keeper-token-{language}")
            wrong += await kiosk.evaluate(OUTSIDE) + await misplaced(kiosk, ".paper, .button")
            await kiosk.click("#done")
        assert (given, wrong) == (["D-A01", "G-A01"], [])

        # The slips are on paper, each with a link that opens later.
        assert [render(slip, DOTS).text.split()[0] for slip in printer.printed] == ["G-001", *given]
        links = [the_link_on(slip) for slip in printer.printed[1:]]
        await close_dental(clinic)
        await clinic.served.start()
        await are_handed_in(clinic, page_factory, links)
        await looks(clinic, screenshot)


async def are_handed_in(clinic: ConsoleClinic, page_factory: PageFactory, links: list[str]) -> None:
    """The queue and the display have the numbers, and the links on the slips lead to them."""

    async def have_come() -> bool:
        return await clinic.served.numbers() == ["G-001", "G-A01"]

    await until(have_come)
    display = await page_factory(width=1920, height=1080, reduced_motion="reduce")
    await clinic.served.enrol(display, clinic.served.display_key)
    await display.goto(f"{clinic.url}/display/main")
    await clinic.services.queue.calling.call_next("1", by=PROGRAM)
    await clinic.services.queue.calling.call_next("1", by=PROGRAM)
    await expect(display.locator("#hero .hero-call .number").first).to_have_text("G-A01")
    clinic.pages.append(display)
    shown = [await clinic.services.screens.token_pages.phone(link.rpartition("/t/")[2]) for link in links]
    assert [one["number"] for one in shown] == ["D-A01", "G-A01"]


async def looks(clinic: ConsoleClinic, screenshot: Screenshot) -> None:
    """What the desk should see to, and how the keeper is, fit a small laptop."""
    desk = await clinic.log_in("desk", "/desk/slips", width=1366, height=768)
    await expect(desk.locator("[data-task] .number")).to_have_text(["D-A01"])
    await screenshot(desk, "desk-keeper-tasks", full_page=True)
    admin = await clinic.log_in("boss", "/admin/devices", width=1366, height=768)
    await expect(admin.locator("[data-keeper=A]")).to_contain_text("Every number is handed in.")
    await screenshot(admin, "admin-devices-keeper", full_page=True)
    for page in (desk, admin):
        assert await overflowing(page) == []
        assert await misplaced(page, "td, th, .button") == []
