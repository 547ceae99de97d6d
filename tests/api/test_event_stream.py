"""The journal as Server-Sent Events: what happens is heard at once, and nothing is missed in between."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest

from queue_server.api import journal
from tests.running import Running, a_running_clinic
from tests.waiting import until


class Reader:
    """One who reads a stream, event by event."""

    def __init__(self, lines: AsyncIterator[str]) -> None:
        self._lines = lines

    async def line(self) -> str:
        """The next line that says something."""
        async with asyncio.timeout(10):
            return await anext(line async for line in self._lines if line)

    async def to_the_end(self) -> None:
        """Everything; raises `StopAsyncIteration`."""
        while await self.line():
            """What does not matter."""

    async def event(self) -> tuple[int, dict[str, Any]]:
        """The next event: its id, and the journal's line."""
        while not (head := await self.line()).startswith("id: "):
            """A comment."""
        return int(head.removeprefix("id: ")), json.loads((await self.line()).removeprefix("data: "))


@asynccontextmanager
async def reading(running: Running, key: str = "program", query: str = "", **more: str) -> AsyncIterator[Reader]:
    """Inside, the stream is read with this key and these further headers."""
    headers: Mapping[str, str] = {
        "Accept": "text/event-stream",
        "Authorization": f"Bearer {running.keys.get(key, key)}",
        **{name.replace("_", "-"): value for name, value in more.items()},
    }
    async with running.anonymous.stream("GET", f"/api/v1/events{query}", headers=headers) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        yield Reader(answer.aiter_lines())


async def test_what_happens_is_heard_and_the_last_id_goes_on_behind_it(running: Running) -> None:
    newest = (await running.client.get("/api/v1/events?limit=1000")).json()["next"]
    async with reading(running, Last_Event_ID=str(newest)) as reader:
        await running.issue()
        first, issued = await reader.event()
    await running.call_next()

    async with reading(running, Last_Event_ID=str(first)) as reader:
        second, called = await reader.event()

    assert (first, second) == (newest + 1, newest + 2)
    assert [(issued["number"], issued["kind"]), called["kind"]] == [(first, "issue"), "call"]
    page = (await running.client.get(f"/api/v1/events?after={newest}&limit=2")).json()["events"]
    assert page == [issued, called]


async def test_one_department_is_heard_alone_and_nobody_goes_through_the_others_lines_again(running: Running) -> None:
    for department in ("GEN", "LAB", "GEN", "LAB", "GEN"):
        assert (await running.client.post("/api/v1/tokens", json={"department": department})).status_code == 201
    everything = (await running.client.get("/api/v1/events?limit=1000")).json()
    issued = [line for line in everything["events"] if line["kind"] == "issue"]

    async def page(query: str) -> Any:
        return (await running.client.get(f"/api/v1/events?department=LAB&{query}")).json()

    first = await page("limit=1")
    rest = await page(f"after={first['next']}")
    assert [*first["events"], *rest["events"]] == [issued[1], issued[3]]
    assert (rest["next"], (await page(f"after={rest['next']}"))["events"]) == (everything["next"], [])
    assert (await running.client.get("/api/v1/events?department=XYZ")).status_code == 404
    async with reading(running, query="?department=LAB", Last_Event_ID=str(first["next"])) as reader:
        assert await reader.event() == (issued[3]["number"], issued[3])
        later = (await running.client.post("/api/v1/tokens", json={"department": "LAB"})).json()
        assert (await reader.event())[1]["token"] == later["id"]


async def test_a_program_has_so_many_streams_and_may_have_another_once_one_has_ended(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal, "MOST_STREAMS", 1)
    other = await running.services.programs.keys.add("other", ["events:read"])

    async def asked() -> httpx2.Response:
        headers = {"Accept": "text/event-stream", "Last-Event-ID": "0"}
        async with running.client.stream("GET", "/api/v1/events", headers=headers) as answer:
            return answer

    async with reading(running) as reader, reading(running, other) as others:
        assert await reader.line() == await others.line() == ": the journal"
        refused = await asked()
        assert (refused.status_code, refused.headers["retry-after"]) == (429, "30")
    await until(lambda: _is_open(asked))


async def _is_open(asked: Callable[[], Awaitable[httpx2.Response]]) -> bool:
    return (await asked()).status_code == 200


async def test_a_silent_stream_beats_and_a_revoked_key_s_stream_ends(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal, "BEAT_EVERY_S", 0.1)
    programs = running.services.programs.keys
    key = await programs.add("short-lived", ["events:read"])
    program = next(one for one in await programs.all() if one.name == "short-lived")
    newest = (await running.client.get("/api/v1/events?limit=1000")).json()["next"]

    async with reading(running, key, Last_Event_ID=str(newest)) as reader:
        while await reader.line() != ": beat":
            """What was there before."""
        await programs.revoke(program.id)
        with pytest.raises(StopAsyncIteration):
            await reader.to_the_end()


async def test_a_number_that_is_none_is_refused(running: Running) -> None:
    headers = {"Accept": "text/event-stream", "Last-Event-ID": "yesterday"}

    assert (await running.client.get("/api/v1/events", headers=headers)).status_code == 422


async def test_a_server_that_stops_waits_for_no_reader(tmp_path: Path) -> None:
    async with a_running_clinic(f"sqlite:///{tmp_path}/queue.db", tmp_path) as running:
        stream = reading(running)
        await (await stream.__aenter__()).line()
        began = time.monotonic()

    assert time.monotonic() - began < 4
