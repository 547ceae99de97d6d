"""The patient's phone page: the same truth with and without script, small, and live."""

import gzip
import re
from collections.abc import Sequence
from typing import Any

import pytest
from playwright.async_api import Page, Response
from starlette.requests import Request
from starlette.responses import RedirectResponse
from starlette.responses import Response as Answer
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from queue_server.locale.languages import ALL
from queue_server.paths import TEMPLATES
from queue_server.patients.follow import FollowPage, GonePage, HomePage
from tests.browser.checks import overflowing, poor_contrast, unmarked_focus
from tests.browser.conftest import PageFactory, Screenshot, Serve, Server
from tests.browser.fitting import misplaced, space_out
from tests.browser.products import in_languages
from tests.browser.rendering import pages, render
from tests.waiting import until

pytestmark = pytest.mark.browser
BOXES = ".button, .badge, .card, .message, .input"
KEY = "0123456789abcdef0123456789abcdef"
WAIT = {"words": "wait_range", "values": {"low": 20, "high": 35}, "minutes": 30}
WAITING = {"state": "waiting", "ahead": 3, "wait": WAIT}
SIZE_OF_MAY_CHANGE = "parseFloat(getComputedStyle(document.querySelector('.may-change')).fontSize)"
#: The room's names, as long as they may be; some languages borrow the English one.
NAMES_OF_ROOM = {
    "en": "Pharmacy, ground floor, behind the stair",
    "hi": "दवा की खिड़की, भूतल, सीढ़ी के पीछे",
    "ta": "மருந்தகம், தரைத்தளம், படிக்கட்டு அருகில்",
    "ur": "دواخانہ، نیچے کی منزل، سیڑھی کے پیچھے",
}
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
        "wait": {"words": "wait_clock", "values": {"from": "12:10", "until": "13:25"}, "minutes": 150, "late": True}
        | {
            "why": [
                {"reason": "line", "minutes": 126, "people": 0},
                {"reason": "slow", "minutes": 30, "people": 0},
                {"reason": "overtaken", "minutes": -6, "people": 2},
            ]
        },
    },
    "next": {"state": "waiting", "ahead": 0, "wait": WAIT},
    "helped-on-break": {
        **WAITING,
        "place": {"reason": "assisted", "minutes": 20, "people": 0},
        "away": {"why": "on_break", "at": "2026-11-22T06:00:00Z"},
    },
    "next-nobody-here": {
        "state": "waiting",
        "ahead": 0,
        "wait": None,
        "place": {"reason": "returned", "minutes": 0, "people": 3},
        "away": {"why": "nobody", "at": None},
    },
    "not-here": {**WAITING, "arrive": {"until": None, "late": False}},
    "turn-has-come": {**WAITING, "ahead": 0, "arrive": {"until": "2026-11-22T05:45:00Z", "late": False}},
    "late": {**WAITING, "ahead": None, "wait": None, "arrive": {"until": "2026-11-22T05:45:00Z", "late": True}},
    "arrived": {**WAITING, "arrived": True},
    "called": {"state": "called", "room": "3", "calls": 1},
    "called-by-name": {"state": "called", "room": "PW", "calls": 1, "room_names": NAMES_OF_ROOM},
    "serving": {"state": "serving", "room": "3"},
    "held": {"state": "held"},
    "missed": {"state": "missed", "can_return": True},
    "missed-often": {"state": "missed", "can_return": False},
    "transferred": {"state": "transferred"},
    "attended": {"state": "attended"},
    "cancelled": {"state": "cancelled"},
    "expired": {"state": "expired"},
}


def a_token(**changes: Any) -> Any:
    """What the page's handler gives, a waiting token unless told."""
    names = {"en": "General", "hi": "सामान्य"}
    told: dict[str, object] = {
        "department_names": names,
        "icon": "general",
        "colour": "teal",
        "clinic": "Sunrise Clinic",
        "kept_min": 15,
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
    keeper, wish = {"name": None, "is_kept": False}, {"minutes": 10, "ahead": None}
    return render(FollowPage(a_token(**changes), KEY, keeper, wish, by_slip=True), language)


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
        Route(
            "/t/{key}/qr.svg",
            lambda _: Answer('<svg xmlns="http://www.w3.org/2000/svg"/>', media_type="image/svg+xml"),
        ),
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
        assert await page.evaluate(SIZE_OF_MAY_CHANGE) >= 16
        await page.emulate_media(color_scheme="dark", reduced_motion="reduce")
        await screenshot(page, f"phone-{name}-{language}-dark")
        assert await poor_contrast(page) == [], f"{name} (dark)"
        await page.emulate_media(color_scheme="light")
    assert await unmarked_focus(page) == []


@in_languages(ALL)
async def test_what_is_longest_fits_a_phone_in_every_language(
    serve: Serve, page_factory: PageFactory, languages: Sequence[str]
) -> None:
    phone = Phone(**WAITING)
    server = await served(phone, serve)
    page = await page_factory(width=360, height=740)
    wrong = []
    for language in languages:
        for state in (
            "long",
            "next-nobody-here",
            "missed-often",
            "not-here",
            "turn-has-come",
            "late",
            "called-by-name",
        ):
            phone.view = {**STATES[state], "language": language}
            await page.goto(f"{server.url}/t?lang={language}", wait_until="domcontentloaded")
            for width in (360, 320):
                await page.set_viewport_size({"width": width, "height": 740})
                found = [*await misplaced(page, BOXES), *await overflowing(page)]
                wrong += [f"{language}, {state}, {width} px: {one}" for one in found]
            await space_out(page)
            found = [*await misplaced(page, BOXES), *await overflowing(page)]
            wrong += [f"{language}, {state}, spaced: {one}" for one in found]
    assert wrong == []


async def test_a_phone_that_is_heard_of_as_here_is_shown_the_page_of_who_is(
    serve: Serve, page_factory: PageFactory
) -> None:
    phone = Phone(**STATES["not-here"])
    server = await served(phone, serve)
    page = await page_factory(width=390, height=844)
    await page.goto(f"{server.url}/t")
    await until(lambda: len(phone.sockets) == 1)
    await phone.change(**STATES["turn-has-come"])
    await page.get_by_text("Your turn has come. Your place is kept until 11:15.").wait_for()
    await page.get_by_text("If your turn comes before that").wait_for(state="hidden")

    async with page.expect_navigation():
        await phone.change(**STATES["arrived"])

    await page.locator("[data-kind=waiting] > .here").wait_for()
    assert await page.locator("#code").count() == 0


async def test_a_number_that_has_ended_offers_no_alerts(serve: Serve, page_factory: PageFactory) -> None:
    phone = Phone(**WAITING)
    server = await served(phone, serve)
    page = await page_factory(width=390, height=844)
    await page.goto(f"{server.url}/t")
    await until(lambda: len(phone.sockets) == 1)
    await page.get_by_text("Alerts before my turn").wait_for()

    await phone.change(**STATES["expired"])

    await page.get_by_text("This number is no longer valid").wait_for()
    assert not await page.get_by_text("Alerts before my turn").is_visible()


@pytest.mark.parametrize(
    ("language", "name"), [("ta", NAMES_OF_ROOM["ta"]), ("ur", NAMES_OF_ROOM["ur"]), ("bn", NAMES_OF_ROOM["en"])]
)
async def test_the_room_has_the_name_of_the_pages_language_or_the_english_one(
    language: str, name: str, serve: Serve, page_factory: PageFactory, screenshot: Screenshot
) -> None:
    phone = Phone(**STATES["called-by-name"])
    server = await served(phone, serve)
    plain = await page_factory(width=390, height=844, java_script_enabled=False)
    live = await page_factory(width=390, height=844)

    await plain.goto(f"{server.url}/t?lang={language}")
    phone.view = {**WAITING, "language": "en"}
    await live.goto(f"{server.url}/t?lang={language}")
    await until(lambda: bool(phone.sockets))
    await phone.change(**STATES["called-by-name"])
    await live.wait_for_selector("#ticket[data-kind=called]")
    await screenshot(live, f"phone-named-room-{language}")

    for page in (plain, live):
        assert await page.inner_text("[data-room]") == name
        assert name in (await page.inner_text("[data-go]")).replace("\u2068", "").replace("\u2069", "")


async def test_only_patients_pages_follow_the_phones_dark_setting(serve: Serve, page_factory: PageFactory) -> None:
    server = await served(Phone(**WAITING), serve)
    page = await page_factory(width=390, height=844, color_scheme="dark")
    await page.goto(f"{server.url}/t")

    assert await page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(10, 25, 32)"
    linked = [path for path in TEMPLATES.rglob("*.html") if "phone-dark.css" in path.read_text()]
    assert {path.parent.name for path in linked} == {"patients"}


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
        assert ("line 126 min · slow today +30" in wanted) is (name == "long")


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


async def test_a_phone_on_a_slow_line_loads_little_in_every_language(serve: Serve, page_factory: PageFactory) -> None:
    sizes: dict[str, int] = {}

    async def weigh(response: Response) -> None:
        sizes[response.url] = len(gzip.compress(await response.body()))

    phone = Phone(**STATES["long"], arrive={"until": None, "late": False})
    server = await served(phone, serve)
    page = await page_factory(width=390, height=844)
    page.on("response", weigh)
    await page.goto(f"{server.url}/t?lang=en", wait_until="networkidle")
    in_english = await page.content()
    beside = {url: size for url, size in sizes.items() if "/t?" not in url}
    assert len(beside) >= 8
    assert len(beside) == len(sizes) - 1

    for language in ALL:
        sent = await (await page.request.get(f"{server.url}/t?lang={language}")).body()
        size = len(gzip.compress(sent))
        # Only the page itself differs; what it asks for, fonts included, is the same in every language.
        assert asked_for(sent.decode()) == asked_for(in_english), language
        # It is drawn from these alone; its scripts come after it and change nothing that is seen.
        first = size + sum(part for url, part in beside.items() if not url.endswith((".svg", ".js")))
        everything = size + sum(beside.values())
        print(f"{language}: first view {first} bytes, all {everything} bytes in {len(sizes)} files")
        assert first <= 10 * 1024
        assert everything <= 25 * 1024


def asked_for(html: str) -> set[str]:
    """The files that a page names."""
    return set(re.findall(r'(?:src|href)="(/static/[^"#]+)', html))


@pytest.mark.parametrize("language", ["en", "hi"])
async def test_the_pages_beside_it_can_be_read(
    language: str, serve: Serve, page_factory: PageFactory, screenshot: Screenshot
) -> None:
    kinds = [("GEN", "General", "general", "teal"), ("DEN", "Dental", "dental", "blue"), ("ENT", "ENT", "ent", "amber")]
    departments: list[Any] = [
        {
            "code": code, "names": {"en": name}, "icon": icon, "colour": colour,
            "waiting": n, "is_open": n < 2, "wait": WAIT if n else None, "is_closing": n == 1,
        }
        for n, (code, name, icon, colour) in enumerate(kinds)
    ]  # fmt: skip
    server = await serve(
        pages(
            home=lambda lang: render(HomePage(departments), lang),
            gone=lambda lang: render(GonePage(), lang),
        )
    )
    page = await page_factory(width=390, height=844)

    for name in ("home", "gone"):
        await page.goto(f"{server.url}/{name}?lang={language}")
        await screenshot(page, f"phone-{name}-{language}")

        assert await poor_contrast(page) == []
        await page.emulate_media(color_scheme="dark", reduced_motion="reduce")
        assert await poor_contrast(page) == []
        await page.emulate_media(color_scheme="light")
        assert await overflowing(page) == []
