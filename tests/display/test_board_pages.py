"""The display's page and its line, as a browser and as a program ask for them."""

import json
from contextlib import suppress
from typing import Any

import httpx2
import pytest
from websockets.exceptions import ConnectionClosed

from queue_server.domain.devices.devices import DeviceKind
from queue_server.domain.people.staff import Role
from queue_server.locale import LANGUAGES
from tests.running import Running, a_browser


async def ask(running: Running, path: str, key: str | None, accept: str = "text/html") -> httpx2.Response:
    """The page, for the device or program with this key."""
    headers = {"Accept": accept} | ({"Authorization": f"Bearer {running.keys[key]}"} if key else {})
    return await running.anonymous.get(path, headers=headers)


async def frames(line: Any) -> list[dict[str, Any]]:
    """Everything that is said on the line until it closes."""
    said = []
    with suppress(ConnectionClosed):
        while True:
            said.append(json.loads(await line.recv()))
    return said


async def next_view(line: Any) -> dict[str, Any]:
    """The data of the next view on the line."""
    while (frame := json.loads(await line.recv()))["type"] != "view":
        pass
    data: dict[str, Any] = frame["data"]
    return data


@pytest.mark.parametrize("key", ["display", "program"])
async def test_the_board_is_given_to_its_display_with_words_in_every_language(running: Running, key: str) -> None:
    answer = await ask(running, "/display/main", key)

    assert answer.status_code == 200
    data = json.loads(answer.text.split('id="page-data">', 1)[1].split("</script>", 1)[0])
    assert data["board"] == "main"
    assert data["version"] == answer.headers["Display-Version"]
    assert set(data["words"]) == set(LANGUAGES)
    assert all(words.keys() == data["words"]["en"].keys() for words in data["words"].values())


async def test_staff_may_look_at_the_display_after_their_login(running: Running) -> None:
    await running.services.people.accounts.create("watcher", "a long password", Role.DESK, "Desk")
    async with a_browser(running.url) as browser:
        await browser.post("/login", data={"login": "watcher", "password": "a long password"})

        answer = await browser.get("/display/main", headers={"Accept": "text/html"})

    assert 'id="page-data"' in answer.text


async def test_a_browser_without_a_key_is_asked_for_it(running: Running) -> None:
    answer = await ask(running, "/display/main", None)

    assert 'action="/devices/session"' in answer.text
    assert 'value="/display/main"' in answer.text
    assert "page-data" not in answer.text


@pytest.mark.parametrize("key", ["kiosk", "agent"])
async def test_another_device_is_refused(running: Running, key: str) -> None:
    answer = await ask(running, "/display/main", key, accept="application/json")

    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "not_allowed")


async def test_a_display_sees_its_own_board_only(running: Running) -> None:
    running.keys["elsewhere"] = await running.services.devices.registry.add(DeviceKind.DISPLAY, "Upstairs", "upstairs")

    page = await ask(running, "/display/main", "elsewhere", accept="application/json")
    async with running.socket("/ws/board/main", "elsewhere") as line:
        said = await frames(line)

    assert (page.status_code, page.json()["error"]["code"]) == (404, "unknown_board")
    assert [frame["code"] for frame in said] == ["unknown_board"]
    assert line.close_code == 4404


async def test_an_unknown_board_is_not_there(running: Running) -> None:
    page = await ask(running, "/display/nowhere", "program", accept="application/json")
    async with running.socket("/ws/board/nowhere") as line:
        said = await frames(line)

    assert (page.status_code, page.json()["error"]["code"]) == (404, "unknown_board")
    assert [frame["type"] for frame in said] == ["error"]
    assert line.close_code == 4404


@pytest.mark.parametrize("key", ["display", "program"])
async def test_a_call_comes_over_the_line_with_what_is_to_be_said(running: Running, key: str) -> None:
    token = await running.issue()
    async with running.socket("/ws/board/main?after_call=0", key) as line:
        before = await next_view(line)
        await running.call_next("1")
        after = await next_view(line)

    assert before["calls"] == []
    call = after["calls"][-1]
    assert (call["number"], call["room"], call["is_recall"]) == (token["number"], "1", False)
    assert [spoken["language"] for spoken in call["say"]] == after["languages"]
    assert call["say"][0]["text"] == "Token G, zero zero one. Please go to room one."


@pytest.mark.parametrize("after_call", ["-1", "abc", "1.5", "٣", "9" * 20, "9" * 5000, ""])
async def test_a_last_call_that_is_no_call_is_refused(running: Running, after_call: str) -> None:
    async with running.socket(f"/ws/board/main?after_call={after_call}") as line:
        said = await frames(line)

    assert [frame["code"] for frame in said] == ["bad_input"]
    assert line.close_code == 1008


async def test_a_line_without_a_key_is_refused(running: Running) -> None:
    async with running.socket("/ws/board/main", None) as line:
        said = await frames(line)

    assert [frame["code"] for frame in said] == ["login_required"]
    assert line.close_code == 4401
