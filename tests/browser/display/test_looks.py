"""The display fits every screen with whatever is on it, and stays as small after a long day."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.browser.board_feeds import BoardFeed, board, call, earlier, many_doctors
from tests.browser.checks import poor_contrast
from tests.browser.conftest import PageFactory, Screenshot, Serve
from tests.browser.display_pages import FULL_HD

pytestmark = pytest.mark.browser
SCREENS = [(1920, 1080), (3840, 2160), (1366, 768), (1080, 1920)]
# What reaches beyond the screen or is cut off inside its box; names that are shortened with an ellipsis may be.
CUT_OFF = """
() => {
  const isWhole = (element) => {
    const box = element.getBoundingClientRect();
    return box.left >= -1 && box.right <= innerWidth + 1 && box.bottom <= innerHeight + 1;
  };
  const spills = (e) => e.scrollHeight > e.clientHeight + 0.02 * innerHeight || e.scrollWidth > e.clientWidth + 1;
  const isSeen = (element) => element.checkVisibility() && !element.matches("audio, .visually-hidden");
  const seen = [...document.querySelectorAll(".display-head *, main *")].filter(isSeen);
  const boxes = seen.filter((e) => e.matches(".department, .recent-call, .display-head, .departments, .doctor"));
  const name = (e) => `${e.tagName}.${e.getAttribute("class")}: ${e.textContent.slice(0, 30)}`;
  return [...seen.filter((e) => !isWhole(e)), ...boxes.filter(spills)].map(name);
}
"""
CAP_HEIGHT = """
() => {
  const style = getComputedStyle(document.querySelector("#hero .giant .number"));
  const pen = document.createElement("canvas").getContext("2d");
  pen.font = `${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;
  return pen.measureText("H").actualBoundingBoxAscent / Math.min(innerHeight, innerWidth);
}
"""


def crowd() -> list[dict[str, Any]]:
    """Nine calls within seconds."""
    return [call(place + 10, f"G-0{place + 20}", str(place), seconds_ago=30) for place in range(1, 10)]


SCENES: dict[str, Callable[[], dict[str, Any]]] = {
    "nobody-called-yet": board,
    "a-usual-morning": lambda: board([*earlier(), call(6, "G-012", "3", seconds_ago=200)]),
    "one-department": lambda: board([call(6, "G-012", "3", seconds_ago=200)], departments=1),
    "eight-departments": lambda: board(
        [*earlier(), call(6, "M-1012", "OPD-12", seconds_ago=200)], departments=8, doctors=many_doctors()
    ),
    "six-departments": lambda: board([*earlier(), call(6, "G-012", "3", seconds_ago=200)], departments=6),
    "a-crowd": lambda: board([*earlier(), *crowd()], departments=4),
}


@pytest.mark.parametrize(("width", "height"), SCREENS)
@pytest.mark.parametrize("scene", SCENES)
async def test_every_clinic_fits_every_screen(
    scene: str, width: int, height: int, serve: Serve, page_factory: PageFactory, screenshot: Screenshot
) -> None:
    feed = BoardFeed()
    feed.data = SCENES[scene]()
    server = await serve(feed.app)
    page = await page_factory(width=width, height=height, reduced_motion="reduce")

    await page.goto(f"{server.url}/display/main")
    await page.wait_for_selector(".department")
    # A picture of the largest display takes seconds: one is enough.
    if width < 3840 or scene == "eight-departments":
        await screenshot(page, f"display-{scene}-{width}x{height}")

    assert await page.evaluate(CUT_OFF) == []
    assert await poor_contrast(page) == []
    if scene != "nobody-called-yet" and width > height:
        assert await page.evaluate(CAP_HEIGHT) >= 0.23


async def test_many_hundreds_of_frames_leave_nothing_behind(serve: Serve, page_factory: PageFactory) -> None:
    feed = BoardFeed()
    server = await serve(feed.app)
    page = await page_factory(**FULL_HD, reduced_motion="reduce")
    await page.goto(f"{server.url}/display/main")
    await page.wait_for_selector(".department")

    async def play(frames: range) -> tuple[int, float, int]:
        for n in frames:
            calls = [call(n + k, f"G-{(n + k) % 1000:03}", str(k), seconds_ago=60 * (9 - k)) for k in range(1, 10)]
            data = board(calls, departments=3 + n % 6, doctors=many_doctors()[n % 20 :])
            data["departments"][0]["waiting"] = n
            await feed.show(data)
            if n % 100 == 0 or n == frames[-1]:
                shown = "(n) => document.querySelector('.waiting-count').textContent === String(n)"
                await page.wait_for_function(shown, arg=n, timeout=60_000)
        client = await page.context.new_cdp_session(page)
        await client.send("HeapProfiler.collectGarbage")
        counters = await client.send("Memory.getDOMCounters")
        heap = await client.send("Runtime.getHeapUsage")
        await client.detach()
        kept = await page.evaluate("JSON.stringify(localStorage).length")
        return counters["nodes"], heap["usedSize"], kept

    await play(range(1, 200))
    nodes_before, heap_before, kept_before = await play(range(200, 400))
    nodes_after, heap_after, kept_after = await play(range(400, 1200))

    assert nodes_after < nodes_before * 1.2 + 200
    assert heap_after < heap_before * 1.2 + 500_000
    assert kept_after < kept_before + 2000
