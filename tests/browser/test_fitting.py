"""The pages of staff fit their windows, however long the names are."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Page, expect

from queue_server.domain.access.actors import SYSTEM
from queue_server.domain.people.staff import Role
from queue_server.domain.queue.tokens import Action, Priority
from tests.browser.conftest import PageFactory
from tests.browser.consoles import PASSWORD, ConsoleClinic, a_console_clinic, in_room, press
from tests.browser.fitting import misplaced

pytestmark = pytest.mark.browser

LONG = {
    "en": "Cardiology, hypertension and non-communicable diseases",
    "hi": "हृदय रोग, उच्च रक्तचाप और असंचारी रोगों की जाँच",
}
WINDOWS = [(1366, 768), (1440, 900), (1920, 1080), (1024, 768), (360, 740)]
BOXES = ".button, .badge, .card, td, th, .input"

#: How high the header is, which buttons are not wholly visible, and how much higher the highest row is than the lowest.
CONSOLE = """
() => {
  const edge = Math.min(innerHeight, document.querySelector(".present").getBoundingClientRect().bottom);
  const rows = [...document.querySelectorAll(".entry")].map((row) => row.getBoundingClientRect().height);
  return {
    header: document.querySelector(".bar").getBoundingClientRect().height,
    cut: [...document.querySelectorAll(".actions .button")]
      .filter((button) => button.checkVisibility() && button.getBoundingClientRect().bottom > edge)
      .map((button) => button.textContent.trim()),
    unevenness: Math.max(...rows) / Math.min(...rows),
  };
}
"""

#: Lists of the desk that are wider than their place, and rooms of whose name nothing but the beginning is left.
HIDDEN_COLUMNS = """
() => [...document.querySelectorAll(".desk-list .table-scroll, .desk-list td:nth-child(3)")]
  .filter((box) => box.scrollWidth > box.clientWidth + 1)
  .map((box) => box.textContent.trim())
"""


@pytest_asyncio.fixture(loop_scope="session")
async def clinic(tmp_path: Path, page_factory: PageFactory) -> AsyncIterator[ConsoleClinic]:
    """A clinic whose children's department has a name as long as names may be, with people waiting there."""
    async with a_console_clinic(tmp_path, page_factory) as open_clinic:
        await open_clinic.services.clinic.departments.change("PED", {"names": LONG}, by=SYSTEM)
        room = await open_clinic.services.clinic.departments.room("7")
        long_room = {**room[1], "names": {"en": "Immunisation and growth, upstairs left"}}
        await open_clinic.services.clinic.departments.save_room(room[0], long_room, None, by=SYSTEM)
        await open_clinic.services.people.accounts.create("boss", PASSWORD, Role.ADMIN, "Boss", cost=4)
        for priority in (Priority.NORMAL, Priority.ASSISTED, Priority.ASSISTED, Priority.NORMAL):
            await open_clinic.issue(priority=priority)
        yield open_clinic


async def faults(page: Page, url: str, *, is_live: str) -> list[str]:
    """What does not fit, in either language and any window."""
    found = []
    for language in ("en", "hi"):
        await page.goto(f"{url}?lang={language}")
        await expect(page.locator(is_live).first).to_be_visible()
        for width, height in WINDOWS:
            await page.set_viewport_size({"width": width, "height": height})
            wrong = await misplaced(page, BOXES)
            if await page.evaluate("document.documentElement.scrollWidth") > width:
                wrong.append("the page is wider than its window")
            found += [f"{language} {width}×{height}: {one}" for one in wrong]
    return found


async def test_the_desk_and_the_administration_fit(clinic: ConsoleClinic) -> None:
    await clinic.services.queue.calling.call_next("7", by=clinic.doctors[0])
    page = await clinic.log_in("boss", "/desk")

    wrong = await faults(page, f"{clinic.url}/desk", is_live="[data-list=active] tbody .number")
    for width in (1366, 1440):
        await page.set_viewport_size({"width": width, "height": 768})
        heights = await page.evaluate(
            "[...document.querySelectorAll('.desk-list tbody tr')].map((row) => row.offsetHeight)"
        )
        wrong += [f"{width}: rows are {sorted(set(heights))} high"] if max(heights) > 1.2 * min(heights) else []
    wrong += await faults(page, f"{clinic.url}/admin/departments", is_live="[data-department]")
    wrong += await faults(page, f"{clinic.url}/admin/analytics", is_live="#report")

    assert wrong == []


async def test_a_laptop_shows_room_and_time_of_an_emergency_at_the_desk(clinic: ConsoleClinic) -> None:
    for priority in (Priority.EMERGENCY, Priority.URGENT):
        await clinic.issue(priority=priority, reason="fell down")
    await clinic.services.queue.calling.call_next("8", by=clinic.doctors[1])
    page = await clinic.log_in("boss", "/desk")

    for language in ("en", "hi"):
        await page.goto(f"{clinic.url}/desk?lang={language}")
        await expect(page.locator("[data-list=active] tbody [data-priority=emergency]")).to_be_visible()
        for width, height in ((1366, 768), (1440, 900), (1920, 1080)):
            await page.set_viewport_size({"width": width, "height": height})
            assert await page.evaluate(HIDDEN_COLUMNS) == [], (language, width)


async def test_a_laptop_shows_the_whole_room_of_who_is_with_the_doctor_after_a_long_wait(clinic: ConsoleClinic) -> None:
    for _ in range(4):
        await clinic.issue(priority=Priority.ASSISTED)
    clinic.clock.forward(minutes=95)
    called = await clinic.services.queue.calling.call_next("8", by=clinic.doctors[1])
    assert called is not None
    await clinic.services.queue.calling.act(called.token_id, Action.START, by=clinic.doctors[1])
    page = await clinic.log_in("boss", "/desk")

    for language in ("en", "hi"):
        await page.goto(f"{clinic.url}/desk?lang={language}")
        await expect(page.locator("[data-list=active] tbody [data-state=serving]")).to_be_visible()
        for width, height in ((1366, 768), (1440, 900), (1920, 1080)):
            await page.set_viewport_size({"width": width, "height": height})
            assert await page.evaluate(HIDDEN_COLUMNS) == [], (language, width)
    await expect(page.locator("[data-list=active] td[title='कमरा 8']")).to_have_text("8")


async def test_a_display_shows_long_names_whole(clinic: ConsoleClinic) -> None:
    setting = await clinic.services.clinic.settings.read()
    name = "Sunrise Rural Community Health Centre and Maternity Home"
    await clinic.services.clinic.settings.save({**setting, "name": name}, None, by=SYSTEM)
    page = await clinic.page_factory(width=1920, height=1080, reduced_motion="reduce")
    clinic.pages.append(page)
    await clinic.served.enrol(page, clinic.served.display_key)
    await page.goto(f"{clinic.url}/display/main")
    await clinic.services.queue.calling.call_next("7", by=clinic.doctors[0])
    await clinic.services.queue.calling.call_next("8", by=clinic.doctors[1])
    await expect(page.locator(".recent-call")).to_be_visible()

    for width, height in [(1920, 1080), (1366, 768), (800, 480), (1080, 1920)]:
        await page.set_viewport_size({"width": width, "height": height})
        assert await misplaced(page, ".department, .recent-call, .hero-call, .badge, .display-head") == [], (
            width,
            height,
        )
    assert await page.locator(".department[data-tight]").count() == 0


async def test_a_laptop_shows_the_whole_console(clinic: ConsoleClinic) -> None:
    page = await clinic.console(width=1366, height=768, reduced_motion="reduce")
    await press(page, "n")
    await in_room(page, "P-002")
    # Everything is said that can be: the patient needs help, and has not come for minutes.
    clinic.clock.forward(minutes=4)
    await page.reload()
    await expect(page.locator("#present-hint")).to_be_visible()

    for width, height in WINDOWS[:3]:
        await page.set_viewport_size({"width": width, "height": height})
        assert await misplaced(page, BOXES) == []
        looks = await page.evaluate(CONSOLE)
        assert (looks["header"] < 80, looks["cut"], looks["unevenness"] < 1.5) == (True, [], True), (width, looks)


async def test_a_laptop_shows_a_rooms_name_whole_however_long_the_doctors_is(clinic: ConsoleClinic) -> None:
    name = "Dr. Meenakshi Sundaram Ramasubramanian"
    await clinic.services.people.accounts.create("long", PASSWORD, Role.DOCTOR, name, cost=4)
    page = await clinic.log_in("long", "/doctor/8", width=1366, height=768)
    await press(page, "n")
    await expect(page.locator("#take-break")).to_be_visible()

    for language, width in (("en", 1366), ("hi", 1366), ("en", 1280), ("en", 1024)):
        await page.set_viewport_size({"width": width, "height": 768})
        await page.goto(f"{clinic.url}/doctor/8?lang={language}")
        await expect(page.locator("#take-break")).to_be_visible()
        title = page.locator(".bar-room > span").nth(1)
        room = await title.evaluate("(e) => [e.textContent, e.scrollWidth <= e.clientWidth]")
        assert room == ["Room 8" if language == "en" else "कमरा 8", True], (language, width)
        assert await misplaced(page, BOXES) == [], (language, width)
