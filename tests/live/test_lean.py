"""A line's queue and flag do what asyncio's own do, for the calls that they have."""

from __future__ import annotations

import asyncio

import pytest

from queue_server.live.lean import Flag, Messages


async def a_turn() -> None:
    """Whoever can go on has gone on."""
    for _ in range(3):
        await asyncio.sleep(0)


async def test_messages_are_read_in_the_order_in_which_they_came() -> None:
    messages = Messages()
    messages.put_nowait(1)
    messages.put_nowait(2)

    assert not messages.empty()
    assert [await messages.get(), await messages.get()] == [1, 2]
    assert messages.empty()


async def test_a_reader_waits_for_the_next_message() -> None:
    messages = Messages()
    reading = asyncio.create_task(messages.get())
    await a_turn()
    assert not reading.done()

    messages.put_nowait("first")
    messages.put_nowait("second")

    assert await reading == "first"
    assert await messages.get() == "second"


async def test_a_reader_who_gives_up_takes_no_message_along() -> None:
    messages = Messages()
    reading = asyncio.create_task(messages.get())
    await a_turn()
    messages.put_nowait("for somebody else")
    reading.cancel()
    await asyncio.gather(reading, return_exceptions=True)

    assert reading.cancelled()
    assert await messages.get() == "for somebody else"


async def test_only_one_reads_at_a_time() -> None:
    messages = Messages()
    reading = asyncio.create_task(messages.get())
    await a_turn()

    with pytest.raises(RuntimeError):
        await messages.get()

    messages.put_nowait("for the first")
    assert await reading == "for the first"


async def test_whoever_comes_while_the_flag_is_set_goes_on() -> None:
    async with asyncio.timeout(5):
        await Flag().wait()


async def test_all_who_wait_go_on_when_the_flag_is_set_also_when_one_has_given_up() -> None:
    flag = Flag()
    flag.clear()
    waiting = [asyncio.create_task(flag.wait()) for _ in range(3)]
    await a_turn()
    waiting[0].cancel()
    await a_turn()
    assert [one.done() for one in waiting] == [True, False, False]

    flag.set()
    await a_turn()

    assert [one.done() for one in waiting] == [True, True, True]


async def test_a_flag_that_is_cleared_again_at_once_holds_those_who_have_not_gone_on() -> None:
    flag = Flag()
    flag.clear()
    waiting = asyncio.create_task(flag.wait())
    await a_turn()

    flag.set()
    flag.clear()
    await a_turn()
    assert not waiting.done()

    flag.set()
    await a_turn()
    assert waiting.done()
