"""Fixtures of the browser tests: a real Chromium, pages that fail on errors, and servers on loopback."""

import asyncio
import os
import shutil
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
import uvicorn
from playwright.async_api import Browser, ConsoleMessage, Page, async_playwright, expect

from tests.waiting import until

HERE = Path(__file__).parent
ROOT = Path(__file__).resolve().parents[2]
SCREENSHOTS = ROOT / "artefacts" / "screens"
#: A page may be slow on a busy machine; what comes is seen at once all the same.
PATIENCE_MS = 30_000
expect.set_options(timeout=PATIENCE_MS)
CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--font-render-hinting=none",  # for the headless shell: letters as wide as on a screen
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--autoplay-policy=no-user-gesture-required",
    "--use-fake-device-for-media-stream",  # a loudspeaker and a microphone that are none
    "--use-fake-ui-for-media-stream",
]

#: The engine of Chromium without what is around pages: a new page costs it a fifth of the time.
SHELL = "chromium-headless-shell"
WHOLE = ("chromium", "chromium-browser", "google-chrome")

PageFactory = Callable[..., Awaitable[Page]]
Serve = Callable[..., Awaitable["Server"]]
Screenshot = Callable[..., Awaitable[None]]

#: Its fonts have come, and it has been drawn with them.
DRAWN = """
() => document.fonts.ready.then(
  () => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(() => drawn(true))))
)
"""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The tests here run in one event loop, because they share one browser; so do their fixtures."""
    for item in items:
        if HERE in item.path.parents and pytest_asyncio.is_async_test(item):
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


def find_chromium(names: Sequence[str] = (SHELL, *WHOLE)) -> str | None:
    """The path of the browser that QUEUE_BROWSER names, or else of the first of these that is here."""
    asked = os.environ.get("QUEUE_BROWSER")
    return next(filter(None, map(shutil.which, [asked] if asked else names)), None)


def needed_chromium(names: Sequence[str] = (SHELL, *WHOLE)) -> str:
    """As `find_chromium`; without one the test is skipped, or fails under QUEUE_REQUIRE_ALL=1."""
    if path := find_chromium(names):
        return path
    reason = "No Chromium on this machine: install the package 'chromium'."
    if os.environ.get("QUEUE_REQUIRE_ALL") == "1":
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """Path of the Chromium to drive; the test is skipped without one, or fails under QUEUE_REQUIRE_ALL=1."""
    return needed_chromium()


@asynccontextmanager
async def a_chromium(path: str) -> AsyncIterator[Browser]:
    """A browser without a window that anybody sees."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=CHROMIUM_FLAGS)
        yield browser
        await browser.close()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser(chromium_path: str) -> AsyncIterator[Browser]:
    """One headless browser for all tests of a run; a page keeps to itself in a context of its own."""
    async with a_chromium(chromium_path) as browser:
        yield browser


def _said(message: ConsoleMessage) -> str:
    """The message and where it comes from: "not found" alone tells nobody what."""
    return f"{message.text} {message.location['url']}"


@pytest_asyncio.fixture(loop_scope="session")
async def page_factory(browser: Browser) -> AsyncIterator[PageFactory]:
    """Opens pages: `await page_factory(width=390, height=844, locale="hi")`, each in a context of its own.

    The test fails at its end when a page has thrown or written an error to its console, unless it was opened with
    `may_fail=True` (a page whose server is taken away complains rightly).
    """
    async with _pages_of(browser) as open_page:
        yield open_page


@pytest_asyncio.fixture(loop_scope="session")
async def whole_page_factory() -> AsyncIterator[PageFactory]:
    """As `page_factory`, of a whole browser: the headless shell has no notes that lie on the screen."""
    async with a_chromium(needed_chromium(WHOLE)) as browser, _pages_of(browser) as open_page:
        yield open_page


@asynccontextmanager
async def _pages_of(browser: Browser) -> AsyncIterator[PageFactory]:
    problems: list[str] = []

    async def open_page(*, width: int = 1440, height: int = 900, may_fail: bool = False, **options: Any) -> Page:
        context = await browser.new_context(viewport={"width": width, "height": height}, **options)
        page = await context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        if not may_fail:
            page.on("console", lambda message: problems.append(_said(message)) if message.type == "error" else None)
            page.on("pageerror", lambda error: problems.append(str(error)))
        return page

    yield open_page
    for context in browser.contexts:
        await context.close()
    assert problems == []


@pytest.fixture
def screenshot() -> Screenshot:
    """The page is drawn with its fonts; with QUEUE_SCREENSHOTS=1 a picture of it is kept for people to look at.

    `await screenshot(page, "kiosk-home-hi")` writes artefacts/screens/kiosk-home-hi.png then.
    """

    async def save(page: Page, name: str, *, full_page: bool = False) -> None:
        await page.evaluate(DRAWN)
        if os.environ.get("QUEUE_SCREENSHOTS"):
            await page.screenshot(path=SCREENSHOTS / f"{name}.png", full_page=full_page)

    return save


@dataclass
class Server:
    """A program on loopback that the test can take away and bring back on the same port."""

    app: Any
    port: int
    options: dict[str, Any]
    _server: uvicorn.Server | None = None
    _task: asyncio.Task[None] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def start(self) -> None:
        """It answers."""
        config = uvicorn.Config(
            self.app, host="127.0.0.1", port=self.port, log_level="warning", http="h11", **self.options
        )
        self._server = server = uvicorn.Server(config)
        self._task = task = asyncio.create_task(server.serve())
        await until(lambda: server.started or task.done())
        if task.done():
            task.result()
            raise RuntimeError(f"The server on port {self.port} ended before it had started.")

    async def stop(self) -> None:
        """Its port is closed and every connection is gone."""
        if self._server is None or self._task is None:
            return
        self._server.should_exit = self._server.force_exit = True
        await self._task
        for connection in list(self._server.server_state.connections):
            if connection.transport is not None:
                connection.transport.abort()
        self._server = self._task = None


@pytest_asyncio.fixture(loop_scope="session")
async def serve() -> AsyncIterator[Serve]:
    """Starts an ASGI program on a free port of loopback: `server = await serve(app)`, then `server.url`."""
    async with AsyncExitStack() as stack:

        async def start(app: Any, **options: Any) -> Server:
            server = Server(app, free_port(), {"lifespan": "off", "timeout_graceful_shutdown": 1, **options})
            await server.start()
            stack.push_async_callback(server.stop)
            return server

        yield start


def free_port() -> int:
    """A port of loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
