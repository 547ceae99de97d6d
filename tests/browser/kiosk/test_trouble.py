"""The kiosk when an answer is lost, the server is away, or the machine restarts: calm words, and never two numbers."""

import asyncio

import pytest
from playwright.async_api import Route, expect

from tests.browser.conftest import Screenshot
from tests.browser.kiosks import OpenKiosk, in_hindi

pytestmark = pytest.mark.browser


async def test_a_lost_reply_is_asked_for_again_and_gives_the_same_number(open_kiosk: OpenKiosk) -> None:
    kiosk = await open_kiosk(may_fail=True)
    keys: list[str] = []

    async def lose_the_first(route: Route) -> None:
        keys.append(route.request.headers["idempotency-key"])
        if len(keys) == 1:
            await route.fetch()
            await route.abort()
        else:
            await route.continue_()

    await kiosk.page.route("**/kiosk/tokens", lose_the_first)

    number = await kiosk.take()

    assert number == "G-001"
    assert await kiosk.clinic.numbers() == ["G-001"]
    assert len(keys) == 2
    assert len(set(keys)) == 1


async def test_a_kiosk_that_restarts_in_the_middle_asks_again_with_the_same_key(open_kiosk: OpenKiosk) -> None:
    kiosk = await open_kiosk(may_fail=True)
    is_handled = asyncio.Event()

    async def keep_the_first_answer_back(route: Route) -> None:
        if is_handled.is_set():
            await route.continue_()
        else:
            await route.fetch()
            is_handled.set()

    await kiosk.page.route("**/kiosk/tokens", keep_the_first_answer_back)
    await kiosk.speak("hi")
    await kiosk.choose("GEN")
    await is_handled.wait()

    await kiosk.page.reload()

    await kiosk.sees("token")
    await kiosk.says("#token-number", "G-001")
    await kiosk.says("#token-department", "सामान्य")
    assert await kiosk.clinic.numbers() == ["G-001"]


async def test_a_number_for_which_nobody_waited_is_withdrawn(open_kiosk: OpenKiosk, screenshot: Screenshot) -> None:
    kiosk = await open_kiosk(with_clock=True, may_fail=True)

    async def lose(route: Route) -> None:
        await route.fetch()
        await route.abort()

    await kiosk.page.route("**/kiosk/tokens", lose)
    await kiosk.speak("en")
    await kiosk.choose("GEN")
    await kiosk.sees("wait")
    await kiosk.pass_time(24)
    await expect(kiosk.page.locator("#wait-words")).to_contain_text("We keep trying")
    await expect(kiosk.page.locator("#stop")).to_be_visible()
    await screenshot(kiosk.page, "kiosk-4-wait")
    assert await kiosk.clinic.numbers() == ["G-001"]

    await kiosk.pass_time(72)
    await kiosk.sees("home")
    await kiosk.holds("localStorage.getItem('kiosk-given-up') === '[]'")

    assert await kiosk.clinic.numbers() == []
    assert await kiosk.page.evaluate("localStorage.getItem('kiosk-press')") is None


async def test_without_the_server_the_screen_says_so_and_comes_back_by_itself(
    open_kiosk: OpenKiosk, screenshot: Screenshot
) -> None:
    kiosk = await open_kiosk(may_fail=True)
    await kiosk.speak("en")

    await kiosk.clinic.stop()
    away = kiosk.page.locator("#away")
    await expect(away).to_be_visible()
    await screenshot(kiosk.page, "kiosk-5-away")
    await expect(away).to_contain_text("Please go to the desk.")
    await expect(away).to_contain_text(in_hindi("The queue system is not reachable. Please go to the desk."))
    await kiosk.clinic.start()

    await expect(away).to_be_hidden()
    await kiosk.sees("home")
    assert await kiosk.take() == "G-001"


async def test_while_nothing_can_be_saved_nobody_is_led_to_a_press_that_fails(
    open_kiosk: OpenKiosk, screenshot: Screenshot
) -> None:
    kiosk = await open_kiosk(with_clock=True)
    await kiosk.speak("en")

    kiosk.line[-1].send('{"type": "fault", "code": "database_full"}')

    away = kiosk.page.locator("#away")
    await expect(away).to_be_visible()
    words = "No numbers can be given at the moment. Please go to the desk."
    assert words in await away.inner_text()
    assert in_hindi(words) in await away.inner_text()
    assert "not reachable" not in await away.inner_text()
    assert not await kiosk.outside()
    await screenshot(kiosk.page, "kiosk-5-fault")
    await kiosk.pass_time(8)
    await expect(away).to_be_hidden()
    assert await kiosk.take() == "G-001"


async def test_a_number_on_the_screen_stays_when_the_server_goes(open_kiosk: OpenKiosk) -> None:
    kiosk = await open_kiosk(with_clock=True, may_fail=True)
    await kiosk.take()

    await kiosk.clinic.stop()
    await kiosk.page.clock.run_for(22_000)

    await kiosk.says("#token-number", "G-001")
    await kiosk.says("#paper-words", "The printer did not confirm. If no slip came, keep this number or scan the code.")
    await expect(kiosk.page.locator("#away")).to_be_hidden()


async def test_the_screen_comes_up_while_the_server_is_away(open_kiosk: OpenKiosk, screenshot: Screenshot) -> None:
    kiosk = await open_kiosk(may_fail=True)
    await kiosk.holds("navigator.serviceWorker.controller !== null")
    await kiosk.clinic.stop()

    await kiosk.page.reload()

    await kiosk.sees("home")
    await expect(kiosk.page.locator("#away")).to_be_visible()
    assert await kiosk.page.evaluate(
        "document.fonts.ready.then(() => document.fonts.check('20px \"Queue Sans\"', 'हि'))"
    )
    await screenshot(kiosk.page, "kiosk-9-loaded-without-the-server")
    await kiosk.clinic.start()
    await expect(kiosk.page.locator("#away")).to_be_hidden()
    assert await kiosk.take("hi") == "G-001"


async def test_the_worker_keeps_nothing_about_queues(open_kiosk: OpenKiosk) -> None:
    kiosk = await open_kiosk()
    await kiosk.holds("navigator.serviceWorker.controller !== null")
    await kiosk.take()

    kept: list[str] = await kiosk.page.evaluate(
        """async () => {
             const requests = [];
             for (const name of await caches.keys()) requests.push(...(await (await caches.open(name)).keys()));
             return requests.map((request) => new URL(request.url).pathname);
           }"""
    )

    assert "/kiosk" in kept
    assert [path for path in kept if path != "/kiosk" and not path.startswith("/static/")] == []
