"""A browser may be a kiosk, a display and a member of staff's at once; whoever lacks a right is shown the way to it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack

import httpx2
import pytest

from queue_server.domain.access.actors import SYSTEM
from queue_server.domain.devices.devices import DeviceKind
from queue_server.services.people.staff_accounts import StaffForm
from tests.running import Running

Browser = Callable[[], Awaitable[httpx2.AsyncClient]]

HTML = {"Accept": "text/html,application/xhtml+xml"}
HOMES = {"boss": "/admin", "first": "/doctor", "front": "/desk"}
ENROL = 'action="/devices/session"'


@pytest.fixture
async def browser(running: Running) -> AsyncIterator[Browser]:
    """Browsers with cookies of their own."""
    async with AsyncExitStack() as stack:

        async def open_browser() -> httpx2.AsyncClient:
            client = httpx2.AsyncClient(base_url=running.url, headers=HTML, timeout=20)
            return await stack.enter_async_context(client)

        yield open_browser


async def log_in(client: httpx2.AsyncClient, login: str, to: str = "") -> str:
    form = {"login": login, "password": "correct horse", "next": to}
    return leads_to(await client.post("/login", data=form))


async def enrol(client: httpx2.AsyncClient, key: str, to: str) -> str:
    return leads_to(await client.post("/devices/session", data={"code": key, "next": to}))


def leads_to(answer: httpx2.Response) -> str:
    assert answer.status_code == 303, (answer.status_code, answer.text)
    return answer.headers["location"]


async def test_a_login_leads_to_where_the_person_works(browser: Browser) -> None:
    for login, home in HOMES.items():
        mine = await browser()

        assert await log_in(mine, login) == home
        assert leads_to(await mine.get("/login")) == home
        assert await log_in(mine, login, "/account") == "/account"
        assert await log_in(mine, login, "//elsewhere.example/") == home


async def test_a_first_password_and_a_lock_do_not_lose_the_way(running: Running, browser: Browser) -> None:
    _, first = await running.services.people.staffing.add("meera", "desk", StaffForm("Meera"), by=SYSTEM, cost=4)
    mine = await browser()
    assert leads_to(await mine.post("/login", data={"login": "meera", "password": first, "next": ""})) == "/desk"
    fields = {"old": first, "password": "a nicer mule", "again": "a nicer mule"}
    assert leads_to(await mine.post("/account/password", data=fields | {"next": ""})) == "/account"
    await mine.post("/lock", data={})

    assert leads_to(await mine.post("/unlock", data={"secret": "a nicer mule", "next": ""})) == "/desk"


async def test_every_page_of_staff_says_who_is_logged_in_and_leads_home(browser: Browser) -> None:
    for login, name, paths in (
        ("boss", "Boss", ("/admin", "/admin/staff", "/desk", "/doctor", "/doctor/1", "/account", "/kiosk")),
        ("first", "Doctor first", ("/doctor", "/doctor/1", "/account", "/account/password", "/admin", "/doctor/99")),
        (
            "front",
            "Front",
            ("/desk", "/desk/new", "/desk/patients/new", "/desk/pin", "/desk/slips"),
        ),
    ):
        mine = await browser()
        await log_in(mine, login)
        for path in paths:
            text = (await mine.get(path)).text

            assert f'href="{HOMES[login]}"' in text, path
            assert (name in text, 'action="/logout"' in text) == (True, True), path


async def test_a_screen_shows_nobody_s_name(browser: Browser) -> None:
    mine = await browser()
    await log_in(mine, "boss")

    assert "Boss" not in (await mine.get("/display/main")).text


async def test_staff_without_the_right_are_told_whose_page_it_is_and_offered_that_login(browser: Browser) -> None:
    mine = await browser()
    await log_in(mine, "front")

    refused = await mine.get("/admin/staff")

    assert refused.status_code == 403
    assert "You are logged in as Front (Desk)." in refused.text
    assert "This page is for: Administrator." in refused.text
    assert 'href="/login?next=/admin/staff"' in refused.text
    assert 'name="password"' in (await mine.get("/login?next=/admin/staff")).text
    assert await log_in(mine, "boss", "/admin/staff") == "/admin/staff"
    assert (await mine.get("/admin/staff")).status_code == 200


async def test_a_kiosk_s_key_shuts_nobody_out(running: Running, browser: Browser) -> None:
    mine = await browser()
    assert await enrol(mine, running.keys["kiosk"], "/kiosk") == "/kiosk"
    for path in ("/doctor", "/desk", "/admin", "/account"):
        assert leads_to(await mine.get(path)) == f"/login?next={path}"
    assert ENROL in (await mine.get("/display/main")).text

    await enrol(mine, running.keys["display"], "/display/main")
    await log_in(mine, "front")

    for path in ("/kiosk", "/display/main", "/desk"):
        page = await mine.get(path)
        assert (page.status_code, ENROL in page.text) == (200, False), path
    await mine.post("/logout", data={})
    for path in ("/kiosk", "/display/main"):
        assert ENROL not in (await mine.get(path)).text, path


async def test_another_display_s_key_is_asked_for_where_the_browser_is_a_display_already(
    running: Running, browser: Browser
) -> None:
    mine = await browser()
    await enrol(mine, running.keys["display"], "/display/main")
    await running.services.clinic.displays.add({"name": "east"}, by=SYSTEM)
    key = await running.services.devices.registry.add(DeviceKind.DISPLAY, "East wing", "east")
    assert ENROL in (await mine.get("/display/east")).text

    await enrol(mine, key, "/display/east")

    assert ENROL not in (await mine.get("/display/east")).text


async def test_a_browser_that_was_enrolled_before_an_update_goes_on(running: Running, browser: Browser) -> None:
    mine = await browser()
    mine.cookies.set("queue_device", running.keys["kiosk"])

    assert ENROL not in (await mine.get("/kiosk")).text


async def test_another_device_s_code_is_named_and_stays_valid(running: Running, browser: Browser) -> None:
    mine, codes = await browser(), running.services.devices.registry
    code = await codes.offer("display", "Waiting room", "main", by=SYSTEM)
    typed = f"{code[:4].lower()} {code[4:].lower()}"

    for path in ("/kiosk", "/display/east"):
        refused = await mine.post("/devices/session", data={"code": typed, "next": path})
        assert refused.status_code == 422
        assert "This code is for the display Waiting room, at the address /display/main." in refused.text
        assert "It is still valid there." in refused.text
    wrong = await mine.post("/devices/session", data={"code": "AAAA AAAA", "next": "/kiosk"})

    assert (wrong.status_code, "This code is wrong, already used or expired." in wrong.text) == (401, True)
    assert (await mine.post("/devices/session", data={"code": "A" * 201, "next": "/kiosk"})).status_code == 422
    assert await enrol(mine, typed, "/display/main") == "/display/main"
    refused = await running.anonymous.post("/api/v1/devices/enrol", json={"code": code, "kind": "agent"})
    assert refused.status_code == 401
