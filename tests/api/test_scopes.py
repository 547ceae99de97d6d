"""A key opens what its scopes say, until it is revoked."""

from __future__ import annotations

import json

import httpx2
import pytest

from queue_server.domain.access.scopes import Scope
from queue_server.domain.errors import BadInput, UnknownProgram
from tests.running import Running

#: One request for each scope: what it opens.
DOORS = {
    Scope.TOKENS_WRITE: ("POST", "/api/v1/tokens"),
    Scope.QUEUES_READ: ("GET", "/api/v1/departments/GEN/queue"),
    Scope.PATIENTS_READ: ("GET", "/api/v1/patients"),
    Scope.EVENTS_READ: ("GET", "/api/v1/events"),
}


async def ask(running: Running, key: str, scope: Scope) -> httpx2.Response:
    """The scope's request with this key."""
    method, path = DOORS[scope]
    body = {"department": "GEN"} if method == "POST" else None
    return await running.anonymous.request(method, path, json=body, headers={"Authorization": f"Bearer {key}"})


@pytest.mark.parametrize("scope", DOORS)
async def test_a_key_opens_its_own_scope_and_no_other(running: Running, scope: Scope) -> None:
    key = await running.services.programs.keys.add("narrow", [scope])

    answers = {other: await ask(running, key, other) for other in DOORS}

    assert {other: answer.is_success for other, answer in answers.items()} == {other: other is scope for other in DOORS}
    refused = next(answer for other, answer in answers.items() if other is not scope)
    assert refused.json()["error"]["code"] == "not_allowed"
    assert refused.json()["error"]["details"]["scope"] in set(Scope)


async def test_a_line_that_is_live_asks_for_a_scope_too(running: Running) -> None:
    key = await running.services.programs.keys.add("narrow", [Scope.EVENTS_READ])

    async with running.socket("/ws/room/1", key) as line:
        frame = json.loads(await line.recv())
        await line.wait_closed()

    assert (frame["type"], line.close_code) == ("error", 4403)


async def test_a_revoked_key_opens_nothing_and_its_open_lines_are_cut(running: Running) -> None:
    programs = running.services.programs.keys
    key = await programs.add("short-lived")
    program = next(one for one in await programs.all() if one.name == "short-lived")
    async with running.socket("/ws/board/main", key) as line:
        await line.recv()

        await programs.revoke(program.id)

        await line.wait_closed()
    assert line.close_code == 4403
    assert (await ask(running, key, Scope.QUEUES_READ)).status_code == 401
    assert "short-lived" not in {one.name for one in await programs.all()}


async def test_a_program_that_was_used_says_when(running: Running) -> None:
    key = await running.services.programs.keys.add("busy")
    assert [one.seen_at for one in await running.services.programs.keys.all() if one.name == "busy"] == [None]

    await ask(running, key, Scope.QUEUES_READ)

    assert [one.seen_at for one in await running.services.programs.keys.all() if one.name == "busy"] == [
        running.clock.now()
    ]


@pytest.mark.parametrize("scopes", [[], ["tokens:burn"]])
async def test_a_key_without_a_scope_that_there_is_is_not_made(running: Running, scopes: list[str]) -> None:
    with pytest.raises(BadInput):
        await running.services.programs.keys.add("odd", scopes)


async def test_what_is_not_there_cannot_be_revoked(running: Running) -> None:
    with pytest.raises(UnknownProgram):
        await running.services.programs.keys.revoke(99)
