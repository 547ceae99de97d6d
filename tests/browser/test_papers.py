"""The pages round papers: verifying one on a phone, and setting the letterhead."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Page, expect

from queue_server.domain.people.staff import Role
from tests.browser.accessibility import violations
from tests.browser.checks import overflowing, unmarked_focus
from tests.browser.conftest import PageFactory, Screenshot
from tests.papers.examples import a_prescription
from tests.papers.pictures import codes
from tests.running import Running, a_running_clinic

pytestmark = pytest.mark.browser


@pytest_asyncio.fixture(loop_scope="session")
async def running(tmp_path: Path) -> AsyncIterator[Running]:
    """The clinic on SQLite with the administrator `boss`."""
    async with a_running_clinic(f"sqlite:///{tmp_path}/queue.db", tmp_path) as served:
        await served.services.people.accounts.create("boss", "correct horse", Role.ADMIN, "Boss", cost=4)
        yield served


async def check(page: Page) -> None:
    """The page is whole: nothing to stumble over, nothing beyond the edge, and the keyboard is seen everywhere."""
    assert await violations(page) == []
    assert await overflowing(page) == []
    assert await unmarked_focus(page) == []


@pytest.mark.parametrize("language", ["en", "hi"])
async def test_a_paper_is_verified_and_its_file_compared_on_the_phone(
    language: str, running: Running, page_factory: PageFactory, screenshot: Screenshot, tmp_path: Path
) -> None:
    papers = running.services.records.papers
    made = await papers.make(a_prescription(language), language)
    async with running.services.store.transaction() as work:
        await papers.keep(work, made)
    ((link,),) = codes(made.pdf)
    own, forged = tmp_path / "paper.pdf", tmp_path / "forged.pdf"
    own.write_bytes(made.pdf)
    forged.write_bytes(made.pdf.replace(b"%%EOF", b"%%EOX"))
    page = await page_factory(width=390, height=844)

    await page.goto(link.replace("http://queue.test", running.url) + f"&lang={language}")
    assert await page.locator("main .message").get_attribute("data-kind") == "ok"
    await page.set_input_files("#file-input", forged)
    await page.wait_for_selector('#result [data-kind="danger"]')
    await page.set_input_files("#file-input", own)
    await page.wait_for_selector('#result [data-kind="ok"]')

    assert "paper.pdf" in await page.inner_text("#result")
    await screenshot(page, f"verify-{language}", full_page=True)
    await check(page)


@pytest.mark.parametrize("language", ["en", "hi"])
async def test_the_letterhead_is_shown_while_it_is_typed(
    language: str, running: Running, page_factory: PageFactory, screenshot: Screenshot, tmp_path: Path
) -> None:
    large = tmp_path / "large.png"
    large.write_bytes(bytes(3 * 1024 * 1024))
    page = await page_factory()
    await page.goto(f"{running.url}/login?next=/admin/letterhead&lang={language}")
    await page.fill("[name=login]", "boss")
    await page.fill("[name=password]", "correct horse")
    await page.click("main button[type=submit]")
    await page.wait_for_selector("#heading")
    await page.wait_for_load_state("load")

    async with page.expect_response(
        lambda answer: "paper.png" in answer.url and "Sunrise" in (answer.request.post_data or "")
    ) as drawn:
        await page.fill("#field-name", "Sunrise Clinic")
    answer = await drawn.value
    assert (answer.status, answer.headers["content-type"]) == (200, "image/png")
    await expect(page.locator("#paper-picture")).to_have_attribute("src", re.compile("^data:image/png"))
    await page.set_input_files("#field-logo", large)
    assert "2 MB" in str(await page.evaluate("document.getElementById('field-logo').validationMessage"))
    await page.set_input_files("#field-logo", [])
    await page.click("#save")
    await page.wait_for_url("**/admin/letterhead?saved=1")

    assert await page.input_value("#field-name") == "Sunrise Clinic"
    await screenshot(page, f"letterhead-{language}", full_page=True)
    await check(page)
