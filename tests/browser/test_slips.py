"""The desk in a real browser."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Page, expect

from queue_server.domain.queue.tokens import Priority
from queue_server.storage.tables import PrintState
from tests.browser.checks import overflowing, poor_contrast, unmarked_focus
from tests.browser.conftest import PageFactory, Screenshot
from tests.browser.consoles import ConsoleClinic, a_console_clinic
from tests.browser.server import AGENT, PLACE

pytestmark = pytest.mark.browser


@pytest_asyncio.fixture(loop_scope="session")
async def clinic(tmp_path: Path, page_factory: PageFactory) -> AsyncIterator[ConsoleClinic]:
    """A clinic with a desk and one printer."""
    async with a_console_clinic(tmp_path, page_factory) as open_clinic:
        yield open_clinic


async def states(page: Page, *expected: str) -> None:
    """The slips have these states, newest first."""
    await expect(page.locator("#slips [data-state-of]")).to_have_text(list(expected))


async def print_states(clinic: ConsoleClinic, *reports: tuple[PrintState, str | None]) -> None:
    """So many tokens are issued, a minute apart, and the agent says this of each one's slip at once."""
    for state, reason in reports:
        await clinic.issue("GEN", place=PLACE)
        job = (await clinic.services.devices.printing.open_jobs(AGENT))[-1]
        await clinic.services.devices.printing.report(AGENT, job.id, state, reason)


async def test_slips_are_followed_from_the_queue_to_the_paper(clinic: ConsoleClinic, screenshot: Screenshot) -> None:
    page = await clinic.log_in("desk", "/desk/slips")
    await expect(page.locator("#slips-empty")).to_have_text("No slip has been printed today.")

    await print_states(
        clinic,
        (PrintState.PRINTED, None),
        (PrintState.UNCONFIRMED, "the printer does not confirm"),
        (PrintState.FAILED, "out of paper"),
        (PrintState.SENT, None),
    )
    await clinic.issue("GEN", place=PLACE)

    await states(
        page, "Waiting for the printer", "Sent to the printer", "Not printed", "Sent, not confirmed", "Printed"
    )
    await expect(page.locator("#slips tr", has_text="G-003")).to_contain_text("out of paper")
    await expect(page.locator(".queue-card", has_text="General").locator("strong")).to_have_text("5")
    await screenshot(page, "desk-slips")
    await page.get_by_label("Needs attention").check()
    await expect(page.locator("#slips .number")).to_have_text(["G-004", "G-003", "G-002"])
    await page.get_by_role("button", name="Remove the slip of G-002").click()
    await expect(page.locator("#slips .number")).to_have_text(["G-004", "G-003"])
    # Nobody stands at the printer any more: the slip waits here.
    clinic.clock.forward(minutes=2)
    await clinic.services.devices.printing.give_up_stale()
    await expect(page.locator("#slips tr", has_text="G-005")).to_contain_text("nobody waited for it any more")


async def test_a_slip_is_printed_again_once(clinic: ConsoleClinic, screenshot: Screenshot) -> None:
    await print_states(clinic, (PrintState.FAILED, "out of paper"))
    page = await clinic.log_in("desk", "/desk/slips")
    await states(page, "Not printed")

    await page.get_by_role("button", name="Print G-001 again").dblclick()

    await states(page, "Waiting for the printer", "Not printed")
    await expect(page.locator("#slips tbody tr").first).to_contain_text("Copy 2")
    await expect(page.locator("[data-note=again]")).to_have_text("G-001 is printed again.Close")
    await screenshot(page, "desk-again")
    await page.get_by_label("Needs attention").check()
    await expect(page.locator("#slips-empty")).to_have_text("Every slip was printed.")
    assert [job.copy for job in await clinic.services.devices.printing.open_jobs(AGENT)] == [2]


async def test_the_printer_tells_its_state(clinic: ConsoleClinic) -> None:
    page = await clinic.log_in("desk", "/desk/slips")

    await clinic.services.devices.printing.printer(AGENT, "out")
    await expect(page.locator(".printer-card .badge")).to_have_text("Out of paper")
    await clinic.services.devices.printing.printer(AGENT, "ok")

    await expect(page.locator(".printer-card .badge")).to_have_text("Printer ready")
    clinic.clock.forward(minutes=4)
    await expect(page.locator(".printer-card .badge")).to_have_text("Not connected")


async def test_without_the_server_the_desk_says_so_and_comes_back(
    clinic: ConsoleClinic, screenshot: Screenshot
) -> None:
    page = await clinic.log_in("desk", "/desk/slips", may_fail=True)
    await expect(page.locator(".queue-card")).to_have_count(4)

    await clinic.served.stop()
    await expect(page.locator("#not-live")).to_be_visible()
    await screenshot(page, "desk-away")
    await clinic.served.start()
    await clinic.issue("DEN", Priority.ASSISTED)

    await expect(page.locator("#not-live")).to_be_hidden()
    await expect(page.locator(".queue-card", has_text="Dental").locator("strong")).to_have_text("1")


@pytest.mark.parametrize("language", ["en", "hi"])
@pytest.mark.parametrize("width", [1440, 390])
async def test_the_desk_can_be_read_and_fits(
    clinic: ConsoleClinic, screenshot: Screenshot, language: str, width: int
) -> None:
    await print_states(clinic, (PrintState.PRINTED, None), (PrintState.FAILED, "out of paper"))
    await clinic.issue("GEN", place=PLACE)
    page = await clinic.log_in("desk", "/desk/slips", width=width)

    await page.goto(f"{clinic.url}/desk/slips?lang={language}")
    await expect(page.locator("#slips [data-state-of]")).to_have_count(3)
    await screenshot(page, f"desk-{language}-{width}", full_page=True)

    assert await overflowing(page) == []
    assert await poor_contrast(page) == []
    assert await unmarked_focus(page) == []
