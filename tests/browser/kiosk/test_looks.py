"""The kiosk's screens fit, can be read and can be reached."""

from collections.abc import Sequence
from typing import Any

import pytest
from playwright.async_api import expect

from queue_server import qr_codes
from queue_server.domain.access.actors import SYSTEM
from queue_server.locale import LANGUAGES
from queue_server.storage.tables import PrintState
from tests.browser.checks import overflowing, poor_contrast, unmarked_focus
from tests.browser.conftest import Screenshot
from tests.browser.fitting import misplaced
from tests.browser.kiosks import EARS_ON_OTHERS, NINE, OpenKiosk, wait_in
from tests.browser.products import in_languages

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
#: As long as a name may be, where letters are high or words are long.
LONGEST = {
    "en": NAMES[1][0],
    "hi": NAMES[1][1],
    "ta": "இதயநோய், உயர் இரத்த அழுத்தம் மற்றும் தொற்றா நோய்கள்",
    "ur": "امراض قلب، بلند فشار خون اور غیر متعدی امراض",
}
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


#: Pictures that lie on a button which is not theirs.
PICTURES_ON_BUTTONS = """
() => [...document.querySelectorAll(".follow :is(svg, img)")].flatMap((picture) => {
  const a = picture.getBoundingClientRect();
  return [...document.querySelectorAll("#keep, #done")].filter((button) => {
    const b = button.getBoundingClientRect();
    if (!picture.checkVisibility() || button.contains(picture) || !b.width) return false;
    return a.top < b.bottom - 2 && a.bottom > b.top + 2;
  }).map((button) => `a picture lies on ${button.id}`);
})
"""


async def test_the_first_screen_fits_every_kiosk_with_all_languages(
    open_kiosk: OpenKiosk, screenshot: Screenshot
) -> None:
    kiosk = await open_kiosk(with_frames=True)
    page, wrong = kiosk.page, list[str]()
    await kiosk.open_in_all_languages()
    await kiosk.can_be_heard()
    for width, height in SCREENS:
        await page.set_viewport_size({"width": width, "height": height})
        await screenshot(page, f"kiosk-{width}-{height}-nine-languages")
        wrong += [f"{width}×{height}: {one}" for one in await misplaced(page, ".tongue-button, .bar, .step")]
        wrong += [f"{width}×{height}: {one}" for one in await kiosk.outside()]
        wrong += [f"{width}×{height}: {one}" for one in await page.evaluate(EARS_ON_OTHERS)]

    assert wrong == []


@in_languages(LANGUAGES)
async def test_all_languages_fit_every_kiosk(
    open_kiosk: OpenKiosk, screenshot: Screenshot, languages: Sequence[str]
) -> None:
    kiosk = await open_kiosk(with_frames=True)
    page, wrong = kiosk.page, list[str]()
    await kiosk.open_in_all_languages()
    await kiosk.can_be_heard()
    for language in languages:
        await kiosk.speak(language)
        await kiosk.shows(crowded(8))
        for width, height in SCREENS[:3]:
            await page.set_viewport_size({"width": width, "height": height})
            found = [*await misplaced(page, ".tile, .assist, .bar"), *await page.evaluate(EARS_ON_OTHERS)]
            wrong += [f"{language} {width}×{height}: {one}" for one in found]
        await screenshot(page, f"kiosk-departments-{language}")
        await page.click("[data-screen=departments] [data-look-button]")
        found = [*await misplaced(page, ".tile, .assist, .bar"), *await page.evaluate(EARS_ON_OTHERS)]
        wrong += [f"{language}, larger letters: {one}" for one in found]
        await page.click("[data-screen=departments] [data-look-button]")
        await page.keyboard.press("F1")
        wrong += [f"{language}, heard: {one}" for one in await misplaced(page, ".listen-card, .listen-key")]
        await page.evaluate("document.dispatchEvent(new KeyboardEvent('keydown', { key: 'F14', code: 'F14' }))")
        await page.click(".screen:not([inert]) [data-home]:visible")
        await kiosk.sees("home")

    assert wrong == []


#: Languages in which one of the sentences is not whole on the screen.
CUT_SENTENCES = """
() => [...document.querySelectorAll(".away-words")].filter((words) =>
  [...words.querySelectorAll("p")].filter((one) => one.checkVisibility()).some((one) => {
    const place = one.getBoundingClientRect();
    return place.top < 0 || place.left < 0 || place.bottom > innerHeight || place.right > innerWidth;
  })).map((words) => `${words.lang} is cut`)
"""


async def test_without_the_server_all_languages_are_whole_on_every_kiosk(
    open_kiosk: OpenKiosk, screenshot: Screenshot
) -> None:
    kiosk = await open_kiosk(may_fail=True)
    page, wrong = kiosk.page, list[str]()
    await kiosk.open_in_all_languages()

    await kiosk.clinic.stop()

    await expect(page.locator("#away")).to_be_visible()
    for width, height in SCREENS:
        await page.set_viewport_size({"width": width, "height": height})
        await screenshot(page, f"kiosk-{width}-{height}-nine-languages-away")
        wrong += [f"{width}×{height}: {one}" for one in await page.evaluate(CUT_SENTENCES)]
    assert wrong == []


async def test_the_longest_name_of_a_clinic_leaves_everything_else_its_place(
    open_kiosk: OpenKiosk, screenshot: Screenshot
) -> None:
    kiosk = await open_kiosk()
    page, wrong = kiosk.page, list[str]()
    setting = await kiosk.clinic.services.clinic.settings.read()
    longest = "Government Community Health Centre Chandrashekharapuram, Thiruvananthapuram East"
    assert len(longest) == 80
    for name, languages in ((longest, ["en", "hi", "ta", "ur"]), (longest[:31], ["en", "hi"])):
        await kiosk.clinic.services.clinic.settings.save(
            {**setting, "name": name, "languages": languages}, None, by=SYSTEM
        )
        await kiosk.open()
        for width, height in SCREENS:
            await page.set_viewport_size({"width": width, "height": height})
            await screenshot(page, f"kiosk-{width}-{height}-long-name")
            found = [*await misplaced(page, ".tongue-button, .bar, .step"), *await kiosk.outside()]
            wrong += [f"{width}×{height}: {one}" for one in found]
    assert wrong == []


async def test_the_code_for_abha_apps_stands_in_the_place_of_the_steps(
    open_kiosk: OpenKiosk, screenshot: Screenshot
) -> None:
    kiosk = await open_kiosk(with_frames=True)
    page, wrong = kiosk.page, list[str]()
    picture = qr_codes.svg("https://phrsbx.abdm.gov.in/share-profile?hip-id=IN2710000042&counter-id=GEN").decode()
    await page.route("**/abdm/codes/GEN.svg", lambda route: route.fulfill(body=picture, content_type="image/svg+xml"))
    await page.route("**/abdm/codes/XYZ.svg", lambda route: route.fulfill(body="none", content_type="text/plain"))
    await kiosk.shows_abha_code("GEN")
    await expect(page.locator("#abha")).to_be_visible()
    await expect(page.locator(".steps")).to_be_hidden()
    for width, height in SCREENS:
        await page.set_viewport_size({"width": width, "height": height})
        await screenshot(page, f"kiosk-{width}-{height}-abha")
        wrong += [f"{width}×{height}: {one}" for one in await misplaced(page, ".tongue-button, .bar, .abha")]
        wrong += [f"{width}×{height}: {one}" for one in await kiosk.outside()]
    assert wrong == []

    # A clinic that takes part no longer has no such picture.
    await kiosk.shows_abha_code("XYZ")
    await expect(page.locator(".steps")).to_be_visible()
    await expect(page.locator("#abha")).to_be_hidden()


@in_languages(LANGUAGES)
async def test_a_number_fits_every_kiosk_in_every_language(
    open_kiosk: OpenKiosk, screenshot: Screenshot, languages: Sequence[str]
) -> None:
    kiosk = await open_kiosk()
    page, wrong = kiosk.page, list[str]()
    clinic = kiosk.clinic.services.clinic
    setting = await clinic.settings.read()
    await clinic.settings.save({**setting, "languages": list(LANGUAGES)}, None, by=SYSTEM)
    await clinic.departments.change("GEN", {"names": LONGEST}, by=SYSTEM)
    await wait_in(kiosk, "GEN", 12)
    await kiosk.open()
    await kiosk.can_be_heard()
    for language in languages:
        await kiosk.speak(language)
        await page.click("#assist")
        if language in {"ta", "ur"}:
            await page.click("[data-screen=departments] [data-look-button]")
        await kiosk.choose("GEN")
        await kiosk.sees("token")
        for width, height in [(1080, 1920), (800, 1280), (800, 480), (480, 800), (1024, 600)]:
            await page.set_viewport_size({"width": width, "height": height})
            found = [*await misplaced(page, ".slip, .paper, .button"), *await page.evaluate(PICTURES_ON_BUTTONS)]
            found += await page.evaluate(EARS_ON_OTHERS)
            wrong += [f"{language} {width}×{height}: {one}" for one in found]
            if (width, height) == (800, 480):
                await screenshot(page, f"kiosk-token-{language}")
        await page.click("#done")
        await kiosk.sees("home")

    assert wrong == []


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
    kiosk = await open_kiosk(departments=NINE)
    await kiosk.can_be_heard()
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
