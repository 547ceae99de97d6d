"""Logging in at a hospital's own provider, as a browser does it; and without the provider."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import pytest

from tests.clinics import SettableClock
from tests.oidc.stand_in import CLIENT, SECRET, StandIn, a_provider
from tests.running import Running, a_browser, a_running_clinic

pytestmark = pytest.mark.usefixtures("quick_hashes")

PASSWORD = "correct horse"
HTML = {"Accept": "text/html", "Accept-Language": "en"}


@pytest.fixture
async def stand_in() -> AsyncIterator[StandIn]:
    async with a_provider(SettableClock().now) as running:
        running.person["groups"] = ["clinic-desk"]
        yield running


@pytest.fixture
async def running(tmp_path: Path, stand_in: StandIn, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Running]:
    """A clinic of a hospital that has a login provider."""
    settings = {"ISSUER": stand_in.url, "CLIENT_ID": CLIENT, "CLIENT_SECRET": SECRET, "ROLES": "clinic-desk=desk"}
    for name, value in settings.items():
        monkeypatch.setenv(f"QUEUE_OIDC_{name}", value)
    async with a_running_clinic(f"sqlite:///{tmp_path}/queue.db", tmp_path) as served:
        yield served


@pytest.fixture
async def browser(running: Running) -> AsyncIterator[httpx2.AsyncClient]:
    async with a_browser(running.url, headers=HTML) as client:
        yield client


async def through(browser: httpx2.AsyncClient, way: str) -> httpx2.Response:
    """What the browser is answered when it comes back from the provider."""
    async with httpx2.AsyncClient() as outside:
        there = await outside.get(way)
    return await browser.get("/login/provider/back", params=httpx2.URL(there.headers["location"]).params)


async def log_in(browser: httpx2.AsyncClient, to: str = "/") -> httpx2.Response:
    start = await browser.get("/login/provider", params={"next": to})
    assert start.status_code == 303
    return await through(browser, start.headers["location"])


async def test_somebody_of_the_hospital_is_at_work_with_one_link(browser: httpx2.AsyncClient) -> None:
    assert "Log in with Hospital login" in (await browser.get("/login")).text

    back = await log_in(browser, to="/desk/find")

    assert back.headers["location"] == "/desk/find"
    assert (await browser.get("/desk")).status_code == 200
    left = await browser.post("/logout")
    assert "Log out there too" in (await browser.get(left.headers["location"])).text
    assert (await browser.get("/desk")).status_code == 303


async def test_another_site_is_no_place_to_go_after_a_login(browser: httpx2.AsyncClient) -> None:
    assert (await log_in(browser, to="//elsewhere.example/")).headers["location"] == "/desk"


async def test_whoever_has_no_account_here_is_told_whom_to_ask(browser: httpx2.AsyncClient, stand_in: StandIn) -> None:
    stand_in.person["groups"] = ["visitors"]

    back = await log_in(browser)

    assert back.status_code == 403
    assert "but have no account here" in back.text


async def test_while_the_provider_is_away_everybody_logs_in_with_the_password(
    browser: httpx2.AsyncClient, stand_in: StandIn
) -> None:
    stand_in.is_away = True

    start = await browser.get("/login/provider")

    assert start.status_code == 503
    assert "Hospital login does not answer. Please log in with login and password." in start.text
    local = await browser.post("/login", data={"login": "first", "password": PASSWORD, "next": "/"})
    assert local.headers["location"] == "/doctor"


async def test_an_answer_that_this_browser_did_not_ask_for_lets_nobody_in(
    running: Running, browser: httpx2.AsyncClient
) -> None:
    async with a_browser(running.url, headers=HTML) as attacker, httpx2.AsyncClient() as outside:
        start = await attacker.get("/login/provider")
        there = await outside.get(start.headers["location"])
        query = httpx2.URL(there.headers["location"]).params

        assert (await browser.get("/login/provider/back", params=query)).status_code == 403
        assert (await browser.get("/desk")).status_code == 303


async def test_the_own_account_is_connected_with_the_password_and_then_opens_by_the_provider(
    running: Running, browser: httpx2.AsyncClient, stand_in: StandIn
) -> None:
    stand_in.person["groups"] = []
    await browser.post("/login", data={"login": "first", "password": PASSWORD, "next": "/"})
    assert (await browser.post("/account/provider", data={"password": "wrong horse"})).status_code == 422
    page = await browser.post("/account/provider", data={"password": PASSWORD})
    way = page.text.split(f'href="{stand_in.url}')[1].split('"')[0].replace("&amp;", "&")

    assert (await through(browser, stand_in.url + way)).headers["location"] == "/account/provider"

    assert "Connected" in (await browser.get("/account/provider")).text
    async with a_browser(running.url, headers=HTML) as elsewhere:
        assert (await log_in(elsewhere)).headers["location"] == "/doctor"
    await browser.post("/account/provider/end", data={"password": PASSWORD})
    async with a_browser(running.url, headers=HTML) as elsewhere:
        assert (await log_in(elsewhere)).status_code == 403
