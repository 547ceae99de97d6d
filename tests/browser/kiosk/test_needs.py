"""The kiosk for weak eyes, for a wheelchair, and for whoever does not read."""

import json
from collections.abc import Sequence

import pytest
from playwright.async_api import expect

from queue_server.domain.access.actors import SYSTEM
from queue_server.locale import LANGUAGES
from queue_server.storage.tables import PrintState
from tests.browser.accessibility import violations
from tests.browser.checks import poor_contrast
from tests.browser.conftest import Screenshot
from tests.browser.kiosks import EIGHT, NOTE_SAID, OpenKiosk, in_hindi
from tests.browser.products import in_languages

pytestmark = pytest.mark.browser

#: Size of the smallest letter that is shown, and of the largest of a tile, in pixels.
LETTERS = """
() => {
  const sizes = (selector) => [...document.querySelectorAll(selector)]
    .filter((e) => e.checkVisibility() && e.textContent.trim() && !e.closest(".visually-hidden"))
    .map((e) => parseFloat(getComputedStyle(e).fontSize));
  return [Math.min(...sizes("h1, button span, button strong")), Math.max(...sizes(".tile-name"))];
}
"""
#: How many buttons begin above this height.
BUTTONS_ABOVE = """
(edge) => [...document.querySelectorAll("button")]
  .filter((e) => e.checkVisibility() && e.getBoundingClientRect().top < edge).length
"""
#: Whether the words of the heading reach into a button beside it.
TOUCHES = """
() => {
  const words = document.createRange();
  words.selectNodeContents(document.querySelector("#departments-title"));
  const own = words.getBoundingClientRect();
  return [...document.querySelectorAll("[data-screen=departments] .bar > button")].some((button) => {
    const box = button.getBoundingClientRect();
    return own.left < box.right && box.left < own.right && own.top < box.bottom && box.top < own.bottom;
  });
}
"""
#: Keys that no keyboard of the test has, and such as a scanner presses: all at once.
TYPE = """
(keys) => keys.forEach((key) => document.dispatchEvent(new KeyboardEvent("keydown",
  { key, code: key.length > 1 ? key : `Key${key}`, bubbles: true, cancelable: true })))
"""


async def test_one_press_gives_larger_letters_and_strong_colours_to_one_person(
    open_kiosk: OpenKiosk, screenshot: Screenshot
) -> None:
    kiosk = await open_kiosk(departments=EIGHT, before=NOTE_SAID)
    page = kiosk.page
    await kiosk.speak("hi")
    _, before = await page.evaluate(LETTERS)

    await page.click("[data-screen=departments] [data-look-button]")

    await expect(page.locator("[data-code]")).to_have_count(4)
    smallest, largest = await page.evaluate(LETTERS)
    assert largest > 1.3 * before
    assert smallest >= 24  # 5 mm capitals on a panel of 27 inches
    assert await poor_contrast(page, 7) == []
    await screenshot(page, "kiosk-departments-strong")
    await page.click("#more")
    await kiosk.choose("PHA")
    await kiosk.sees("token")
    assert await poor_contrast(page, 7) == []
    await screenshot(page, "kiosk-token-strong")
    await page.click("#done")
    await kiosk.sees("home")
    await expect(page.locator("html[data-look]")).to_have_count(0)
    await kiosk.speak("hi")
    await expect(page.locator("[data-code]")).to_have_count(8)
    await expect(page.locator("[data-screen=departments] [data-look-button]")).to_have_attribute(
        "aria-pressed", "false"
    )


@in_languages(LANGUAGES)
async def test_with_larger_letters_the_heading_leaves_the_way_to_a_slip_alone_in_every_language(
    open_kiosk: OpenKiosk, screenshot: Screenshot, languages: Sequence[str]
) -> None:
    kiosk = await open_kiosk(departments=EIGHT)
    page, settings = kiosk.page, kiosk.clinic.services.clinic.settings
    await settings.save({**await settings.read(), "languages": list(LANGUAGES)}, None, by=SYSTEM)
    await kiosk.open()
    touching = []
    for language in languages:
        await kiosk.speak(language)
        await page.click("[data-screen=departments] [data-look-button]")
        touching += [language] if await page.evaluate(TOUCHES) else []
        assert await kiosk.outside() == [], language
        await screenshot(page, f"kiosk-departments-strong-{language}")
        await page.click("[data-screen=departments] [data-home]")
        await kiosk.sees("home")

    assert touching == []


@pytest.mark.parametrize(("width", "height"), [(1080, 1920), (1920, 1080)])
async def test_all_buttons_stay_where_a_wheelchair_reaches_them(
    open_kiosk: OpenKiosk, screenshot: Screenshot, width: int, height: int
) -> None:
    kiosk = await open_kiosk(departments=EIGHT, before=NOTE_SAID, width=width, height=height)
    page = kiosk.page

    await kiosk.clinic.services.devices.registry.mount(1, "900", "600", by=SYSTEM)

    await expect(page.locator("html[data-low]")).to_be_attached()
    edge = height / 2
    for choice in ("home", "departments", "token"):
        await kiosk.sees(choice)
        assert await page.evaluate(BUTTONS_ABOVE, edge - 1) == 0, choice
        assert await kiosk.outside() == [], choice
        await screenshot(page, f"kiosk-low-{width}-{choice}")
        if choice != "token":
            await page.click("[data-language=hi]" if choice == "home" else "[data-code=LAB] .tile")
    await page.evaluate("document.querySelector('#idle').showModal()")
    assert await page.evaluate(BUTTONS_ABOVE, edge - 1) == 0
    await page.evaluate("document.querySelector('#idle').close()")

    await kiosk.clinic.services.devices.registry.mount(1, "", "", by=SYSTEM)
    await expect(page.locator("html[data-low]")).to_have_count(0)


async def test_every_choice_has_its_ear(open_kiosk: OpenKiosk) -> None:
    kiosk = await open_kiosk(departments=EIGHT, before=NOTE_SAID)
    page = kiosk.page
    await kiosk.can_be_heard()

    async def heard(ear: str) -> list[str]:
        await page.click(ear)
        return list((await page.evaluate("window.spoken"))[-1])

    assert await heard("[data-hear=en]") == ["en", "English", "Touch here to take a number"]
    assert await heard("[data-hear=hi]") == ["hi", "हिन्दी", in_hindi("Touch here to take a number")]
    await kiosk.speak("hi")
    nobody, away = in_hindi("Nobody is waiting"), in_hindi("No doctor is here now.")
    assert await heard("[data-code=LAB] .hear") == ["hi", f"प्रयोगशाला. {nobody}. {away}"]
    for_whom = f"{in_hindi('I need help')}. {in_hindi('Elderly, pregnant, disabled, or with an infant')}"
    assert await heard("[data-hear-of='#assist']") == ["hi", for_whom]
    await page.click("#assist")
    assert (await heard("[data-hear-of='#assist']"))[1].endswith(in_hindi("You will be called earlier"))
    await page.evaluate("document.querySelector('#idle').showModal()")
    answers = [in_hindi(one) for one in ("Are you still there?", "Start again", "Yes, go on")]
    assert set(answers) <= set(await heard("#idle .hear"))
    await page.click("#idle-stay")
    await kiosk.choose("LAB")
    await kiosk.sees("token")

    said = await heard("[data-screen=token] .hear")

    slip = in_hindi("Your slip is being printed…")
    assert {"L-001", "प्रयोगशाला", in_hindi("Your number"), slip} <= set(said)


async def test_three_keys_and_a_voice_are_enough_for_a_number(open_kiosk: OpenKiosk, screenshot: Screenshot) -> None:
    kiosk = await open_kiosk(before=NOTE_SAID)
    page, press = kiosk.page, kiosk.page.keyboard.press
    await kiosk.can_be_heard()

    async def says(*sentences: str) -> None:
        await kiosk.holds(f"{json.dumps(sentences)}.every((one) => window.spoken.at(-1).join('|').includes(one))")

    await press("F1")
    await says("en", "English", "For this language, press Choose.")
    assert "Three large keys" in str(await page.evaluate("window.spoken"))
    await press("ArrowDown")
    await says("hi", "हिन्दी", in_hindi("For this language, press Choose. For the next one, press Next."))
    await press("Enter")
    await says("hi", in_hindi("Choose a department"), "सामान्य. ")
    await kiosk.sees("departments")
    for choice in ("दाँत", "कान, नाक, गला", in_hindi("I need help"), in_hindi("I have a slip"), "सामान्य"):
        await press("NumpadAdd")
        await says("hi", choice)
    await press("ArrowUp")
    await says("hi", in_hindi("Choose a department"), "सामान्य")
    await press("NumpadSubtract")
    await kiosk.sees("home")
    await says("en", "English")
    await page.click("#listen-choose")
    await says("en", "Choose a department", "General")
    assert await violations(page) == []
    await screenshot(page, "kiosk-listening")
    await kiosk.sees("departments")
    await page.click("#listen-choose")
    await says("en", "Your number", "G-001", "You are first in the line", "Your slip is being printed")
    await kiosk.report(PrintState.PRINTED)
    await says("en", "Please take your slip")
    await page.click("#listen-again")
    await says("en", "G-001", "Please take your slip", "Done")
    await press("Enter")
    await kiosk.sees("home")

    await expect(page.locator("#listen")).to_be_hidden()
    assert await kiosk.clinic.numbers() == ["G-001"]


async def test_whoever_listens_is_asked_and_answered_by_the_same_keys(open_kiosk: OpenKiosk) -> None:
    kiosk = await open_kiosk(before=NOTE_SAID)
    page, press = kiosk.page, kiosk.page.keyboard.press
    await kiosk.can_be_heard()
    await kiosk.speak("en")
    await page.evaluate(TYPE, ["F13"])  # headphones were plugged in
    await kiosk.clinic.services.clinic.departments.change("GEN", {"is_open": False}, by=SYSTEM)
    await expect(page.locator("[data-code=GEN] .tile[aria-disabled]")).to_be_attached()

    await press("Enter")

    await kiosk.holds("window.spoken.at(-1).includes('General is closed now. Please ask at the desk.')")
    await expect(page.locator("#notice[open] [href$='#counter']")).to_be_attached()
    await press("Escape")
    await expect(page.locator("#notice[open]")).to_have_count(0)
    # A scanner that types its code and Enter chooses nothing.
    await press("ArrowDown")
    await page.evaluate(TYPE, ["A", "B", "Enter"])
    await kiosk.sees("departments")
    await page.evaluate(TYPE, ["F14"])  # and pulled out
    await expect(page.locator("#listen")).to_be_hidden()
    await kiosk.sees("departments")
