"""Who only looks: displays, phones, and the print agent. Each comes back by itself, as the real ones do."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from random import Random
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake

from tests.chaos.history.people import Day
from tests.chaos.history.recorded import DisplaySeen, History, PhoneSeen, SlipSeen
from tests.waiting import take_time

#: A line that is silent for so long is given up: screens hear a beat every two seconds.
SILENCE_S = 5.0
#: A phone hears one every fifteen; here it looks again sooner.
PHONE_SILENCE_S = 8.0
COMES_BACK_AFTER_S = 0.25
BOARD = "/ws/board/main"


async def lines_to(
    port: int, path: str, headers: Mapping[str, str], *, silence_s: float = SILENCE_S
) -> AsyncIterator[tuple[ClientConnection, AsyncIterator[Any]]]:
    """Line after line, each with its messages, until nobody asks for the next one."""
    while True:
        with suppress(OSError, InvalidHandshake, ConnectionClosed, TimeoutError):
            async with connect(
                f"ws://127.0.0.1:{port}{path}", additional_headers=headers, open_timeout=2, close_timeout=0, proxy=None
            ) as line:
                yield line, _messages(line, silence_s)
        await take_time(COMES_BACK_AFTER_S)


async def _messages(line: ClientConnection, silence_s: float) -> AsyncIterator[Any]:
    """What comes, until the line ends or is silent for too long."""
    with suppress(ConnectionClosed, TimeoutError):
        while True:
            async with asyncio.timeout(silence_s):
                text = await line.recv()
            yield json.loads(text)


def of_a_display(data: Mapping[str, Any]) -> dict[str, object]:
    """What a display shows of the queue, without what changes by the minute."""
    serving = sorted((doctor["room"], doctor["serving"]) for doctor in data["doctors"])
    return {"calls": [call["call_id"] for call in data["calls"]][-12:], "waiting": data["waiting"], "serving": serving}


async def watch_as_a_display(port: int, key: str, seen: DisplaySeen) -> None:
    """A display, until it is cancelled: new calls are noted as they come into view, in the order of their ids."""
    known: set[int] = set()
    async for _, messages in lines_to(port, BOARD, {"Authorization": f"Bearer {key}"}):
        seen.lines += 1
        seen.last = None
        async for message in messages:
            if message["type"] != "view":
                continue
            new = sorted({call["call_id"] for call in message["data"]["calls"]} - known)
            seen.calls += new
            known |= {*new}
            seen.last = of_a_display(message["data"])


async def follow_tokens(port: int, day: Day, history: History, random: Random) -> None:
    """A phone that follows one token after the other, each until it is over, until it is cancelled."""
    while True:
        while not day.links:
            await take_time(0.1)
        token, key = random.choice(day.links)
        seen = PhoneSeen(token)
        history.phones.append(seen)
        await _follow(port, key, seen)


async def _follow(port: int, key: str, seen: PhoneSeen) -> None:
    async for _, messages in lines_to(port, f"/ws/token/{key}", {}, silence_s=PHONE_SILENCE_S):
        async for message in messages:
            if message["type"] == "view" and seen.states[-1:] != [message["data"]["state"]]:
                seen.states.append(message["data"]["state"])
        if seen.states[-1:] and seen.states[-1] in {"attended", "cancelled", "expired"}:
            return


@dataclass
class PrintAgent:
    """Takes every slip, prints it nowhere, and says that it was printed."""

    port: int
    key: str
    slips: list[SlipSeen] = field(default_factory=list)

    async def print_all_day(self) -> None:
        """Until it is cancelled."""
        async for line, messages in lines_to(
            self.port, "/ws/agent", {"Authorization": f"Bearer {self.key}"}, silence_s=60
        ):
            with suppress(ConnectionClosed):
                await line.send(json.dumps({"type": "hello", "agent": "chaos", "printer": "ok"}))
                async for message in messages:
                    if message["type"] != "print":
                        continue
                    slip = message["slip"]
                    self.slips.append(SlipSeen(int(message["job"]), slip["number"], slip["copy_text"]))
                    await line.send(json.dumps({"type": "job", "job": message["job"], "state": "printed"}))
