"""Staff over HTTP: first passwords, locked screens, own logins, and whom strangers' guesses do not lock out."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, suppress
from typing import Any

import httpx2
import pytest
import websockets

from queue_server.domain.access.actors import SYSTEM, Actor
from queue_server.services.people.staff_accounts import StaffForm
from queue_server.web.identity import SESSION_COOKIE
from queue_server.web.limits import WRONG_PASSWORDS
from tests.running import Running, a_browser

pytestmark = pytest.mark.usefixtures("quick_hashes")

PASSWORD = "correct horse"
HTML = {"Accept": "text/html", "Accept-Language": "en"}
JSON = {"Accept": "application/json"}

#: Opens a browser with cookies of its own: `await browser()`, or one that is logged in: `await browser("first")`.
Browser = Callable[..., Awaitable[httpx2.AsyncClient]]


@pytest.fixture
async def browser(running: Running) -> AsyncIterator[Browser]:
    """Browsers with cookies of their own."""
    async with AsyncExitStack() as stack:

        async def open_browser(login: str = "") -> httpx2.AsyncClient:
            client = a_browser(running.url, headers=HTML)
            await stack.enter_async_context(client)
            if login:
                assert (await log_in(client, login)).status_code == 303
            return client

        yield open_browser


async def log_in(client: httpx2.AsyncClient, login: str, password: str = PASSWORD, to: str = "/") -> httpx2.Response:
    return await client.post("/login", data={"login": login, "password": password, "next": to})


def cookie(client: httpx2.AsyncClient) -> dict[str, str]:
    return {"Cookie": f"{SESSION_COOKIE}={client.cookies[SESSION_COOKIE]}"}


def leads_to(answer: httpx2.Response) -> str:
    assert answer.status_code == 303, answer.status_code
    return answer.headers["location"]


async def test_the_first_password_is_changed_before_anything_else(running: Running, browser: Browser) -> None:
    _, first = await running.services.people.staffing.add("meera", "desk", StaffForm("Meera"), by=SYSTEM, cost=4)
    mine = await browser()
    assert leads_to(await log_in(mine, "meera", first, "/desk")) == "/desk"
    assert leads_to(await mine.get("/desk")) == "/account/password?next=/desk"
    refused = await mine.post("/api/v1/tokens", json={"department": "GEN"}, headers=JSON)
    assert (refused.status_code, refused.json()["error"]["code"]) == (403, "password_change_required")
    fields = {"old": first, "password": "a nicer mule", "again": "a nicer mule", "next": "/desk"}
    for change, said in (
        ({"again": "a nicer mulE"}, "not the same password"),
        ({"old": "wrong horse"}, "not your current password"),
        ({"password": "meera", "again": "meera"}, "at least 8 letters"),
        ({"password": "password1", "again": "password1"}, "This password is among the first"),
    ):
        answer = await mine.post("/account/password", data=fields | change)
        assert (answer.status_code, said in answer.text) == (422, True), said

    assert leads_to(await mine.post("/account/password", data=fields)) == "/desk"

    assert (await mine.get("/desk")).status_code == 200


async def test_a_locked_screen_leads_to_its_unlocking_and_back(running: Running, browser: Browser) -> None:
    mine = await browser("front")
    running.clock.forward(minutes=11)

    assert leads_to(await mine.get("/desk")) == "/unlock?next=/desk"
    refused = await mine.post("/desk/prints/1/again", json={"place": "entrance"}, headers=JSON)
    assert (refused.status_code, refused.json()["error"]["code"]) == (423, "locked")
    wrong = await mine.post("/unlock", data={"secret": "0000", "next": "/desk"})
    assert (wrong.status_code, "is wrong" in wrong.text) == (422, True)
    assert leads_to(await mine.post("/unlock", data={"secret": PASSWORD, "next": "/desk"})) == "/desk"

    assert (await mine.get("/desk")).status_code == 200


async def test_a_page_of_staff_brings_its_lock_and_others_do_not(browser: Browser) -> None:
    mine = await browser("front")

    assert 'data-after-s="600"' in (await mine.get("/desk")).text
    assert 'id="lock"' not in (await mine.get("/login")).text
    assert 'id="lock"' not in (await mine.get("/display/main")).text
    assert 'id="lock"' not in (await (await browser()).get("/")).text


async def test_a_lock_by_hand_cuts_the_line_and_the_next_one_is_refused(running: Running, browser: Browser) -> None:
    mine = await browser("first")
    await running.services.people.locking.set_pin(await actor(running, mine), PASSWORD, "8402", cost=4)
    async with (
        running.socket("/ws/room/1", None, extra=cookie(mine)) as line,
        running.socket("/ws/board/main", None, extra=cookie(mine)) as display,
    ):
        await line.recv()
        await display.recv()

        assert (await mine.post("/lock", json={}, headers=JSON)).status_code == 200

        assert (await last_words(line))["code"] == "locked"
        assert line.close_code == 4423
        await running.issue()
        assert "waiting" in await asyncio.wait_for(display.recv(), 5)
    async with running.socket("/ws/room/1", None, extra=cookie(mine)) as line:
        assert json.loads(await line.recv())["code"] == "locked"
        await line.wait_closed()
        assert line.close_code == 4423

    assert (await mine.post("/unlock", json={"secret": "8402"}, headers=JSON)).json() == {}

    async with running.socket("/ws/room/1", None, extra=cookie(mine)) as line:
        assert json.loads(await line.recv())["type"] == "view"


async def test_a_line_that_nobody_looks_at_is_cut_by_itself(running: Running, browser: Browser) -> None:
    mine = await browser("first")
    async with running.socket("/ws/room/1", None, extra=cookie(mine)) as line:
        await line.recv()

        running.clock.forward(minutes=10)

        async with asyncio.timeout(5):
            await line.wait_closed()
    assert line.close_code == 4423


@pytest.mark.parametrize("how", ["deactivated", "reset", "ended", "logged out"])
async def test_who_is_put_out_loses_the_lines_within_five_seconds(running: Running, browser: Browser, how: str) -> None:
    mine = await browser("first")
    who = await actor(running, mine)
    async with running.socket("/ws/room/1", None, extra=cookie(mine)) as line:
        await line.recv()

        if how == "deactivated":
            await running.services.people.staffing.set_active(who.id, is_active=False, by=SYSTEM)
        elif how == "reset":
            await running.services.people.staffing.reset_password(who.id, by=SYSTEM, cost=4)
        elif how == "ended":
            await running.services.people.accounts.end_sessions(who.id, by=SYSTEM)
        else:
            await mine.post("/logout")

        async with asyncio.timeout(5):
            await line.wait_closed()
    assert line.close_code == 4401
    assert leads_to(await mine.get("/doctor")) == "/login?next=/doctor"


async def test_two_browsers_at_once_are_two_logins_and_each_is_ended_apart(browser: Browser) -> None:
    here, there = await browser("first"), await browser("first")
    listed = (await here.get("/account")).text
    mark = listed.split('action="/account/sessions/')[1].split("/end")[0]

    assert listed.count("this one") == 1
    await here.post(f"/account/sessions/{mark}/end")

    assert (await here.get("/doctor")).status_code == 200
    assert leads_to(await there.get("/doctor")).startswith("/login")
    await here.post("/account/sessions/end")
    assert leads_to(await here.get("/doctor")).startswith("/login")


async def test_logging_in_gives_a_new_secret_and_ends_the_one_before(browser: Browser) -> None:
    mine = await browser("first")
    before = mine.cookies[SESSION_COOKIE]

    await log_in(mine, "first")

    assert mine.cookies[SESSION_COOKIE] != before
    mine.cookies.set(SESSION_COOKIE, before)
    assert (await (await browser()).get("/doctor", headers={"Cookie": f"{SESSION_COOKIE}={before}"})).status_code == 303


async def test_the_owners_browser_gets_in_while_strangers_guess(browser: Browser) -> None:
    mine, stranger = await browser("first"), await browser()
    await mine.post("/logout")
    for _ in range(WRONG_PASSWORDS.amount):
        await log_in(stranger, "first", "wrong horse")
    assert (await log_in(stranger, "first")).status_code == 429

    assert (await log_in(mine, "first")).status_code == 303


async def test_the_owners_browser_may_not_guess_for_ever_either(browser: Browser) -> None:
    mine = await browser("first")

    answers = [(await log_in(mine, "first", "wrong horse")).status_code for _ in range(WRONG_PASSWORDS.amount + 1)]

    assert answers == [401] * WRONG_PASSWORDS.amount + [429]


async def test_a_locked_screen_cannot_be_guessed_open(running: Running, browser: Browser) -> None:
    mine = await browser("first")
    await mine.post("/lock", json={})

    answers = [await mine.post("/unlock", json={"secret": f"guess {n}"}, headers=JSON) for n in range(12)]

    assert [answer.status_code for answer in answers] == [422] * WRONG_PASSWORDS.amount + [429] * 2
    assert int(answers[-1].headers["retry-after"]) > 0


async def test_own_pages_are_kept_by_nobody(browser: Browser) -> None:
    mine = await browser("first")

    for path in ("/account", "/account/password", "/doctor"):
        assert (await mine.get(path)).headers["cache-control"] == "no-store", path
    assert (await mine.post("/logout")).headers["clear-site-data"] == '"cache"'


async def last_words(line: websockets.ClientConnection) -> dict[str, Any]:
    said = []
    with suppress(websockets.ConnectionClosedError):
        async for message in line:
            said.append(message)
    return dict(json.loads(said[-1]))


async def actor(running: Running, client: httpx2.AsyncClient) -> Actor:
    who = await running.services.people.accounts.who(client.cookies[SESSION_COOKIE])
    assert who is not None
    return who
