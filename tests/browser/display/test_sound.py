"""What the display says aloud, and what it does where it may not."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from playwright.async_api import Page, async_playwright

from tests.browser.board_feeds import BoardFeed, board, call
from tests.browser.conftest import PageFactory, Screenshot, Serve
from tests.browser.display_pages import FULL_HD, Heard
from tests.waiting import until

pytestmark = pytest.mark.browser
VOICES = """
const log = window.spoken = [];
const voices = ["en-IN", "hi-IN", "de-DE"].map((lang) => ({lang, name: lang, localService: true, default: false}));
window.SpeechSynthesisUtterance = class extends EventTarget { constructor(text) { super(); this.text = text; } };
let speaking = 0;
Object.defineProperty(window, "speechSynthesis", {value: {
  getVoices: () => voices,
  cancel: () => log.push(["cancel"]),
  speak: (words) => {
    speaking += 1;
    log.push([words.lang, words.text, speaking]);
    setTimeout(() => { speaking -= 1; words.dispatchEvent(new Event("end")); }, 700);
  },
}});
"""

STRICT = ["--no-sandbox", "--disable-gpu", "--autoplay-policy=document-user-activation-required"]


async def a_display_of_voices(serve: Serve, page_factory: PageFactory, voices: str) -> tuple[BoardFeed, Page, Heard]:
    """A display on a machine with these voices: what feeds it, its page, and what is heard of it."""
    feed = BoardFeed()
    server = await serve(feed.app)
    page = await page_factory(**FULL_HD)
    heard = Heard()
    await heard.listen_to(page)
    await page.add_init_script(voices)
    await page.goto(f"{server.url}/display/main")
    await page.wait_for_selector(".department")
    return feed, page, heard


async def test_where_there_are_no_clips_the_machines_voices_speak_one_after_the_other(
    serve: Serve, page_factory: PageFactory
) -> None:
    feed, page, heard = await a_display_of_voices(serve, page_factory, VOICES)

    await feed.show(board([call(1, "G-012", "3"), call(2, "D-101", "1")]))
    await until(lambda: heard.is_quiet and len(heard.calls) == 2, within_s=30)

    assert await page.evaluate("spoken") == [
        ["en-IN", "Token G, zero one two. Please go to room three.", 1],
        ["hi-IN", "टोकन जी, शून्य एक दो। कृपया कमरा तीन में जाइए।", 1],
        ["en-IN", "Token D, one zero one. Please go to room one.", 1],
        ["hi-IN", "टोकन डी, एक शून्य एक। कृपया कमरा एक में जाइए।", 1],
    ]


async def test_a_voice_of_the_machine_is_given_figures_that_every_voice_knows(
    serve: Serve, page_factory: PageFactory
) -> None:
    feed, page, heard = await a_display_of_voices(serve, page_factory, VOICES.replace("de-DE", "ur-PK"))
    called = call(1, "G-012", "3")
    called["say"] = [
        {"language": language, "text": text, "words": [text]}
        for language, text in (("ur", "کمرہ ۱۲ میں آئیں"), ("hi", "कमरा ३ में जाइए"))
    ]

    await feed.show(board([called]))
    await until(lambda: heard.is_quiet and len(heard.calls) == 1, within_s=15)

    assert await page.evaluate("spoken") == [["ur-PK", "کمرہ 12 میں آئیں", 1], ["hi-IN", "कमरा 3 में जाइए", 1]]


async def test_a_voice_that_never_ends_does_not_silence_the_next_call(serve: Serve, page_factory: PageFactory) -> None:
    feed = BoardFeed()
    server = await serve(feed.app)
    page = await page_factory(**FULL_HD)
    heard = Heard()
    await heard.listen_to(page)
    await page.add_init_script(VOICES.replace('words.dispatchEvent(new Event("end"))', ""))
    await page.goto(f"{server.url}/display/main")
    await page.wait_for_selector(".department")
    first, second = call(1, "G-012", "3"), call(2, "D-101", "1")
    first["say"] = [{"language": "en", "text": "G", "words": ["G"]}]

    await feed.show(board([first, second]))

    await until(lambda: len(heard.calls) == 2, within_s=15)
    assert ["cancel"] in await page.evaluate("spoken")


@asynccontextmanager
async def strict_browser(chromium_path: str, *, has_loudspeaker: bool = True) -> AsyncIterator[Page]:
    """A page in a browser that makes no sound before it is touched."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=chromium_path,
            args=[*STRICT, "--use-fake-device-for-media-stream"][: None if has_loudspeaker else -1],
        )
        yield await browser.new_page(viewport={"width": 1920, "height": 1080})
        await browser.close()


async def noted(page: Page, name: str) -> str:
    """What the body says of itself, without a touch: whatever Playwright evaluates counts as one."""
    client = await page.context.new_cdp_session(page)
    found = await client.send("Runtime.evaluate", {"expression": f"document.body?.dataset.{name} ?? ''"})
    await client.detach()
    return str(found["result"]["value"])


async def test_a_browser_that_wants_a_touch_is_shown_a_sign_until_it_had_it(
    serve: Serve, chromium_path: str, screenshot: Screenshot
) -> None:
    feed = BoardFeed()
    server = await serve(feed.app)
    async with strict_browser(chromium_path) as page:
        client = await page.context.new_cdp_session(page)

        async def is_known() -> bool:
            return await noted(page, "sound") != ""

        async def is_announced() -> bool:
            return await noted(page, "announced") == "1"

        await client.send("Page.navigate", {"url": f"{server.url}/display/main"})
        await until(is_known)
        before = await noted(page, "sound")
        await feed.show(board([call(1, "G-012", "3")]))
        await until(is_announced)
        while_announced = await noted(page, "sound")
        await screenshot(page, "display-touch-for-sound")
        await page.mouse.click(300, 300)

        await page.wait_for_selector("body[data-sound=sounds] [data-silent=blocked]", state="hidden")
    assert (before, while_announced) == ("blocked", "blocked")


async def test_a_machine_without_a_loudspeaker_says_so_on_its_screen(serve: Serve, chromium_path: str) -> None:
    server = await serve(BoardFeed().app)
    async with strict_browser(chromium_path, has_loudspeaker=False) as page:
        await page.goto(f"{server.url}/display/main")
        await page.mouse.click(300, 300)

        await page.wait_for_selector("[data-silent=no-device]:visible")


async def test_where_sound_is_allowed_no_sign_is_shown(serve: Serve, page_factory: PageFactory) -> None:
    feed = BoardFeed()
    server = await serve(feed.app)
    page = await page_factory(**FULL_HD)
    await page.goto(f"{server.url}/display/main")

    await page.wait_for_selector("body[data-sound=sounds]")

    assert await page.locator("[data-silent]:visible").count() == 0
