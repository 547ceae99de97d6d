"""The administrator's page of devices."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import pytest

from queue_server.domain.people.staff import Role
from tests.running import Running, a_browser, a_running_clinic

PAGE = {"Accept": "text/html"}


@pytest.fixture
async def running(tmp_path: Path) -> AsyncIterator[Running]:
    """The clinic on SQLite, served on loopback, with the administrator `boss`."""
    async with a_running_clinic(f"sqlite:///{tmp_path}/queue.db", tmp_path) as served:
        await served.services.people.accounts.create("boss", "correct horse", Role.ADMIN, "Boss", cost=4)
        yield served


@pytest.fixture
async def boss(running: Running) -> AsyncIterator[httpx2.AsyncClient]:
    """The administrator's browser."""
    async with a_browser(running.url, headers=PAGE) as client:
        form = {"login": "boss", "password": "correct horse", "next": "/admin/devices"}
        assert (await client.post("/login", data=form)).status_code == 303
        yield client


async def test_the_page_lists_what_is_enrolled(running: Running, boss: httpx2.AsyncClient) -> None:
    page = await boss.get("/admin/devices")

    assert page.status_code == 200
    assert re.findall(r'data-device="(\d+)"', page.text) == ["3", "2", "1"]
    assert page.text.count("Never") == 3
    assert "Printer does not answer" in page.text
    assert page.headers["cache-control"] == "no-store"


async def test_a_device_that_was_heard_of_has_its_time(running: Running, boss: httpx2.AsyncClient) -> None:
    async with running.socket("/ws/kiosk", "kiosk") as line:
        await line.recv()

    page = await boss.get("/admin/devices")

    assert "22 Nov, 10:00" in page.text


async def test_a_code_enrols_one_device(running: Running, boss: httpx2.AsyncClient) -> None:
    form = {"kind": "display", "name": "Upstairs", "place": "main"}
    page = await boss.post("/admin/devices/codes", data=form)
    found = re.search(r'id="code">([A-Z0-9]{4}-[A-Z0-9]{4})<', page.text)
    assert found

    assert f"On the display, open {running.url}/display/main" in page.text
    answers = [await running.anonymous.post("/api/v1/devices/enrol", json={"code": found[1]}) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [201, 401]
    assert "Upstairs" in (await boss.get("/admin/devices")).text


@pytest.mark.parametrize(
    "form",
    [
        {"kind": "robot", "name": "One", "place": "main"},
        {"kind": "kiosk", "name": " ", "place": "main"},
        {"kind": "kiosk", "name": "x" * 65, "place": "main"},
        {},
    ],
)
async def test_what_makes_no_device_is_said_on_the_page(boss: httpx2.AsyncClient, form: dict[str, str]) -> None:
    page = await boss.post("/admin/devices/codes", data=form)

    assert page.status_code == 422
    assert "Please give the device a type, a name and a location." in page.text


async def test_revoking_closes_the_open_line_within_five_seconds(running: Running, boss: httpx2.AsyncClient) -> None:
    async with running.socket("/ws/board/main", "display") as line:
        await line.recv()

        answer = await boss.post("/admin/devices/2/revoke")

        await asyncio.wait_for(line.wait_closed(), 5)
    assert (answer.status_code, line.close_code) == (303, 4403)
    assert 'data-device="2"' not in (await boss.get("/admin/devices")).text


async def test_what_is_not_there_cannot_be_revoked(boss: httpx2.AsyncClient) -> None:
    await boss.post("/admin/devices/2/revoke")

    answers = [await boss.post(f"/admin/devices/{device}/revoke") for device in (2, 99)]

    assert [answer.status_code for answer in answers] == [404, 404]


async def test_the_page_is_in_hindi_too(boss: httpx2.AsyncClient) -> None:
    page = await boss.get("/admin/devices?lang=hi")

    assert "उपकरण जोड़ें" in page.text
    assert "Add a device" not in page.text


async def test_who_did_it_is_in_the_journal(running: Running, boss: httpx2.AsyncClient) -> None:
    await boss.post("/admin/devices/codes", data={"kind": "kiosk", "name": "One", "place": "entrance"})
    await boss.post("/admin/devices/1/revoke")

    lines = [
        line for line in await running.services.programs.journal.events(0, 1000) if line["actor"].startswith("admin:")
    ]

    assert [line["kind"] for line in lines] == ["logged_in", "code_offered", "device_revoked"]
