"""The display when its line is cut or dead, its server is new or its clock is wrong."""

import time

import pytest
from playwright.async_api import Page

from tests.browser.board_feeds import BoardFeed, board, call, earlier
from tests.browser.cables import Line
from tests.browser.conftest import PageFactory, Screenshot, Serve
from tests.browser.display_pages import DOCTOR, FULL_HD, all_shown, issue, open_display, shows
from tests.browser.fitting import misplaced
from tests.browser.server import ServedClinic
from tests.waiting import until

pytestmark = pytest.mark.browser


async def test_five_calls_during_a_cut_are_right_within_a_second_of_the_return(
    clinic: ServedClinic, page_factory: PageFactory
) -> None:
    line = Line(clinic.settings.port)
    await line.plug()
    page = await page_factory(**FULL_HD, may_fail=True)
    heard = await open_display(page, clinic, line.url)
    numbers = await issue(clinic, "GEN", "DEN", "ENT", "LAB", "MAT")

    await line.cut()
    await page.wait_for_selector("#not-live", state="visible")
    for room in "12345":
        await clinic.services.queue.calling.call_next(room, by=DOCTOR)
    assert heard.calls == []
    connected: list[float] = []
    page.on("websocket", lambda _: connected.append(time.monotonic()))
    await line.plug()
    await until(lambda: bool(connected))
    returned = connected[-1]

    await page.wait_for_function("() => document.querySelectorAll('.recent-call').length === 4", polling=20)
    await page.wait_for_selector("#not-live", state="hidden")
    # A second of the page; a busy machine adds its own.
    assert time.monotonic() - returned < 3
    assert await all_shown(page) == {f"{number} {room}" for number, room in zip(numbers, "12345", strict=True)}
    await until(lambda: heard.is_quiet and len(heard.calls) == 5, within_s=40)
    assert heard.calls == sorted(heard.calls)
    assert sorted(heard.numbers) == sorted(numbers)
    await line.cut()


async def test_a_dead_line_is_told_within_five_seconds_and_the_strip_disappears_after_it(
    clinic: ServedClinic, page_factory: PageFactory, screenshot: Screenshot
) -> None:
    line = Line(clinic.settings.port)
    await line.plug()
    page = await page_factory(**FULL_HD, may_fail=True)
    await open_display(page, clinic, line.url)
    await issue(clinic, "GEN")
    await clinic.services.queue.calling.call_next("1", by=DOCTOR)
    await shows(page, "G-001", "1")

    line.silence()
    silenced = time.monotonic()
    await page.wait_for_selector("#not-live", state="visible")
    took = time.monotonic() - silenced
    await screenshot(page, "display-not-live")
    words = await page.locator("#not-live").inner_text()
    await line.plug()
    await page.wait_for_selector("#not-live", state="hidden")

    # Five seconds of the page; a busy machine adds its own.
    assert 2 < took < 15
    assert words.startswith("Not up to date since ")
    assert await page.locator("#clock").inner_text() in await clock_around(page)
    await line.cut()


async def test_in_every_language_the_strip_says_all_of_it(
    serve: Serve, page_factory: PageFactory, screenshot: Screenshot
) -> None:
    feed = BoardFeed()
    server = await serve(feed.app)
    page = await page_factory(**FULL_HD, may_fail=True, reduced_motion="reduce")
    wrong = list[str]()
    for languages in (["en", "hi", "ta", "ur"], ["ur", "ta", "bn"]):
        name = "Sunrise Rural Community Health Centre and Maternity Home"
        feed.data = {
            **board([*earlier(), call(6, "G-012", "3", seconds_ago=200)]),
            "languages": languages,
            "clinic": name,
        }
        await page.goto(f"{server.url}/display/main")
        await page.wait_for_selector(".department")
        await server.stop()
        await page.wait_for_selector("#not-live", state="visible")
        for width, height in ((1920, 1080), (1366, 768), (800, 480), (1080, 1920)):
            await page.set_viewport_size({"width": width, "height": height})
            found = await misplaced(page, ".strip, .display-head")
            wrong += [f"{languages} {width}×{height}: {one}" for one in found]
            await screenshot(page, f"display-not-live-{languages[0]}-{width}")
        await server.start()
    assert wrong == []


async def clock_around(page: Page) -> list[str]:
    """This minute and the one before in the clinic's zone."""
    found: list[str] = await page.evaluate(
        "[0, 60000].map((ago) => new Date(Date.now() - ago).toLocaleTimeString('en-GB', "
        "{hour: '2-digit', minute: '2-digit', timeZone: 'Asia/Kolkata'}))"
    )
    return found


async def test_staff_are_told_when_the_clock_is_wrong(
    serve: Serve, page_factory: PageFactory, screenshot: Screenshot
) -> None:
    feed = BoardFeed()
    server = await serve(feed.app)
    page = await page_factory(**FULL_HD)
    await page.goto(f"{server.url}/display/main")
    await page.wait_for_selector(".department")
    assert not await page.locator("#clock-wrong").is_visible()

    await feed.show(board(earlier()) | {"clock_wrong": True})

    await page.wait_for_selector("#clock-wrong", state="visible")
    await screenshot(page, "display-clock-wrong")


async def test_a_display_takes_the_servers_new_pages_after_a_cut(serve: Serve, page_factory: PageFactory) -> None:
    feed = BoardFeed(version="1")
    server = await serve(feed.app)
    page = await page_factory(**FULL_HD, may_fail=True)
    await page.goto(f"{server.url}/display/main")
    await page.wait_for_selector(".department")
    await page.evaluate("window.isOld = true")

    await server.stop()
    await page.wait_for_selector("#not-live", state="visible")
    feed.version = "2"
    await server.start()

    await page.wait_for_function("() => window.isOld === undefined")
    await page.wait_for_selector(".department")
