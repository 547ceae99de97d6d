"""Watching a topic where no websocket comes through: its view is fetched, and says the same as the line."""

from __future__ import annotations

import json

import pytest

from queue_server.web.identity import SESSION_COOKIE
from tests.running import Running


@pytest.mark.parametrize("path", ["/ws/board/main", "/ws/room/1", "/ws/agent", "/ws/token/of-nobody"])
async def test_a_live_line_that_is_asked_for_without_an_upgrade_names_what_it_takes(
    running: Running, path: str
) -> None:
    answer = await running.anonymous.get(path)

    assert (answer.status_code, answer.headers["Upgrade"]) == (426, "websocket")
    assert answer.json()["error"]["code"] == "upgrade_required"


async def test_a_fetched_view_says_what_the_line_says(running: Running) -> None:
    await running.issue()

    async with running.socket("/ws/board/main") as line:
        told = json.loads(await line.recv())
    fetched = (await running.client.get("/view/board/main")).json()

    assert (fetched["type"], fetched["topic"], fetched["data"]) == ("view", "board:main", told["data"])


async def test_only_a_view_that_has_changed_is_sent_again(running: Running) -> None:
    await running.issue()
    first = await running.client.get("/view/board/main")
    known = {"If-None-Match": first.headers["ETag"]}

    same = await running.client.get("/view/board/main", headers=known)
    await running.call_next()
    other = await running.client.get("/view/board/main", headers=known)

    assert (same.status_code, same.content) == (304, b"")
    assert other.status_code == 200
    assert [call["number"] for call in other.json()["data"]["calls"]] == ["G-001"]


async def test_a_screen_that_fetches_its_view_locks_when_nobody_touches_it(running: Running) -> None:
    secret = await running.services.people.accounts.log_in("first", "correct horse")
    cookie = {"Cookie": f"{SESSION_COOKIE}={secret}"}

    statuses = []
    for _ in range(3):
        statuses.append((await running.anonymous.get("/view/room/1", headers=cookie)).status_code)
        running.clock.forward(minutes=6)

    assert statuses == [200, 200, 423]
