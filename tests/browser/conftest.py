"""Fixtures of the browser tests: a real Chromium, pages that fail on errors, and servers on loopback."""

import asyncio
import os
import shutil
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
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

PageFactory = Callable[..., Awaitable[Page]]
Serve = Callable[..., Awaitable["Server"]]
Screenshot = Callable[..., Awaitable[Path]]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The tests here run in one event loop, because they share one browser; so do their fixtures."""
    for item in items:
        if HERE in item.path.parents and pytest_asyncio.is_async_test(item):
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """Path of the system's Chromium; the test is skipped without one, or fails under QUEUE_REQUIRE_ALL=1."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if path := shutil.which(name):
            return path
    reason = "No Chromium on this machine: install the package 'chromium'."
    if os.environ.get("QUEUE_REQUIRE_ALL") == "1":
        pytest.fail(reason)
    pytest.skip(reason)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser(chromium_path: str) -> AsyncIterator[Browser]:
    """One headless browser for all tests of a run; a page keeps to itself in a context of its own."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium_path, args=CHROMIUM_FLAGS)
        yield browser
        await browser.close()


def _said(message: ConsoleMessage) -> str:
    """The message and where it comes from: "not found" alone tells nobody what."""
    return f"{message.text} {message.location['url']}"


@pytest_asyncio.fixture(loop_scope="session")
async def page_factory(browser: Browser) -> AsyncIterator[PageFactory]:
    """Opens pages: `await page_factory(width=390, height=844, locale="hi")`, each in a context of its own.

    The test fails at its end when a page has thrown or written an error to its console, unless it was opened with
    `may_fail=True` (a page whose server is taken away complains rightly).
    """
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
    """Saves what a page shows: `await screenshot(page, "kiosk-home-hi")` writes artefacts/screens/kiosk-home-hi.png."""

    async def save(page: Page, name: str, *, full_page: bool = False) -> Path:
        path = SCREENSHOTS / f"{name}.png"
        await page.evaluate("document.fonts.ready.then(() => true)")
        await page.screenshot(path=path, full_page=full_page)
        return path

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
