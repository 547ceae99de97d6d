"""Desk and console while the server is away, and entering afterwards what was done by voice."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
import pytest_asyncio
from playwright.async_api import Page, expect

from queue_server.domain.access.actors import SYSTEM
from queue_server.domain.queue.tokens import Priority
from tests.browser.accessibility import violations
from tests.browser.cables import Cable, Line
from tests.browser.checks import overflowing, poor_contrast, unmarked_focus
from tests.browser.conftest import SCREENSHOTS, PageFactory, Screenshot
from tests.browser.consoles import ConsoleClinic, a_console_clinic, in_room, is_live, list_shows, press

pytestmark = pytest.mark.browser


#: In how many lines the outcomes of one number stand.
LINES_OF_OUTCOMES = """
() => [...new Set([...document.querySelectorAll(".outcomes")].map((row) =>
  new Set([...row.children].map((one) => one.offsetTop)).size))]
"""


@pytest_asyncio.fixture(loop_scope="session")
async def clinic(tmp_path: Path, page_factory: PageFactory) -> AsyncIterator[ConsoleClinic]:
    """A clinic with a desk and two doctors."""
    async with a_console_clinic(tmp_path, page_factory) as open_clinic:
        yield open_clinic


@pytest_asyncio.fixture(loop_scope="session")
async def line(clinic: ConsoleClinic) -> AsyncIterator[Line]:
    """The cable between the pages and the server, plugged in."""
    cable = Line(clinic.served.settings.port)
    await cable.plug()
    yield cable
    for page in clinic.pages:
        await page.context.close()
    clinic.pages.clear()
    await cable.cut()


async def a_queue(clinic: ConsoleClinic) -> None:
    """Children: two wait, one of them urgent; one is called to room 7; one waits in General."""
    for priority in (Priority.NORMAL, Priority.NORMAL, Priority.URGENT):
        await clinic.issue(priority=priority, reason="fever" if priority is Priority.URGENT else None)
    await clinic.services.queue.calling.call_next("7", by=clinic.doctors[0])
    await clinic.issue("GEN")


async def desk_through(clinic: ConsoleClinic, line: Line, **options: Any) -> Page:
    """The desk's page behind the cable, live."""
    page = await clinic.log_in("desk", "/desk", may_fail=True, **options)
    await page.goto(f"{line.url}/desk")
    await expect(page.locator("#keys-button")).to_be_visible()
    await expect(page.locator("[data-list=active] tbody .amount").first).not_to_be_empty()
    return page


async def console_through(clinic: ConsoleClinic, line: Line, **options: Any) -> Page:
    """The first doctor's console behind the cable, live."""
    page = await clinic.console(may_fail=True, **options)
    await page.goto(f"{line.url}/doctor/7")
    await is_live(page)
    return page


async def lose(line: Line, state: Cable) -> None:
    """The server is away: refused at once, or swallowed without a word."""
    if state is Cable.CUT:
        await line.cut()
    else:
        line.silence()


def pages_of(pdf: bytes, name: str) -> list[str]:
    """What stands on each page, without spaces; pictures of them lie beside the screens."""
    document = pypdfium2.PdfDocument(pdf)
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    for number, sheet in enumerate(document):
        sheet.render(scale=1.5).to_pil().save(SCREENSHOTS / f"{name}-{number + 1}.png")
    return ["".join(sheet.get_textpage().get_text_range().split()) for sheet in document]


@pytest.mark.parametrize("state", [Cable.CUT, Cable.SILENT])
@pytest.mark.parametrize(("width", "height"), [(1440, 900), (1366, 768)])
async def test_the_desks_last_list_is_read_and_printed_without_the_server(
    clinic: ConsoleClinic, line: Line, screenshot: Screenshot, width: int, height: int, state: Cable
) -> None:
    await a_queue(clinic)
    page = await desk_through(clinic, line, width=width, height=height)
    await expect(page.locator("#open-list")).to_be_hidden()
    await lose(line, state)
    await page.get_by_role("button", name="The last list").click()

    shown = page.locator("#last-list")
    await expect(shown.locator("h1")).to_have_text("List of 10:04")
    rows = shown.locator("tbody tr")
    await expect(rows.locator("th")).to_have_text(["G-001", "P-003", "P-001", "P-002"])
    await expect(rows.nth(1)).to_contain_text("Urgent")
    await expect(rows.nth(1)).to_contain_text("Children")
    await screenshot(page, f"last-list-{width}")
    assert await overflowing(page) == []
    assert await poor_contrast(page) == []
    assert await violations(page) == []
    assert await unmarked_focus(page) == []
    (paper,) = pages_of(await page.pdf(format="A4"), f"last-list-paper-{width}")
    await page.keyboard.press("Escape")
    await screenshot(page, f"desk-away-{width}")

    for words in ("Listof10:04", "P-003", "G-001", "General", "10:01", "Attended"):
        assert words in paper
    assert "Endoftheday" not in paper


async def test_a_long_list_is_printed_on_several_pages_with_its_head_on_each(clinic: ConsoleClinic, line: Line) -> None:
    for _ in range(64):
        await clinic.issue("GEN")
    page = await desk_through(clinic, line)
    await line.cut()
    await page.locator("#open-list").click()

    papers = pages_of(await page.pdf(format="A4"), "last-list-long")

    assert len(papers) > 1
    assert all("Attended" in paper for paper in papers)
    assert "G-064" in papers[-1]


async def test_after_the_server_the_desk_enters_what_was_done_with_the_keyboard(
    clinic: ConsoleClinic, line: Line, screenshot: Screenshot
) -> None:
    await a_queue(clinic)
    page = await desk_through(clinic, line)
    await line.cut()
    await page.locator("#open-list").click()
    await line.plug()
    await expect(page.locator("#last-list")).to_be_hidden()
    await page.get_by_role("link", name="Enter what was done without it").click()
    await page.wait_for_url("**/desk/afterwards")
    said = page.locator("#quick-said")

    for typed, answer in (
        ("3 a", "P-003: attended"),
        ("1 a", "1 could be several numbers. Please write the whole one."),
        ("p1m", "P-001: missed"),
        ("p-002 x", "“p-002 x”: please write A or M behind the number."),
        ("99 m", "99 is not in this list."),
        ("G-001 a", "G-001: attended"),
        ("G1 n", "G-001: nothing"),
    ):
        await page.fill("#quick", typed)
        await page.keyboard.press("Enter")
        await expect(said).to_have_text(answer)
    await expect(page.locator("#chosen")).to_have_text("Chosen: 1 attended, 1 missed")
    await screenshot(page, "afterwards-desk-1440")
    await page.fill("#quick", "")
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("Nothing is wrong: 1 attended, 1 missed.")).to_be_visible()
    await expect(page.get_by_role("button", name="Enter all of it")).to_be_focused()
    await screenshot(page, "afterwards-desk-checked")
    await page.keyboard.press("Enter")

    await expect(page.get_by_text("Entered: 1 attended, 1 missed.")).to_be_visible()
    await expect(page.locator("#quick")).to_be_focused()
    await expect(page.locator("[data-number]")).to_have_count(3)
    assert set(await clinic.served.numbers("PED")) == {"P-001", "P-002"}


@pytest.mark.parametrize("language", ["en", "hi"])
@pytest.mark.parametrize(("width", "height"), [(1440, 900), (1366, 768), (390, 844)])
async def test_the_sheet_fits_its_screen(
    clinic: ConsoleClinic, screenshot: Screenshot, language: str, width: int, height: int
) -> None:
    await a_queue(clinic)
    names = {
        "en": "Cardiology, hypertension and non-communicable diseases",
        "hi": "हृदय रोग, उच्च रक्तचाप और असंचारी रोगों की जाँच",
    }
    await clinic.services.clinic.departments.change("PED", {"names": names}, by=SYSTEM)
    page = await clinic.log_in("desk", "/desk/afterwards", width=width, height=height, may_fail=True)
    await page.goto(f"{clinic.url}/desk/afterwards?lang={language}")
    await page.locator(".sheet-side summary").click()
    await page.fill("[name=lines]", "G-001 A\nG-009 A\nP-004")
    await page.check("[name='row P-001'][value=miss]")
    async with page.expect_navigation():
        await page.click("#check")

    await screenshot(page, f"afterwards-{language}-{width}")
    # Forty numbers are forty lines on a laptop.
    assert width < 1366 or await page.evaluate(LINES_OF_OUTCOMES) == [1]
    assert await overflowing(page) == []
    assert await poor_contrast(page) == []
    assert await violations(page) == []
    assert await unmarked_focus(page) == []


async def test_a_doctor_enters_the_own_rooms_and_undoes_it_at_the_console(
    clinic: ConsoleClinic, line: Line, screenshot: Screenshot
) -> None:
    await a_queue(clinic)
    page = await console_through(clinic, line, width=1366, height=768)
    await line.cut()
    await page.locator("#open-list").click()
    await expect(page.locator("#last-list tbody th")).to_have_text(["P-003", "P-001", "P-002"])
    await screenshot(page, "last-list-console-1366")
    await page.keyboard.press("n")
    await expect(page.locator("[data-note=away]")).to_have_count(0)
    await line.plug()
    await page.get_by_role("link", name="Enter what was done without it").click()
    await page.wait_for_url("**/doctor/7/afterwards")
    await screenshot(page, "afterwards-console-1366")
    for typed in ("3a", "1a", "2m"):
        await page.fill("#quick", typed)
        await page.keyboard.press("Enter")
        await expect(page.locator("#quick")).to_have_value("")
    await page.keyboard.press("Enter")
    await page.get_by_role("button", name="Enter all of it").press("Enter")
    await expect(page.get_by_text("Entered: 2 attended, 1 missed.")).to_be_visible()

    await page.get_by_role("link", name="Room 7").click()
    # Before the first frame the page has nothing to undo; after it there are eight seconds.
    await expect(page.locator("#undo")).to_be_visible()
    await press(page, "u")

    await in_room(page, "P-003")
    await list_shows(page, "P-001", "P-002")


@pytest.mark.parametrize("state", [Cable.CUT, Cable.SILENT])
async def test_a_console_keeps_one_press_visibly_and_shows_no_call_before_it_has_happened(
    clinic: ConsoleClinic, line: Line, state: Cable
) -> None:
    for _ in range(3):
        await clinic.issue()
    page = await console_through(clinic, line)
    await list_shows(page, "P-001", "P-002", "P-003")
    await lose(line, state)
    await expect(page.locator("#not-live")).to_be_visible()

    await press(page, "n")
    await expect(page.locator("[data-note=away]")).to_contain_text("“Call next” is sent again")
    for key in ("n", "a", "s", "u", "n"):
        await page.keyboard.press(key)
    await expect(page.locator("[data-note]")).to_have_count(1)
    await in_room(page, None)
    await list_shows(page, "P-001", "P-002", "P-003")
    await line.plug()

    await in_room(page, "P-001")
    await list_shows(page, "P-002", "P-003")
    await expect(page.locator("#not-live")).to_be_hidden()
    assert await kinds(clinic) == ["issue"] * 3 + ["call"]


async def test_a_press_that_was_given_up_is_not_done_when_the_line_is_back(clinic: ConsoleClinic, line: Line) -> None:
    await clinic.issue()
    page = await console_through(clinic, line)
    await list_shows(page, "P-001")
    await line.cut()
    await expect(page.locator("#not-live")).to_be_visible()
    await press(page, "n")

    await page.locator("[data-note=away] button").click()
    await expect(page.locator("[data-note=trouble]")).to_be_visible()
    await line.plug()
    await expect(page.locator("#not-live")).to_be_hidden()

    await in_room(page, None)
    await list_shows(page, "P-001")
    assert await kinds(clinic) == ["issue"]


async def test_the_desk_refuses_presses_that_it_cannot_deliver_and_does_none_of_them_later(
    clinic: ConsoleClinic, line: Line
) -> None:
    await a_queue(clinic)
    before = await kinds(clinic)
    page = await desk_through(clinic, line)
    for _ in range(4):
        await page.keyboard.press("ArrowDown")
    panel = page.locator("#panel")
    await expect(panel.locator(".number-large")).to_have_text("P-002")
    await line.cut()
    await expect(page.locator("#not-live")).to_be_visible()

    for key in ("h", "c"):
        await page.keyboard.press(key)
    await page.keyboard.press("Enter")
    await expect(page.locator("[data-note=panel]")).to_contain_text("The server does not answer.")
    await expect(page.locator("[data-list=active] [aria-selected]")).to_contain_text("Waiting")
    await page.keyboard.press("n")
    await page.keyboard.press("Enter")
    await expect(page.locator("#new-error")).to_contain_text("The server does not answer.")
    await line.plug()
    await expect(page.locator("#not-live")).to_be_hidden()

    await expect(page.locator("[data-list=active] [data-count]")).to_have_text("4")
    assert await kinds(clinic) == before


async def kinds(clinic: ConsoleClinic) -> list[str]:
    """What the journal says was done to tokens."""
    lines = await clinic.services.programs.journal.events(0, 1000)
    return [str(line["kind"]) for line in lines if line["token"] is not None]
