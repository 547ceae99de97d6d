"""The pages of other programs, as an administrator and a programmer see them: readable, and for everybody."""

from pathlib import Path

import pytest

from queue_server.domain.access.actors import SYSTEM
from queue_server.domain.people.staff import Role
from queue_server.services.programs.webhooks import Subscription
from queue_server.web.identity import SESSION_COOKIE
from tests.browser.accessibility import violations
from tests.browser.checks import overflowing
from tests.browser.conftest import PageFactory, Screenshot
from tests.browser.server import a_served_clinic

pytestmark = pytest.mark.browser


async def test_the_pages_are_for_everybody_in_both_languages(
    page_factory: PageFactory, screenshot: Screenshot, tmp_path: Path
) -> None:
    async with a_served_clinic(tmp_path) as clinic:
        await clinic.services.programs.keys.add("Hospital records", ["events:read", "queues:read"])
        asked = Subscription("https://records.invalid/hooks/queue", ["token.called"])
        program = (await clinic.services.programs.keys.all())[-1]
        await clinic.services.programs.webhooks.add(program.id, asked, by=SYSTEM)
        await clinic.services.people.accounts.create("boss2", "correct horse", Role.ADMIN, "Boss", cost=4)
        session = await clinic.services.people.accounts.log_in("boss2", "correct horse")
        page = await page_factory(width=1440, height=900)
        await page.context.add_cookies([{"name": SESSION_COOKIE, "value": session, "url": clinic.url}])
        found = []

        for path in ("/admin/programs", "/admin/programs/webhooks/1", "/api/v1/docs"):
            for language in ("en", "hi"):
                for width in (1440, 390):
                    await page.set_viewport_size({"width": width, "height": 900})
                    await page.goto(f"{clinic.url}{path}?lang={language}")
                    name = f"{path.strip('/').replace('/', '-')}-{language}-{width}"
                    await screenshot(page, name, full_page="docs" not in path)
                    found += [f"{name}: {one}" for one in [*await violations(page), *await overflowing(page)]]

        assert found == []
        await page.context.close()
