"""What browsers do of themselves: they translate pages, and show again what they were on before."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from urllib.parse import urlsplit

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, Route, expect

from queue_server.domain.access.actors import Actor, ActorKind
from queue_server.domain.people.staff import Role
from queue_server.domain.queue.tokens import DutyState
from queue_server.services.queue.issuing import IssueRequest
from queue_server.web.identity import DEVICE_COOKIES
from tests.browser.server import AGENT, ServedClinic, a_served_clinic

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

#: What a browser's translation makes of a page: each text lies in elements of its own.
TRANSLATED = """
() => {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), texts = [];
  while (walker.nextNode()) texts.push(walker.currentNode);
  for (const text of texts) {
    if (text.parentElement.closest("script, style")) continue;
    const outer = document.createElement("font"), inner = outer.appendChild(document.createElement("font"));
    inner.textContent = text.data;
    text.replaceWith(outer);
  }
}
"""


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def clinic(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[ServedClinic]:
    """One for all tests here; "doctor" works in room 1."""
    async with a_served_clinic(tmp_path_factory.mktemp("browsers")) as served:
        doctor = await served.services.people.accounts.create(
            "doctor", "correct horse", Role.DOCTOR, "Doctor 1", cost=4
        )
        actor = Actor(ActorKind.DOCTOR, doctor, "Doctor 1")
        await served.services.queue.duties.change("1", DutyState.ON_DUTY, doctor=actor)
        yield served


async def test_a_phone_and_a_display_that_the_browser_has_translated_go_on_living(
    clinic: ServedClinic, browser: Browser
) -> None:
    token = await clinic.services.queue.issuing.issue(IssueRequest("GEN"), by=AGENT)
    context = await browser.new_context()
    name = DEVICE_COOKIES[ActorKind.DISPLAY]
    await context.add_cookies([{"name": name, "value": clinic.display_key, "url": clinic.url}])
    phone, display = await context.new_page(), await context.new_page()
    problems: list[str] = []
    for page, path in ((phone, f"/t/{token.key}"), (display, "/display/main")):
        page.on("pageerror", lambda error: problems.append(str(error)))
        await page.goto(clinic.url + path)
    await expect(phone.locator("#ticket")).to_have_attribute("data-kind", "next")
    await expect(display.locator(".department").first).to_be_attached()
    for page in (phone, display):
        await page.evaluate(TRANSLATED)

    await clinic.services.queue.calling.call_next("1", by=Actor(ActorKind.DOCTOR, 1, "Doctor 1"))

    await expect(phone.locator("#ticket")).to_have_attribute("data-kind", "called")
    await expect(display.locator("body")).to_contain_text(token.number)
    assert problems == []
    await context.close()


async def log_in(clinic: ServedClinic, page: Page) -> None:
    await page.goto(f"{clinic.url}/login?next=/doctor/1")
    await page.locator("[name=login]").fill("doctor")
    await page.locator("[name=password]").fill("correct horse")
    await page.locator("[name=password]").press("Enter")
    await page.wait_for_url("**/doctor/1")


async def test_a_line_that_ends_before_the_answer_to_a_logout_is_there_leads_nowhere(
    clinic: ServedClinic, browser: Browser
) -> None:
    context = await browser.new_context()
    page = await context.new_page()
    async with page.expect_websocket() as opened:
        await log_in(clinic, page)
    line = await opened.value
    visits: list[str] = []

    async def answer_after_the_line_has_ended(route: Route) -> None:
        answer = await route.fetch(max_redirects=0)
        await ended
        await route.fulfill(response=answer)

    await page.route("**/logout", answer_after_the_line_has_ended)
    ended = asyncio.ensure_future(line.wait_for_event("close"))
    page.on("request", lambda request: visits.append(f"{request.method} {urlsplit(request.url).path}"))
    await page.evaluate("document.querySelector('form[action$=logout]').requestSubmit()")
    await page.wait_for_url("**/login**")

    assert "GET /doctor/1" not in visits
    await context.close()


async def test_back_after_a_logout_shows_nothing_of_what_was_there(clinic: ServedClinic, browser: Browser) -> None:
    context = await browser.new_context()
    page = await context.new_page()
    await log_in(clinic, page)
    await page.evaluate("document.querySelector('form[action$=logout]').requestSubmit()")
    await page.wait_for_url("**/login**")

    await page.go_back()

    await expect(page.locator("[name=password]")).to_be_visible()
    assert "Doctor 1" not in await page.content()
    await context.close()
