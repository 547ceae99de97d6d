"""The kiosk's screens fit, can be read and can be reached."""

from typing import Any

import pytest
from playwright.async_api import expect

from queue_server.domain.access.actors import SYSTEM
from queue_server.storage.tables import PrintState
from tests.browser.checks import overflowing, poor_contrast, unmarked_focus
from tests.browser.conftest import Screenshot
from tests.browser.fitting import misplaced
from tests.browser.kiosks import NINE, VOICES, OpenKiosk

pytestmark = pytest.mark.browser


#: Kiosks of 7 to 27 inches, both ways up.
SCREENS = [(800, 480), (480, 800), (1080, 1920), (1024, 600), (1366, 768), (1920, 1080), (600, 1024), (800, 1280)]
#: Names as clinics have them; the second is as long as a name may be.
NAMES = (
    ("General", "सामान्य"),
    ("Cardiology, hypertension and non-communicable diseases", "हृदय रोग, उच्च रक्तचाप और असंचारी रोगों की जाँच"),
    ("Laboratory and sample collection", "प्रयोगशाला और नमूना संग्रह"),
    ("Obstetrics and gynaecology (antenatal)", "प्रसूति एवं स्त्री रोग (प्रसवपूर्व)"),
    ("Otorhinolaryngology", "कान, नाक, गला"),
    ("Pharmacy", "दवाखाना"),
    ("Orthopaedics and physiotherapy", "हड्डी रोग और फिजियोथेरेपी"),
    ("Ophthalmology", "नेत्र विज्ञान"),
    ("Skin", "त्वचा"),
)
WAITS = (
    {"words": "wait_wide", "values": {"likely": 45, "high": 130}, "minutes": 45},
    {"words": "wait_range", "values": {"low": 120, "high": 155}, "minutes": 130},
)


def crowded(count: int) -> list[dict[str, Any]]:
    """So many departments in which much is said: long waits, one that closes, one without numbers."""
    shown = [
        {
            "code": f"D{position}",
            "names": {"en": english, "hi": hindi},
            "icon": "general",
            "colour": "teal",
            "waiting": 128,
            "is_open": position != 2,
            "why": "quota" if position == 2 else None,
            "opens_at": None,
            "wait": WAITS[position % 2] if position != 2 else None,
            "is_closing": position == 3,
        }
        for position, (english, hindi) in enumerate(NAMES)
    ]
    return shown[:count]


async def test_no_text_leaves_its_tile_or_lies_on_another_at_any_size(open_kiosk: OpenKiosk) -> None:
    kiosk = await open_kiosk(with_frames=True)
    page, wrong = kiosk.page, list[str]()
    for language in ("en", "hi"):
        for width, height in SCREENS:
            await page.set_viewport_size({"width": width, "height": height})
            wrong += [f"{language} {width}×{height}: {one}" for one in await misplaced(page, ".tongue-button")]
        await kiosk.speak(language)
        for count in range(1, len(NAMES) + 1):
            await kiosk.shows(crowded(count))
            for width, height in SCREENS if count in {3, 8} else SCREENS[:3]:
                await page.set_viewport_size({"width": width, "height": height})
                found = await misplaced(page, ".tile, .assist, .bar")
                wrong += [f"{language} {count} {width}×{height}: {one}" for one in found]
        await page.click(".screen:not([inert]) [data-home]:visible")
        await kiosk.sees("home")

    assert wrong == []


@pytest.mark.parametrize(("width", "height"), [(1080, 1920), (1920, 1080), (768, 1024)])
async def test_every_screen_fits_and_can_be_read(
    open_kiosk: OpenKiosk, screenshot: Screenshot, width: int, height: int
) -> None:
    kiosk = await open_kiosk(width=width, height=height)
    await kiosk.clinic.services.clinic.departments.change("DEN", {"is_open": False}, by=SYSTEM)
    name = f"kiosk-{width}"

    async def check(screen: str) -> None:
        await screenshot(kiosk.page, f"{name}-{screen}")
        assert await kiosk.outside() == [], screen
        assert await overflowing(kiosk.page) == [], screen
        assert await poor_contrast(kiosk.page) == [], screen

    await check("home")
    for language in ("en", "hi"):
        await kiosk.speak(language)
        await check(f"departments-{language}")
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
