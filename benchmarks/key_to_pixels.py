"""From the doctor's key to the changed pixels: thirty displays are connected, one of them a real Chromium.

    PYTHONPATH=. python benchmarks/key_to_pixels.py                                      three minutes at most
    PYTHONPATH=. python benchmarks/key_to_pixels.py --seconds 600 --calls 100 --displays 30 --phones 200

Each time is from just before the doctor's request is sent until the frame of the browser in which the called number
stands has been drawn: a MutationObserver sees the number, and the second animation frame after it begins when the
first one is done. Both clocks are the machine's. Every other call comes when the display is quiet, and is shown huge at
once; the others come while it still announces, and stand in the list of calls until their turn.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import shutil
import sys
import time
import uuid
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

from playwright.async_api import Page, async_playwright
from websockets.asyncio.client import connect

from benchmarks.calling import log_in
from benchmarks.parts import ROOMS, Clinic, Line, a_served_clinic, databases_here, lines, milliseconds, table
from tests.browser.conftest import CHROMIUM_FLAGS

#: Remembers for every number when the first frame that shows it was drawn, in milliseconds since 1970.
WATCH = """
() => {
  window.drawn = {};
  const look = () => {
    for (const { textContent: number } of document.querySelectorAll("#hero .number, #recent .number")) {
      if (number in window.drawn) continue;
      window.drawn[number] = null;
      requestAnimationFrame(() => requestAnimationFrame(() => {
        window.drawn[number] = performance.timeOrigin + performance.now();
      }));
    }
  };
  const how = { childList: true, subtree: true, characterData: true };
  for (const place of ["#hero", "#recent"]) new MutationObserver(look).observe(document.querySelector(place), how);
}
"""
IS_QUIET = "() => document.querySelector('.hero-call[data-new]') === null"


class Watchers:
    """Displays and phones without a screen: they note when each number came to them as the newest call."""

    def __init__(self) -> None:
        self.arrived: dict[str, list[float]] = {}
        self._tasks: list[asyncio.Task[None]] = []

    async def add(self, address: str, key: str | None) -> None:
        """One more line, which shows its first view."""
        ready = asyncio.Event()
        self._tasks.append(asyncio.create_task(self._watch(address, key, ready)))
        await ready.wait()

    async def _watch(self, address: str, key: str | None, ready: asyncio.Event) -> None:
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        newest = None
        async with connect(address, additional_headers=headers, compression=None) as line:
            async for text in line:
                now = time.time()
                ready.set()
                calls = json.loads(text).get("data", {}).get("calls")
                if calls and calls[-1]["number"] != newest:
                    newest = calls[-1]["number"]
                    self.arrived.setdefault(newest, []).append(now)

    async def close(self) -> None:
        """All lines are gone."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


@asynccontextmanager
async def a_display(clinic: Clinic) -> AsyncIterator[Page]:
    """The real page of a display in a real browser, live."""
    program = shutil.which("chromium") or shutil.which("google-chrome")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=program, args=CHROMIUM_FLAGS)
        page = await browser.new_page(viewport={"width": 1920, "height": 1080})
        url = clinic.server.url
        await page.request.post(f"{url}/devices/session", data={"code": clinic.display_key, "next": "/"})
        await page.goto(f"{url}/display/main")
        await page.locator("#departments [data-code=GEN]").wait_for()
        await page.evaluate(WATCH)
        yield page
        await browser.close()


async def measure(kind: str, calls: int, displays: int, phones: int, seconds: float) -> list[list[object]]:
    """The table's rows for one kind of database, of as many calls as there is time for."""
    ends = time.monotonic() + seconds
    say(f"{kind}: a clinic, its displays and its phones")
    async with AsyncExitStack() as stack:
        clinic = await stack.enter_async_context(a_served_clinic(kind))
        (program,) = await stack.enter_async_context(lines(clinic, 1))
        links = [await a_token(program) for _ in range(calls + 20)]
        (doctor,) = await stack.enter_async_context(lines(clinic, 1, cookie=await log_in(clinic, "doctor1")))
        page = await stack.enter_async_context(a_display(clinic))
        watchers = Watchers()
        stack.push_async_callback(watchers.close)
        live = clinic.server.url.replace("http", "ws")
        for _ in range(displays - 1):
            await watchers.add(f"{live}/ws/board/main", clinic.display_key)
        for number in range(phones):
            await watchers.add(f"{live}/ws/token/{links[-1 - number % 20]}", None)
        pressed: dict[str, float] = {}
        answered = []
        for count in range(calls):
            if count >= 4 and time.monotonic() > ends:
                break
            if count % 2 == 0:
                await page.wait_for_function(IS_QUIET)
            await asyncio.sleep(random.uniform(0.1, 0.6))
            began = time.time()
            took_s, number = await press(doctor, program)
            pressed[number] = began
            answered.append(took_s)
            await page.wait_for_function("(number) => window.drawn[number]", arg=number)
            if count % 4 == 3:
                say(f"{kind}: {count + 1} calls, answered within {1000 * max(answered):.0f} ms")
        drawn: dict[str, float] = await page.evaluate("window.drawn")
    pixels = [drawn[number] / 1000 - began for number, began in pressed.items()]
    arrivals = [moment - began for number, began in pressed.items() for moment in watchers.arrived[number]]
    name = f"{kind}, {displays} displays, {phones} phones: key →"
    return [
        [f"{name} pixels, huge", len(pixels[::2]), *milliseconds(pixels[::2])],
        [f"{name} pixels, in the list", len(pixels[1::2]), *milliseconds(pixels[1::2])],
        [f"{name} frame at the other displays", len(arrivals), *milliseconds(arrivals)],
        [f"{name} answer", len(answered), *milliseconds(answered)],
    ]


def say(what: str) -> None:
    """How far it is, beside the table."""
    print(what, file=sys.stderr, flush=True)


async def a_token(program: Line) -> str:
    """One more patient waits; the key of the phone's link."""
    status, token, _ = await program.ask("POST", "/api/v1/tokens", {"department": "GEN"})
    assert status == 201, status
    return str(token["status_url"].rpartition("/")[2])


async def press(doctor: Line, program: Line) -> tuple[float, str]:
    """The doctor's key; (seconds until its answer, the number that is called now)."""
    key = {"idempotency-key": uuid.uuid4().hex}
    status, _, took_s = await doctor.ask("POST", f"/doctor/{ROOMS[0]}/next", {}, **key)
    assert status == 200, status
    _, queue, _ = await program.ask("GET", "/api/v1/departments/GEN/queue")
    here: dict[str, Any] = next(token for token in queue["tokens"] if token["state"] == "called")
    return took_s, str(here["number"])


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--databases", nargs="+", choices=("sqlite", "postgresql"), default=["sqlite", "postgresql"])
    parser.add_argument("--calls", type=int, default=60)
    parser.add_argument("--seconds", type=float, default=120.0, help="for all calls; whoever is on the way is awaited")
    parser.add_argument("--displays", type=int, default=30)
    parser.add_argument("--phones", type=int, default=0)
    chosen = parser.parse_args()
    kinds = databases_here(chosen.databases)
    for kind in kinds:
        seconds = chosen.seconds / len(kinds)
        rows = asyncio.run(measure(kind, chosen.calls, chosen.displays, chosen.phones, seconds))
        table(["", "times", "p50 ms", "p95 ms", "max ms"], rows)


if __name__ == "__main__":
    main()
