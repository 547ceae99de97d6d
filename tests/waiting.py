"""Waiting in tests: for what must come, never to show that something does not come.

That nothing happens is shown without a pause: by something later that does come and before which it would have come, by
a clock that the test moves (`page.clock` in a browser), or by asking what there is. `tests/test_project.py` holds this.
"""

import asyncio
import inspect
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress

_EVERY_S = 0.01


async def until(condition: Callable[[], bool | Awaitable[bool]], within_s: float = 30.0) -> None:
    """The condition holds. Raises `TimeoutError` when it does not come true in time."""
    async with asyncio.timeout(within_s):
        while True:
            found = condition()
            if await found if inspect.isawaitable(found) else found:
                return
            await asyncio.sleep(_EVERY_S)


async def left_of(find: Callable[[], Awaitable[list[str]]], within_s: float = 10.0) -> list[str]:
    """What is found wrong: nothing as soon as nothing is, and after so long what is still there."""
    found = list[str]()

    async def is_nothing() -> bool:
        found[:] = await find()
        return not found

    with suppress(TimeoutError):
        await until(is_nothing, within_s)
    return found


def until_true(condition: Callable[[], bool], within_s: float = 60.0) -> None:
    """As `until`, for a test without an event loop."""
    deadline = time.monotonic() + within_s
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError
        time.sleep(_EVERY_S)


async def take_time(seconds: float) -> None:
    """A client, a server or a gateway that the test plays takes its time: it beats, answers late or tries again."""
    await asyncio.sleep(seconds)
