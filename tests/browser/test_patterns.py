"""The page of all components: readable, reachable by keyboard and whole, in every language and on every screen."""

from dataclasses import dataclass

import pytest

from queue_server.web.errors import ErrorPage
from queue_server.web.login import DevicePage, LoginPage
from queue_server.web.pages import Page
from tests.browser.accessibility import violations
from tests.browser.checks import overflowing, poor_contrast, unmarked_focus
from tests.browser.conftest import PageFactory, Screenshot, Serve
from tests.browser.rendering import pages, render
from tests.papers.test_reports import CHARTS

pytestmark = pytest.mark.browser
SCREENS = [(1440, 900), (390, 844)]


@dataclass(frozen=True)
class PatternsPage(Page):
    """All components, charts among them."""

    template = "shared/patterns.html"

    charts: list[object]


def patterns(language: str) -> str:
    """The page of all components, charts among them."""
    return render(PatternsPage(list(CHARTS.values())), language)


@pytest.mark.parametrize("language", ["en", "hi"])
@pytest.mark.parametrize(("width", "height"), SCREENS)
async def test_every_component_can_be_read_and_fits(
    language: str, width: int, height: int, serve: Serve, page_factory: PageFactory, screenshot: Screenshot
) -> None:
    server = await serve(pages(patterns=patterns))
    page = await page_factory(width=width, height=height, reduced_motion="reduce")

    await page.goto(f"{server.url}/patterns?lang={language}")
    await screenshot(page, f"patterns-{language}-{width}", full_page=True)

    assert await poor_contrast(page) == []
    assert await overflowing(page) == []
    assert await violations(page) == []


async def test_whoever_uses_the_keyboard_sees_where_they_are(serve: Serve, page_factory: PageFactory) -> None:
    server = await serve(pages(patterns=patterns))
    page = await page_factory()

    await page.goto(f"{server.url}/patterns")

    assert await unmarked_focus(page) == []


async def test_a_dialog_opens_takes_the_focus_and_gives_it_back(
    serve: Serve, page_factory: PageFactory, screenshot: Screenshot
) -> None:
    server = await serve(pages(patterns=patterns))
    page = await page_factory()
    await page.goto(f"{server.url}/patterns")

    await page.click("#open-dialog")
    await screenshot(page, "patterns-dialog")
    focused = await page.evaluate("document.querySelector('dialog').contains(document.activeElement)")
    await page.keyboard.press("Escape")

    assert focused
    assert await page.evaluate("document.activeElement.id") == "open-dialog"


@pytest.mark.parametrize("language", ["en", "hi"])
@pytest.mark.parametrize("width", [1440, 390])
async def test_the_pages_around_the_faces_are_whole(
    language: str, width: int, serve: Serve, page_factory: PageFactory, screenshot: Screenshot
) -> None:
    wrong = LoginPage("/doctor", "doctor1", "The login or the password is wrong.")
    lost = ErrorPage(404, "not_found", "This page is not here", "It is gone.")
    site = pages(
        login=lambda lang: render(wrong, lang),
        device=lambda lang: render(DevicePage("display", "/display/main"), lang),
        error=lambda lang: render(lost, lang),
    )
    server = await serve(site)
    page = await page_factory(width=width, height=844)

    for name in ("login", "device", "error"):
        await page.goto(f"{server.url}/{name}?lang={language}")
        await screenshot(page, f"shared-{name}-{language}-{width}")

        assert await poor_contrast(page) == []
        assert await overflowing(page) == []
