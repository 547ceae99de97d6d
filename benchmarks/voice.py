"""From a call's frame to the first sound, and how a call sounds in every language; all recorded from a real Chromium.

    PYTHONPATH=. python benchmarks/voice.py                20 calls in English, one in each language: four minutes
    PYTHONPATH=. python benchmarks/voice.py --calls 50

The time is from when the browser hands the frame to the page until the first sample of the chime that can be heard has
come to where the loudspeaker would be; what a loudspeaker adds (some 30 ms) comes on top.
"""

from __future__ import annotations

import argparse
import asyncio
import shutil
import statistics
import sys

import uvicorn
from playwright.async_api import Page, async_playwright

from display.announcing import announcement
from display.announcing.clips import clips
from queue_server.domain.voice.bundles import Bundle
from queue_server.locale.languages import ALL
from tests.browser.board_feeds import BoardFeed, board, call
from tests.browser.conftest import CHROMIUM_FLAGS, free_port
from tests.browser.display_pages import Heard
from tests.browser.hearing import taken, tap
from tests.waiting import until

#: How long after each frame with a call its first sound is heard, in milliseconds.
WATCH = """
window.times = [];
let frameAt = null;
const Real = window.WebSocket;
window.WebSocket = class extends Real {
  constructor(...told) {
    super(...told);
    this.addEventListener("message", ({data}) => {
      if (JSON.parse(data).data?.calls?.length) frameAt = performance.now();
    });
  }
};
const push = Array.prototype.push;
window.onSamples = (samples) => {
  if (frameAt === null || !samples.some((sample) => Math.abs(sample) > 0.002)) return;
  push.call(window.times, performance.now() - frameAt);
  frameAt = null;
};
setInterval(() => {
  const {blocks} = window.heard;
  if (blocks.onPush) return;
  blocks.onPush = true;
  blocks.push = (block) => { window.onSamples(block.samples); return push.call(blocks, block); };
}, 5);
"""


def spoken(feed: BoardFeed, languages: list[str], call_id: int) -> dict[str, object]:
    """A board that says one call in these languages."""
    feed.voices = {code: Bundle(code, clips(code)) for code in languages}
    shown = call(call_id, f"G-{call_id:03}", "3")
    shown["say"] = announcement(shown["number"], "3", languages)
    addresses = {code: bundle.address for code, bundle in feed.voices.items()}
    return board([shown]) | {"languages": languages, "voices": addresses, "volume": 100}


async def said(feed: BoardFeed, heard: Heard, languages: list[str], call_id: int) -> None:
    """The call has been announced."""
    await feed.show(spoken(feed, languages, call_id))
    await until(lambda: call_id in heard.calls and heard.is_quiet, within_s=180)


async def measure(page: Page, feed: BoardFeed, url: str, calls: int) -> None:
    """Print the times, and the table of the languages."""
    heard = Heard()
    await heard.listen_to(page)
    await tap(page)
    await page.add_init_script(WATCH)
    await page.goto(f"{url}/display/main")
    await page.wait_for_selector("[data-tapped]")
    for call_id in range(1, calls + 1):
        await said(feed, heard, ["en"], call_id)
    times = sorted(await page.evaluate("times"))
    median = statistics.median(times)
    print(f"frame to first sound, {len(times)} calls: median {median:.0f} ms, most {times[-1]:.0f} ms")
    for call_id, code in enumerate(ALL, calls + 1):
        await taken(page)
        await said(feed, heard, [code], call_id)
        chime, *words = (await taken(page)).sounding(gap_s=0.1)
        loud = ", ".join(f"{part.loudness:.1f}" for part in words)
        seconds = sum(part.seconds for part in words)
        print(f"{code}: chime {chime.loudness:.1f} LUFS, words {seconds:.1f} s at {loud} LUFS")


async def main(calls: int) -> None:
    """Serve a board, open it, measure."""
    feed, port = BoardFeed(), free_port()
    server = uvicorn.Server(uvicorn.Config(feed.app, port=port, log_level="warning"))
    serving = asyncio.create_task(server.serve())
    await until(lambda: server.started)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=shutil.which("chromium"), args=CHROMIUM_FLAGS)
        context = await browser.new_context(bypass_csp=True, viewport={"width": 1920, "height": 1080})
        await measure(await context.new_page(), feed, f"http://127.0.0.1:{port}", calls)
        await browser.close()
    server.should_exit = True
    await serving


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--calls", type=int, default=20)
    sys.exit(asyncio.run(main(parser.parse_args().calls)))
