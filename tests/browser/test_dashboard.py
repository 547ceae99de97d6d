"""The administration's front page goes on by itself, and staff are told what is wrong where they look."""

from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from queue_server.domain.people.staff import Role
from queue_server.domain.queue.tokens import DutyState, Priority
from tests.browser.accessibility import violations
from tests.browser.checks import overflowing
from tests.browser.conftest import PageFactory, Screenshot
from tests.browser.consoles import PASSWORD, a_console_clinic
from tests.browser.fitting import misplaced
from tests.browser.server import AGENT

pytestmark = pytest.mark.browser

WINDOWS = [(1440, 900), (1366, 768), (390, 844)]
BOXES = ".button, .badge, .card, td, th"


async def cells(page: Page, department: str) -> list[str]:
    """What the department's row says."""
    return [text.strip() for text in await page.locator(f"[data-department={department}] td").all_inner_texts()]


async def test_the_dashboard_and_the_banners_tell_how_the_clinic_stands(
    tmp_path: Path, page_factory: PageFactory, screenshot: Screenshot
) -> None:
    async with a_console_clinic(tmp_path, page_factory) as clinic:
        await clinic.services.people.accounts.create("boss", PASSWORD, Role.ADMIN, "Boss", cost=4)
        boss, desk = await clinic.log_in("boss", "/admin"), await clinic.log_in("desk", "/desk")
        await expect(boss.locator("[data-department=PED] td").first).to_have_text("0")

        for priority in (Priority.NORMAL, Priority.ASSISTED, Priority.NORMAL):
            await clinic.issue(priority=priority)
        duties, doctors = clinic.services.queue.duties, clinic.doctors
        back_at = clinic.clock.now().replace(hour=6, minute=0)
        await duties.change("7", DutyState.ON_DUTY, doctor=doctors[0])
        await duties.change("8", DutyState.ON_BREAK, doctor=doctors[1], back_at=back_at)
        await clinic.services.queue.calling.call_next("7", by=doctors[0])
        await clinic.services.devices.printing.printer(AGENT, "out")

        paper = "Entrance printer: out of paper."
        for page in (boss, desk):
            await expect(page.locator("#troubles li")).to_have_text(paper)
        await expect(boss.locator("[data-department=PED] td").nth(1)).to_have_text("1")
        assert (await cells(boss, "PED"))[:4] == ["2", "1", "0", "0"]
        await expect(boss.locator("#longest .number")).to_have_text(["P-001", "P-003"])
        await expect(boss.locator("#doctors li")).to_contain_text(["On duty", "Back at 11:30"])
        await expect(boss.locator("#devices")).to_contain_text("No paper")

        for language in ("en", "hi"):
            await boss.goto(f"{clinic.url}/admin?lang={language}")
            await expect(boss.locator("[data-department=PED] td").first).to_have_text("2")
            assert await violations(boss) == [], language
            for width, height in WINDOWS:
                await boss.set_viewport_size({"width": width, "height": height})
                await screenshot(boss, f"admin-home-{language}-{width}", full_page=True)
                assert await overflowing(boss) == [], (language, width)
                assert await misplaced(boss, BOXES) == [], (language, width)
        await screenshot(desk, "desk-trouble-en")
        await clinic.services.devices.printing.printer(AGENT, "ok")
        await expect(desk.locator("#troubles")).to_be_hidden()


async def test_a_page_begins_with_its_heading_on_a_phone_and_the_menu_opens_over_it(
    tmp_path: Path, page_factory: PageFactory, screenshot: Screenshot
) -> None:
    async with a_console_clinic(tmp_path, page_factory) as clinic:
        await clinic.services.people.accounts.create("boss", PASSWORD, Role.ADMIN, "Boss", cost=4)
        boss = await clinic.log_in("boss", "/admin")
        menu, entry = boss.get_by_role("button", name="Menu"), boss.locator(".admin-nav a[href='/admin/rooms']")
        await expect(entry).to_be_visible()
        await expect(menu).to_be_hidden()

        await boss.set_viewport_size({"width": 390, "height": 844})
        await boss.goto(f"{clinic.url}/admin/departments")
        await expect(boss.get_by_role("heading", level=1)).to_be_in_viewport()
        await expect(entry).to_be_hidden()
        await menu.focus()
        await boss.keyboard.press("Enter")
        await expect(entry).to_be_visible()
        await screenshot(boss, "admin-menu-open")
        assert await overflowing(boss) == []
        assert await violations(boss) == []
        await boss.keyboard.press("Escape")
        await expect(entry).to_be_hidden()
        await menu.click()
        await boss.get_by_role("button", name="Close").click()
        await expect(entry).to_be_hidden()
        await menu.click()
        await entry.click()
        await boss.wait_for_url("**/admin/rooms")
        await expect(boss.get_by_role("heading", level=1)).to_be_in_viewport()
