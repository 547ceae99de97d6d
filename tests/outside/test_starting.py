"""Screens that start before their server, or behind what answers in its place."""

from __future__ import annotations

import configparser
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, Page, async_playwright, expect

from queue_server.domain.access.actors import ActorKind
from queue_server.web.identity import DEVICE_COOKIES
from tests.browser.conftest import CHROMIUM_FLAGS, ROOT, WHOLE, needed_chromium
from tests.browser.server import ServedClinic, a_served_clinic
from tests.outside.moods import Mood, Proxy, a_proxy
from tests.waiting import until

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

#: Where each screen is, whether it says that it is not live, and what shows that it is.
SCREENS = {
    "/display/main": ("#not-live:not([hidden])", ".department"),
    "/kiosk": ("#away:not([hidden])", "[data-code=GEN]"),
}
ALL_IS_KEPT = """
async () => {
  await navigator.serviceWorker.ready;
  for (const name of await caches.keys()) if (await (await caches.open(name)).match(location.pathname)) return true;
  return false;
}
"""


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def clinic(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[ServedClinic]:
    """One for all tests here."""
    async with a_served_clinic(tmp_path_factory.mktemp("starting")) as served:
        yield served


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def proxy(clinic: ServedClinic) -> AsyncIterator[Proxy]:
    """What stands in front of the clinic's server."""
    async with a_proxy(clinic.settings.port) as made:
        yield made


async def a_screen(context: BrowserContext, clinic: ServedClinic, url: str, path: str) -> Page:
    """The enrolled screen, which has shown something."""
    kiosk, display = (DEVICE_COOKIES[kind] for kind in (ActorKind.KIOSK, ActorKind.DISPLAY))
    name, key = (kiosk, clinic.kiosk_key) if path == "/kiosk" else (display, clinic.display_key)
    await context.add_cookies([{"name": name, "value": key, "url": url}])
    page = await context.new_page()
    await page.goto(url + path)
    await expect(page.locator(SCREENS[path][1]).first).to_be_attached()
    await until_kept(page)
    return page


async def until_kept(page: Page) -> None:
    """The page's worker has kept it."""
    await until(lambda: page.evaluate(ALL_IS_KEPT))


async def test_a_screen_comes_up_by_itself_whatever_it_is_served_first(
    clinic: ServedClinic, proxy: Proxy, browser: Browser
) -> None:
    contexts = [await browser.new_context() for _ in SCREENS]
    for context in contexts:
        await context.clock.install()
    pages = [await a_screen(context, clinic, proxy.url, path) for context, path in zip(contexts, SCREENS, strict=True)]

    for mood in (Mood.NOT_FOUND, Mood.PORTAL, Mood.REDIRECT, Mood.BAD_GATEWAY):
        proxy.turn(mood)
        for page, (_, shows) in zip(pages, SCREENS.values(), strict=True):
            await page.reload()
            await expect(page.locator("#clock")).to_be_attached()
            assert not await page.locator(shows).count(), mood
    for page, (is_not_live, _) in zip(pages, SCREENS.values(), strict=True):
        await page.clock.run_for(8000)
        await expect(page.locator(is_not_live)).to_be_visible()
    proxy.turn(Mood.PASS)
    for page, (is_not_live, shows) in zip(pages, SCREENS.values(), strict=True):
        await expect(page.locator(shows).first).to_be_attached(timeout=10_000)
        await expect(page.locator(is_not_live)).to_be_hidden()
    chime = "fetch(JSON.parse(document.querySelector('#page-data').textContent).chime).then((answer) => answer.ok)"
    assert await pages[0].evaluate(chime)
    for context in contexts:
        await context.close()


async def test_what_has_been_changed_on_the_way_is_not_kept(
    clinic: ServedClinic, proxy: Proxy, browser: Browser
) -> None:
    proxy.turn(Mood.CHANGES)
    context = await browser.new_context()
    name = DEVICE_COOKIES[ActorKind.DISPLAY]
    await context.add_cookies([{"name": name, "value": clinic.display_key, "url": proxy.url}])
    page = await context.new_page()
    await page.goto(f"{proxy.url}/display/main")
    await page.evaluate("navigator.serviceWorker.ready.then(() => true)")

    assert "Free Wi-Fi" in " ".join((await page.title()).split())
    assert not await page.evaluate(ALL_IS_KEPT)
    proxy.turn(Mood.PASS)
    await page.reload()
    await until_kept(page)
    await context.close()


async def test_the_start_page_waits_for_the_server_itself_and_the_screen_is_kept_on_plain_http(
    clinic: ServedClinic, proxy: Proxy, tmp_path: Path
) -> None:
    host = f"http://queue.test:{proxy.port}"
    flags, start = started_as(host)
    proxy.turn(Mood.PORTAL)
    async with async_playwright() as playwright:
        context = await playwright.chromium.launch_persistent_context(
            tmp_path,
            executable_path=needed_chromium(WHOLE),  # the headless shell does not know all of these flags
            args=[*CHROMIUM_FLAGS, *flags, "--host-resolver-rules=MAP *.test 127.0.0.1"],
        )
        name = DEVICE_COOKIES[ActorKind.DISPLAY]
        await context.add_cookies([{"name": name, "value": clinic.display_key, "url": host}])
        await context.clock.install()
        page = context.pages[0]
        await page.goto(start)
        await expect(page.locator("body")).to_contain_text("The queue system is starting.")
        for mood in (Mood.NOT_FOUND, Mood.PASS):
            asked = len(proxy.asked)
            proxy.turn(mood)
            await page.clock.run_for(3000)
            await until(lambda before=asked: len(proxy.asked) > before)  # type: ignore[misc]
        await expect(page.locator(".department").first).to_be_attached()
        await until_kept(page)

        proxy.turn(Mood.REDIRECT)
        await page.reload()
        await expect(page.locator("#not-live")).to_be_attached()
        proxy.turn(Mood.PASS)
        await expect(page.locator(".department").first).to_be_attached()
        await context.close()


def started_as(host: str) -> tuple[list[str], str]:
    """The browser's flags and first address as deploy/screen.desktop has them, for a display of this server."""
    entry = configparser.ConfigParser(interpolation=None)
    entry.optionxform = str  # type: ignore[assignment,method-assign]
    entry.read(ROOT / "deploy/screen.desktop")
    line = entry["Desktop Entry"]["Exec"].replace("https://queue.example/kiosk", f"{host}/display/main")
    _, *flags, start = line.replace("https://queue.example", host).split()
    local = (ROOT / "deploy/start.html").as_uri()
    return [flag for flag in flags if flag != "--kiosk"], start.replace(
        "file:///usr/local/share/smart-queue/start.html", local
    )
