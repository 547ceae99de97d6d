"""From the language to the slip without a word: all texts are hidden, pictures, colours and numbers stay."""

from __future__ import annotations

from io import BytesIO
from itertools import combinations

import pytest
from PIL import Image, ImageChops, ImageStat
from playwright.async_api import Page, expect

from queue_server.locale import LANGUAGES
from queue_server.locale.languages import ALL
from queue_server.storage.tables import PrintState
from tests.browser.conftest import Screenshot
from tests.browser.kiosks import NINE, NOTE_SAID, OpenKiosk
from tests.waiting import left_of

pytestmark = pytest.mark.browser

# What is drawn in the colour of the text stays: only letters are filled with nothing. A style sheet of the script's own
# making is not against the page's policy.
HIDE_WORDS = """
() => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`
    * { -webkit-text-fill-color: transparent !important; text-shadow: none !important; }
    .number, .tongue-sign, .key { -webkit-text-fill-color: currentcolor !important; }
  `);
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
}
"""
#: Where each choice that can be touched now has its picture, by a name for messages; ears are no choices.
CHOICES = """
() => {
  const open = [...document.querySelectorAll("dialog[open]")].at(-1);
  const listen = document.querySelector("#listen:not([hidden])");
  const within = open ?? listen ?? document.querySelector(".screen:not([hidden])");
  const choices = [...within.querySelectorAll("button:not(.hear, #listen-again)")].filter((e) => e.checkVisibility());
  return choices.map((e) => {
    const picture = e.querySelector(".plate, .assist-icons, svg") ?? e;
    const { x, y, width, height } = picture.getBoundingClientRect();
    return [e.id || e.dataset.language || e.parentElement.dataset.code || e.className, x, y, width, height];
  });
}
"""
#: Two departments with the same sign: the check itself must see it.
SAME_SIGN = """
() => {
  const [first, second] = document.querySelectorAll(".department .plate");
  const mine = second.cloneNode(true);
  second.replaceWith(first.cloneNode(true));
  window.undo = () => document.querySelectorAll(".department .plate")[1].replaceWith(mine);
}
"""
#: Of 255, between two pictures of the same size.
DIFFERENT = 4.0


async def pictures(page: Page) -> dict[str, Image.Image]:
    """What is seen of each choice, all in one size."""
    seen = Image.open(BytesIO(await page.screenshot())).convert("RGB")
    return {
        name: seen.crop((round(x), round(y), round(x + width), round(y + height))).resize((64, 64))
        for name, x, y, width, height in await page.evaluate(CHOICES)
    }


async def picture(page: Page, selector: str) -> Image.Image:
    """What is seen of this place."""
    return Image.open(BytesIO(await page.locator(selector).screenshot())).convert("RGB").resize((64, 64))


async def alike(page: Page) -> list[str]:
    """Choices that nobody can tell apart, or that have no picture at all, without words."""
    shown = await pictures(page)
    assert shown
    empty = [f"{name}: no picture" for name, one in shown.items() if max(ImageStat.Stat(one).stddev) < DIFFERENT]
    return empty + [
        f"{first} looks like {second}"
        for first, second in combinations(shown, 2)
        if difference(shown[first], shown[second]) < DIFFERENT
    ]


def difference(first: Image.Image, second: Image.Image) -> float:
    """How far two pictures of one size are apart, of 255, on average over points and colours."""
    return sum(ImageStat.Stat(ImageChops.difference(first, second)).mean) / 3


async def test_pictures_colours_and_numbers_lead_from_the_language_to_the_slip(
    open_kiosk: OpenKiosk, screenshot: Screenshot
) -> None:
    kiosk = await open_kiosk(departments=NINE, before=NOTE_SAID)
    page = kiosk.page
    await kiosk.open_in_all_languages()
    await page.evaluate(HIDE_WORDS)
    await screenshot(page, "kiosk-without-words-home")
    # The letters of nine scripts are there when their fonts are.
    assert await left_of(lambda: alike(page)) == []
    assert len(await pictures(page)) >= len(LANGUAGES)

    await page.click(f".tongue-sign:text-is('{ALL['bn'].letter}')")
    await kiosk.sees("departments")
    await screenshot(page, "kiosk-without-words-departments")
    assert await alike(page) == []
    assert len(await pictures(page)) >= 8
    await page.evaluate(SAME_SIGN)
    assert len(await alike(page)) == 1
    await page.evaluate("window.undo()")
    for dialog in ("idle", "closing", "give-up"):
        await page.evaluate(f"document.querySelector('#{dialog}').showModal()")
        assert await alike(page) == [], dialog
        await page.evaluate(f"document.querySelector('#{dialog}').close()")
    before = await picture(page, "#assist")
    await page.click("#assist:has(use[href$='#elderly'])")
    await expect(page.locator("#assist[aria-pressed=true]")).to_be_visible()
    after = await picture(page, "#assist")
    assert difference(before, after) > DIFFERENT, "nobody sees that help was asked for"
    await page.click("#more:has(use[href$='#arrow'])")
    assert await alike(page) == []
    await page.click("#more:has(use[href$='#arrow'])")

    await page.click(".tile:has(.plate use[href$='#dental'])")
    await kiosk.sees("token")
    assert await alike(page) == []
    assert await page.inner_text("#token .number") == "D-001"
    sign = page.locator("#token-plate use, #token-assisted use")
    assert [(await one.get_attribute("href") or "").split("#")[1] for one in await sign.all()] == ["dental", "assisted"]
    assert await page.locator("#token").get_attribute("data-colour") == "blue"
    printing = await picture(page, ".paper-icon")
    await kiosk.report(PrintState.PRINTED)
    await expect(page.locator(".paper-icon use[href$='#printer-ok']")).to_be_visible()
    printed = await picture(page, ".paper-icon")
    assert difference(printing, printed) > DIFFERENT
    await screenshot(page, "kiosk-without-words-token")
    await page.click(".done:has(use[href$='#check'])")
    await kiosk.sees("home")

    await page.keyboard.press("F1")
    await expect(page.locator("#listen")).to_be_visible()
    assert await alike(page) == []
