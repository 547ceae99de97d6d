"""The kiosk's screens fit, can be read and can be reached."""

import pytest
from playwright.async_api import expect

from queue_server.domain.access.actors import SYSTEM
from queue_server.domain.clinic.configuration import DepartmentPlan
from queue_server.storage.tables import PrintState
from tests.browser.checks import overflowing, poor_contrast, unmarked_focus
from tests.browser.conftest import Screenshot
from tests.browser.kiosks import EIGHT, NINE, VOICES, OpenKiosk
from tests.browser.server import DEPARTMENTS

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(("width", "height"), [(1080, 1920), (1920, 1080), (768, 1024)])
@pytest.mark.parametrize("departments", [DEPARTMENTS, EIGHT], ids=["three", "eight"])
async def test_every_screen_fits_and_can_be_read(
    open_kiosk: OpenKiosk,
    screenshot: Screenshot,
    width: int,
    height: int,
    departments: tuple[DepartmentPlan, ...],
) -> None:
    kiosk = await open_kiosk(width=width, height=height, departments=departments)
    await kiosk.clinic.services.clinic.departments.change("DEN", {"is_open": False}, by=SYSTEM)
    name = f"kiosk-{width}-{len(departments)}"

    async def check(screen: str) -> None:
        await screenshot(kiosk.page, f"{name}-{screen}")
        assert await kiosk.outside() == [], screen
        assert await overflowing(kiosk.page) == [], screen
        assert await poor_contrast(kiosk.page) == [], screen

    await check("home")
    for language in ("en", "hi"):
        await kiosk.speak(language)
        await check(f"departments-{language}")
        # A number looks the same, however many departments there are.
        if departments == DEPARTMENTS:
            await kiosk.choose("ENT")
            await kiosk.sees("token")
            await check(f"token-{language}")
            await kiosk.report(PrintState.UNCONFIRMED)
            await expect(kiosk.page.locator("[data-slip=unconfirmed]")).to_be_visible()
            await check(f"token-unconfirmed-{language}")
        await kiosk.page.click(".screen:not([inert]) [data-home]:visible, #done:visible")
        await kiosk.sees("home")
    await kiosk.printer("offline")
    await kiosk.speak("hi")
    await check("no-slips")
    await kiosk.choose("ENT")
    await kiosk.sees("token")
    await check("token-no-slip")


async def test_targets_are_large_enough_for_every_hand(open_kiosk: OpenKiosk) -> None:
    kiosk = await open_kiosk(departments=NINE, before=VOICES)
    smallest = 120  # 38 mm on a 27-inch panel of 1080 × 1920

    home = await kiosk.sizes("button")
    await kiosk.speak("hi")
    tiles = await kiosk.sizes(".tile")
    others = await kiosk.sizes("button:not(.tile)")
    await kiosk.choose("ENT")
    await kiosk.sees("token")
    token = await kiosk.sizes("button")

    assert min(min(size) for size in home + others + token) >= smallest
    assert min(height for _, height in tiles) >= 180


async def test_the_keyboard_reaches_everything_and_takes_a_number(open_kiosk: OpenKiosk) -> None:
    kiosk = await open_kiosk()
    assert await unmarked_focus(kiosk.page) == []

    await kiosk.page.focus("[data-language=hi]")
    await kiosk.page.keyboard.press("Enter")
    await kiosk.sees("departments")
    await expect(kiosk.page.locator("#departments-title")).to_be_focused()
    assert await unmarked_focus(kiosk.page) == []
    await kiosk.page.focus("[data-code=GEN] .tile")
    await kiosk.page.keyboard.press("Enter")
    await kiosk.sees("token")

    assert await kiosk.clinic.numbers() == ["G-001"]


async def test_the_glass_is_not_a_browser(open_kiosk: OpenKiosk) -> None:
    kiosk = await open_kiosk()

    prevented = await kiosk.page.evaluate(
        """() => ["contextmenu", "dragstart", "selectstart"].map((kind) => {
             const event = new Event(kind, { bubbles: true, cancelable: true });
             document.querySelector("h1").dispatchEvent(event);
             return event.defaultPrevented;
           })"""
    )
    scrolls = await kiosk.page.evaluate("() => { scrollTo(0, 500); return scrollY; }")
    touch = await kiosk.page.evaluate("getComputedStyle(document.body).touchAction")

    assert (prevented, scrolls, touch) == ([True, True, True], 0, "none")
