"""The sheet of what was done without the server, as a browser without scripts sends it."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import pytest

from queue_server.domain.people.staff import Role
from tests.running import Running, a_browser, a_running_clinic


@pytest.fixture
async def running(tmp_path: Path) -> AsyncIterator[Running]:
    """The clinic on SQLite, served on loopback; `front` is at the desk, doctor `first` in room 1."""
    async with a_running_clinic(f"sqlite:///{tmp_path}/queue.db", tmp_path) as served:
        await served.services.people.accounts.create("front", "correct horse", Role.DESK, "Front", cost=4)
        yield served


async def a_login(running: Running, browser: httpx2.AsyncClient, login: str) -> None:
    """The browser is this person's."""
    form = {"login": login, "password": "correct horse", "next": "/"}
    assert (await browser.post("/login", data=form)).status_code == 303


def key_of(page: str) -> str:
    """The key that the page's form has."""
    found = re.search(r'name="key" value="([^"]+)"', page)
    assert found
    return found[1]


async def states(running: Running) -> list[str]:
    """Where today's tokens stand, by number."""
    tokens = (await running.client.get("/api/v1/tokens")).json()["tokens"]
    return [str(token["state"]) for token in tokens]


async def test_a_sheet_is_checked_before_it_is_entered_and_a_second_press_enters_nothing(running: Running) -> None:
    for _ in range(3):
        await running.issue()
    async with a_browser(running.url, headers={"Accept": "text/html"}) as front:
        await a_login(running, front, "front")
        key = key_of((await front.get("/desk/afterwards")).text)
        sheet = {"key": key, "row G-001": "attend", "row G-003": "", "lines": "g2 missed"}

        checked = await front.post("/desk/afterwards", data=sheet)
        assert (checked.status_code, await states(running)) == (200, ["waiting"] * 3)
        assert "Nothing is wrong: 1 attended, 1 missed." in checked.text
        assert key_of(checked.text) == key
        entered = await front.post("/desk/afterwards", data={**sheet, "sure": "1"})
        again = await front.post("/desk/afterwards", data={**sheet, "sure": "1"})

        assert "Entered: 1 attended, 1 missed." in entered.text
        assert key_of(entered.text) != key
        assert "Entered:" in again.text
        assert await states(running) == ["attended", "missed", "waiting"]
        history = (await front.get("/desk/tokens/1")).text
        assert "entered afterwards" in history


@pytest.mark.parametrize("sure", ["", "1"])
async def test_what_is_wrong_is_said_and_nothing_is_entered(running: Running, sure: str) -> None:
    await running.issue()
    async with a_browser(running.url, headers={"Accept": "text/html"}) as front:
        await a_login(running, front, "front")

        sheet = {"row G-001": "attend", "lines": "G-001 A\nG-077 A\nG-078\n<b>", "sure": sure}
        answer = await front.post("/desk/afterwards", data=sheet)

        assert answer.status_code == 422
        for sentence in ("G-001 stands here twice.", "G-077 is no number of today.", "“G-078”: please write A or M"):
            assert sentence in answer.text
        assert "“&lt;b&gt;”" in answer.text
        assert re.search(r'name="row G-001" value="attend"[^>]* checked', answer.text)
        assert await states(running) == ["waiting"]


@pytest.mark.parametrize("sure", ["", "1"])
async def test_an_empty_sheet_is_asked_for_something(running: Running, sure: str) -> None:
    async with a_browser(running.url, headers={"Accept": "text/html"}) as front:
        await a_login(running, front, "front")

        assert "Nothing is filled in yet." in (await front.post("/desk/afterwards", data={"sure": sure})).text


async def test_a_sheet_without_end_is_refused(running: Running) -> None:
    async with a_browser(running.url) as front:
        await a_login(running, front, "front")

        assert (await front.post("/desk/afterwards", data={"lines": "G-001 A\n" * 1001})).status_code == 422


async def test_a_doctor_enters_what_was_done_in_the_own_room(running: Running) -> None:
    await running.issue()
    await running.issue("LAB")
    async with a_browser(running.url, headers={"Accept": "text/html"}) as doctor:
        await a_login(running, doctor, "first")

        page = (await doctor.get("/doctor/1/afterwards")).text
        assert "G-001" in page
        assert "L-001" not in page
        wrong = await doctor.post("/doctor/1/afterwards", data={"lines": "L-001 A", "sure": "1"})
        assert "L-001 is no number of today." in wrong.text
        await doctor.post("/doctor/1/afterwards", data={"lines": "1 A", "sure": "1", "key": "sheet"})

        assert (await running.client.get("/api/v1/tokens/1")).json()["state"] == "attended"
        undone = await doctor.post("/doctor/1/undo", json={})
        assert (undone.status_code, await states(running)) == (200, ["waiting", "waiting"])


async def test_in_hindi_its_own_words_count(running: Running) -> None:
    await running.issue()
    async with a_browser(running.url) as front:
        await a_login(running, front, "front")

        page = (await front.get("/desk/afterwards?lang=hi")).text
        words = re.search(r'value="attend" aria-label="G-001: ([^"]+)"', page)
        assert words
        await front.post("/desk/afterwards", data={"lines": f"G-001 {words[1]}", "sure": "1"}, params={"lang": "hi"})

        assert await states(running) == ["attended"]
