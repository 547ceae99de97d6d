"""The pages of figures in a real browser: nobody is shut out, nothing overflows, today goes on by itself."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import expect

from queue_server.domain.access.actors import Actor, ActorKind
from queue_server.domain.people.staff import Role
from queue_server.services.queue.issuing import IssueRequest
from queue_server.simulation import seeded_history
from tests.browser.accessibility import violations
from tests.browser.checks import overflowing
from tests.browser.conftest import PageFactory, Screenshot
from tests.browser.server import a_served_clinic

pytestmark = pytest.mark.browser


async def test_figures_can_be_read_by_everybody_and_go_on_today(
    tmp_path: Path, page_factory: PageFactory, screenshot: Screenshot
) -> None:
    async with a_served_clinic(tmp_path) as clinic:
        services = clinic.services
        await services.people.accounts.create("boss", "correct horse", Role.ADMIN, "Boss", cost=4)
        await seeded_history.seed(services, 8, 30)
        await services.analytics.tallies.keep()
        page = await page_factory(width=1440, height=900)
        await page.goto(f"{clinic.url}/login?next=/admin/analytics")
        await page.fill("[name=login]", "boss")
        await page.fill("[name=password]", "correct horse")
        await page.press("[name=password]", "Enter")
        await expect(page.locator("svg.chart").first).to_be_visible()

        for language in ("en", "hi"):
            for name in ("analytics", "accuracy"):
                await page.goto(f"{clinic.url}/admin/{name}?lang={language}")
                await page.locator("summary").first.click()
                await screenshot(page, f"admin-{name}-{language}")
                assert await violations(page) == [], (name, language)
                assert await overflowing(page) == [], (name, language)

        await page.set_viewport_size({"width": 390, "height": 844})
        await page.goto(f"{clinic.url}/admin/analytics?lang=en")
        assert await overflowing(page) == []
        await page.clock.install()
        await page.goto(f"{clinic.url}/admin/analytics?from={await services.clinic.queues.day()}")
        await expect(page.locator("dd").first).to_have_text("0")
        await services.queue.issuing.issue(IssueRequest("GEN"), by=Actor(ActorKind.DESK, 1))
        await page.clock.fast_forward(31_000)
        await expect(page.locator("dd").first).to_have_text("1")
        # The page was loaded anew; its server must not go before its styles have come.
        await page.wait_for_load_state()
