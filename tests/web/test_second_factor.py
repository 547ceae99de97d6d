"""The second factor as people meet it: set up on the own account, asked for after the password, lost with the phone."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import pytest

from queue_server.domain.people.second_factor import code_of, step_at
from queue_server.domain.people.staff import Role
from queue_server.web.identity import SESSION_COOKIE
from tests.running import Running, a_browser, a_running_clinic

pytestmark = pytest.mark.usefixtures("quick_hashes")

PASSWORD = "correct horse"
HTML = {"Accept": "text/html", "Accept-Language": "en"}
PATH = "/account/second-factor"


@pytest.fixture
async def running(tmp_path: Path) -> AsyncIterator[Running]:
    """A clinic whose administrators need a second factor."""
    data = f"sqlite:///{tmp_path}/queue.db"
    async with a_running_clinic(data, tmp_path, second_factor="administrators") as served:
        await served.services.people.accounts.create("boss", PASSWORD, Role.ADMIN, "Boss", cost=4)
        yield served


async def log_in(client: httpx2.AsyncClient, to: str = "/admin/staff") -> str:
    """Where the password of the administrator leads."""
    answer = await client.post("/login", data={"login": "boss", "password": PASSWORD, "next": to})
    assert answer.status_code == 303
    return answer.headers["location"]


async def secret_of(running: Running, client: httpx2.AsyncClient) -> bytes:
    """The secret that waits for its first code in this browser's account."""
    actor = await running.services.people.accounts.who(client.cookies[SESSION_COOKIE])
    assert actor is not None
    secret = await running.services.people.factors.beginning(actor)
    assert secret is not None
    return secret


def shown(running: Running, secret: bytes) -> str:
    return code_of(secret, step_at(running.clock.now()))


async def test_an_administrator_sets_it_up_before_anything_else_and_is_asked_from_then_on(running: Running) -> None:
    async with a_browser(running.url, headers=HTML) as boss, a_browser(running.url, headers=HTML) as elsewhere:
        assert await log_in(boss) == "/admin/staff"
        assert (await boss.get("/admin/staff")).headers["location"].startswith(f"{PATH}?next=")
        assert "Administrators need a second factor here" in (await boss.get(PATH)).text
        assert (await boss.post(f"{PATH}/begin", data={"password": "wrong horse"})).status_code == 422
        await boss.post(f"{PATH}/begin", data={"password": PASSWORD})
        picture = await boss.get(f"{PATH}/qr.svg")
        assert (picture.headers["content-type"], picture.headers["cache-control"]) == ("image/svg+xml", "no-store")
        secret = await secret_of(running, boss)
        assert (await boss.post(f"{PATH}/confirm", data={"code": "000000"})).status_code == 422
        made = await boss.post(f"{PATH}/confirm", data={"code": shown(running, secret)})
        codes = re.findall(r'<li class="number">([\w-]{19})</li>', made.text)
        assert len(codes) == 8
        assert (await boss.get("/admin/staff")).status_code == 200
        assert codes[0] not in (await boss.get(PATH)).text

        running.clock.forward(minutes=1)
        assert await log_in(elsewhere) == "/login/code?next=/admin/staff"
        assert (await elsewhere.get("/admin/staff")).headers["location"].startswith("/login/code?next=")
        wrong = await elsewhere.post("/login/code", data={"code": "000000", "next": "/admin/staff"})
        assert (wrong.status_code, "wrong, expired or already used" in wrong.text) == (401, True)
        given = await elsewhere.post("/login/code", data={"code": shown(running, secret), "next": "/admin/staff"})
        assert given.headers["location"] == "/admin/staff"
        assert (await elsewhere.get("/admin/staff")).status_code == 200


async def test_a_remembered_browser_is_not_asked_again_and_another_is(running: Running) -> None:
    async with a_browser(running.url, headers=HTML) as boss, a_browser(running.url, headers=HTML) as elsewhere:
        await log_in(boss)
        await boss.post(f"{PATH}/begin", data={"password": PASSWORD})
        secret = await secret_of(running, boss)
        await boss.post(f"{PATH}/confirm", data={"code": shown(running, secret)})
        running.clock.forward(minutes=1)
        assert await log_in(elsewhere) == "/login/code?next=/admin/staff"
        sent = {"code": shown(running, secret), "remember": "1", "next": "https://elsewhere.example/"}
        assert (await elsewhere.post("/login/code", data=sent)).headers["location"] == "/admin"

        await elsewhere.post("/logout")

        assert await log_in(elsewhere) == "/admin/staff"
        assert await log_in(boss) == "/login/code?next=/admin/staff"


async def test_guesses_are_made_to_wait_and_say_so(running: Running) -> None:
    async with a_browser(running.url, headers=HTML) as boss, a_browser(running.url, headers=HTML) as thief:
        await log_in(boss)
        await boss.post(f"{PATH}/begin", data={"password": PASSWORD})
        secret = await secret_of(running, boss)
        await boss.post(f"{PATH}/confirm", data={"code": shown(running, secret)})
        await log_in(thief)

        statuses = [(await thief.post("/login/code", data={"code": "000000"})).status_code for _ in range(6)]

        assert statuses == [401] * 5 + [429]


async def test_an_administrator_removes_the_factor_of_a_lost_phone(running: Running) -> None:
    known = running.services.people
    other = await known.accounts.create("other", PASSWORD, Role.ADMIN, "Other", cost=4)
    async with a_browser(running.url, headers=HTML) as boss:
        await log_in(boss)
        await boss.post(f"{PATH}/begin", data={"password": PASSWORD})
        await boss.post(f"{PATH}/confirm", data={"code": shown(running, await secret_of(running, boss))})
        who = await known.accounts.who(await known.accounts.log_in("other", PASSWORD))
        assert who is not None
        await known.factors.begin(who, PASSWORD)
        secret = await known.factors.beginning(who)
        assert secret is not None
        await known.factors.confirm(who, shown(running, secret))
        assert "Remove the second factor" in (await boss.get(f"/admin/staff/{other}")).text

        await boss.post(f"/admin/staff/{other}/factor/remove")

        assert not (await known.factors.state(other)).is_set
        assert "Remove the second factor" not in (await boss.get(f"/admin/staff/{other}")).text
