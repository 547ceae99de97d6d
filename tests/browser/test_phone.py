"""The patient's phone page: the same truth with and without script, small, and live."""

import gzip
from typing import Any

import pytest
from playwright.async_api import Page, Response
from starlette.requests import Request
from starlette.responses import RedirectResponse
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from tests.browser.checks import overflowing, poor_contrast, unmarked_focus
from tests.browser.conftest import PageFactory, Screenshot, Serve, Server
from tests.browser.rendering import pages, render
from tests.waiting import until

pytestmark = pytest.mark.browser
KEY = "0123456789abcdef0123456789abcdef"
WAIT = {"words": "wait_range", "values": {"low": 20, "high": 35}, "minutes": 30}
WAITING = {"state": "waiting", "ahead": 3, "wait": WAIT}
STATES: dict[str, dict[str, Any]] = {
    "waiting": WAITING,
    "one-ahead": {
        "state": "waiting",
        "ahead": 1,
        "wait": {"words": "wait_short", "values": {"high": 10}, "minutes": 5},
    },
    "no-estimate": {"state": "waiting", "ahead": 12, "wait": None, "now_serving": []},
    "long": {
        "state": "waiting",
        "ahead": 60,
        "wait": {"words": "wait_clock", "values": {"from": "12:10", "until": "13:25"}, "minutes": 150, "late": True},
    },
    "next": {"state": "waiting", "ahead": 0, "wait": WAIT},
    "called": {"state": "called", "room": "3", "calls": 1},
    "serving": {"state": "serving", "room": "3"},
    "held": {"state": "held"},
    "missed": {"state": "missed", "can_return": True},
    "missed-often": {"state": "missed", "can_return": False},
    "transferred": {"state": "transferred"},
    "attended": {"state": "attended"},
    "cancelled": {"state": "cancelled"},
    "expired": {"state": "expired"},
}


def a_token(**changes: Any) -> dict[str, Any]:
    """What the page's handler gives, a waiting token unless told."""
    names = {"en": "General", "hi": "सामान्य"}
    told: dict[str, object] = {
        "department_names": names,
        "icon": "general",
        "colour": "teal",
        "clinic": "Sunrise Clinic",
    }
    told["time_zone"] = "Asia/Kolkata"
    return {**a_view(**changes), **told}


def a_view(**changes: Any) -> dict[str, Any]:
    """The data of a token's frame."""
    nothing = {
        "ahead": None,
        "wait": None,
        "room": None,
        "can_return": False,
        "now_serving": ["G-008", "G-009"],
        "calls": 0,
        "language": "en",
    }
    return {"number": "G-012", "department": "GEN", **nothing, **WAITING, **({"ahead": None, "wait": None} | changes)}


def the_page(language: str, /, **changes: Any) -> str:
    told = {"keeper": {"name": None, "is_kept": False}, "wish": {"minutes": 10, "ahead": None}}
    return render("patients/follow.html", language, token=a_token(**changes), key=KEY, **told)


class Phone:
    """The server's end of one phone's line: keeps the newest view and sends it to whoever connects."""

    def __init__(self, **view: Any) -> None:
        self.view = view
        self.rev = 1
        self.sockets: list[WebSocket] = []

    async def answer(self, socket: WebSocket) -> None:
        await socket.accept()
        self.sockets.append(socket)
        await self._send(socket)
        try:
            await socket.receive_text()
        except WebSocketDisconnect:
            self.sockets.remove(socket)

    async def change(self, **view: Any) -> None:
        """The page is told of this view."""
        self.view = view
        self.rev += 1
        for socket in self.sockets:
            await self._send(socket)

    async def _send(self, socket: WebSocket) -> None:
        frame = {"type": "view", "topic": "token", "rev": self.rev, "at": "2026-11-22T04:31:07Z"}
        await socket.send_json(frame | {"data": a_view(**self.view)})


async def served(phone: Phone, serve: Serve, language: str = "en") -> Server:
    async def back(request: Request) -> RedirectResponse:
        phone.view = WAITING
        return RedirectResponse("/t", 303)

    routes = [
        WebSocketRoute("/ws/token/{key}", phone.answer),
        Route("/t/{key}/return", back, methods=["POST"]),
    ]
    return await serve(pages(*routes, t=lambda asked: the_page(asked, **phone.view)))


async def said(page: Page) -> str:
    text: str = await page.inner_text("#ticket")
    return " ".join(text.split())


@pytest.mark.parametrize("language", ["en", "hi"])
async def test_every_state_can_be_read(
    language: str, serve: Serve, page_factory: PageFactory, screenshot: Screenshot
) -> None:
    phone = Phone(**WAITING)
    server = await served(phone, serve)
    page = await page_factory(width=390, height=844)

    for name, view in STATES.items():
        phone.view = view
        await page.goto(f"{server.url}/t?lang={language}")
        await screenshot(page, f"phone-{name}-{language}")

        assert await poor_contrast(page) == [], name
        assert await overflowing(page) == [], name
    assert await unmarked_focus(page) == []


async def test_the_page_says_the_same_with_and_without_script(serve: Serve, page_factory: PageFactory) -> None:
    phone = Phone(**WAITING)
    server = await served(phone, serve)
    plain = await page_factory(width=390, height=844, java_script_enabled=False)
    live = await page_factory(width=390, height=844)
    await live.goto(f"{server.url}/t")
    await until(lambda: len(phone.sockets) == 1)

    for name, view in STATES.items():
        await phone.change(**view)
        await plain.goto(f"{server.url}/t")
        wanted = await said(plain)
        shown = "(wanted) => document.querySelector('#ticket').innerText.split(/\\s+/).join(' ').trim() === wanted"
        await live.wait_for_function(shown, arg=wanted)

        assert await said(live) == wanted, name


async def test_without_script_the_page_asks_again_until_the_visit_is_over(
    serve: Serve, page_factory: PageFactory
) -> None:
    phone = Phone(**WAITING)
    server = await served(phone, serve)
    page = await page_factory(java_script_enabled=False)

    await page.goto(f"{server.url}/t")
    while_waiting = await page.locator("meta[http-equiv=refresh]").get_attribute("content")
    phone.view = STATES["attended"]
    await page.goto(f"{server.url}/t")

    assert while_waiting == "20"
    assert await page.locator("meta[http-equiv=refresh]").count() == 0


async def test_a_missed_patient_comes_back_with_one_press_even_without_script(
    serve: Serve, page_factory: PageFactory
) -> None:
    phone = Phone(**STATES["missed"])
    server = await served(phone, serve)
    page = await page_factory(width=390, height=844, java_script_enabled=False)
    await page.goto(f"{server.url}/t")

    await page.get_by_role("button", name="I'm back").click()

    assert await page.get_by_role("heading", name="3 people ahead of you").is_visible()


async def test_a_call_changes_the_page_its_title_and_shakes_the_phone(serve: Serve, page_factory: PageFactory) -> None:
    phone = Phone(**WAITING)
    server = await served(phone, serve)
    page = await page_factory(width=390, height=844)
    await page.add_init_script("window.shakes = []; navigator.vibrate = (pattern) => window.shakes.push(pattern);")
    await page.goto(f"{server.url}/t")
    await page.get_by_role("button", name="Ring when I am called").click()
    while_waiting = await page.title()

    await phone.change(**STATES["called"])
    await page.get_by_role("heading", name="Please go to room 3").wait_for()
    await phone.change(**STATES["called"])
    await phone.change(**STATES["serving"])
    await page.get_by_role("heading", name="You are with the doctor").wait_for()

    assert while_waiting == "G-012 · 3 people ahead of you"
    assert await page.evaluate("shakes.length") == 2  # once to show how it will be, once for the call
    assert await page.title() == "G-012"


async def test_a_patient_who_is_called_again_hears_it_again(serve: Serve, page_factory: PageFactory) -> None:
    phone = Phone(**STATES["called"])
    server = await served(phone, serve)
    page = await page_factory(width=390, height=844)
    await page.add_init_script("window.shakes = []; navigator.vibrate = (pattern) => window.shakes.push(pattern);")
    await page.goto(f"{server.url}/t")
    await until(lambda: len(phone.sockets) == 1)
    await page.get_by_role("heading", name="Please go to room 3").click()  # a browser lets only a touched page shake

    await phone.change(**STATES["called"] | {"calls": 2})

    await page.wait_for_function("() => window.shakes.length === 1")


async def test_a_token_that_goes_on_to_another_department_gets_that_departments_page(
    serve: Serve, page_factory: PageFactory
) -> None:
    phone = Phone(**WAITING)
    server = await served(phone, serve)
    page = await page_factory(width=390, height=844)
    await page.goto(f"{server.url}/t")
    await until(lambda: len(phone.sockets) == 1)

    async with page.expect_navigation():
        await phone.change(**WAITING, department="LAB")

    assert "LAB" in (await page.text_content("#page-data") or "")


async def test_a_token_whose_language_changes_gets_the_page_of_that_language(
    serve: Serve, page_factory: PageFactory
) -> None:
    phone = Phone(**WAITING)
    server = await served(phone, serve)
    page = await page_factory(width=390, height=844)
    await page.goto(f"{server.url}/t")
    await until(lambda: len(phone.sockets) == 1)

    async with page.expect_navigation():
        await phone.change(**WAITING, language="hi")


async def test_a_phone_on_a_slow_line_loads_little(serve: Serve, page_factory: PageFactory) -> None:
    sizes: dict[str, int] = {}

    async def weigh(response: Response) -> None:
        sizes[response.url] = len(gzip.compress(await response.body()))

    phone = Phone(**WAITING)
    server = await served(phone, serve)
    for language in ("en", "hi"):
        sizes.clear()
        page = await page_factory(width=390, height=844)
        page.on("response", weigh)
        await page.goto(f"{server.url}/t?lang={language}", wait_until="networkidle")
        first = sum(size for url, size in sizes.items() if not url.endswith(".svg"))
        print(f"{language}: first view {first} bytes, all {sum(sizes.values())} bytes in {len(sizes)} files")

        assert len(sizes) >= 8
        assert first <= 14 * 1024
        assert sum(sizes.values()) <= 50 * 1024


@pytest.mark.parametrize("language", ["en", "hi"])
async def test_the_pages_beside_it_can_be_read(
    language: str, serve: Serve, page_factory: PageFactory, screenshot: Screenshot
) -> None:
    kinds = [("GEN", "General", "general", "teal"), ("DEN", "Dental", "dental", "blue"), ("ENT", "ENT", "ent", "amber")]
    departments = [
        {
            "code": code, "names": {"en": name}, "icon": icon, "colour": colour,
            "waiting": n, "is_open": n < 2, "wait": WAIT if n else None, "is_closing": n == 1,
        }
        for n, (code, name, icon, colour) in enumerate(kinds)
    ]  # fmt: skip
    server = await serve(
        pages(
            home=lambda lang: render("patients/home.html", lang, departments=departments),
            gone=lambda lang: render("patients/gone.html", lang),
        )
    )
    page = await page_factory(width=390, height=844)

    for name in ("home", "gone"):
        await page.goto(f"{server.url}/{name}?lang={language}")
        await screenshot(page, f"phone-{name}-{language}")

        assert await poor_contrast(page) == []
        assert await overflowing(page) == []
