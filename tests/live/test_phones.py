"""Many phones at once: their views are computed together, and one that fails costs the others nothing."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import pytest

from queue_server.live.frames import Frame
from queue_server.live.hub import PHONES_AT_ONCE, Hub, UnknownTopic, ViewUnavailable
from queue_server.live.topic_names import TopicName
from queue_server.live.topics import ReadyView
from queue_server.sources import Source
from tests.live.harness import TEN, Watcher, World
from tests.waiting import until


class Phones:
    """A world with a department, and a hub that shows it to so many phones; `asked` are the batches."""

    def __init__(self, count: int, **settings: Any) -> None:
        boards = {f"token:{number}": ["G"] for number in range(count)}
        self.world = World(numbers={"G": 1}, boards={**boards, "board:main": ["G"]})
        self.asked: list[list[str]] = []
        self.before_answer: Callable[[Sequence[str]], None] = lambda topics: None
        self.hub = self.world.hub = Hub(
            self.world.render, lambda: TEN, lambda: self.world.rev, render_phones=self.render, retry_s=0.01, **settings
        )
        self.watchers = {topic: Watcher() for topic in boards}

    async def render(self, topics: Sequence[str]) -> list[ReadyView | None]:
        self.asked.append(list(topics))
        self.before_answer(topics)
        found = [await self.world.render(topic) for topic in topics]
        return [ReadyView(view.text, view.sources) if view else None for view in found]

    @asynccontextmanager
    async def watched(self) -> AsyncIterator[None]:
        """Inside, every phone watches its own topic and has its first view."""
        async with self.hub.running(), AsyncExitStack() as stack:
            for topic, watcher in self.watchers.items():
                await stack.enter_async_context(self.hub.subscribed(TopicName(topic), watcher))
            self.asked.clear()
            yield

    def all_show(self, number: int) -> bool:
        return all(watcher.shown() == {"G": number} for watcher in self.watchers.values())


async def test_one_change_is_computed_for_many_phones_together() -> None:
    phones = Phones(PHONES_AT_ONCE * 2 + 5)

    async with phones.watched():
        phones.world.change("G")
        await until(lambda: phones.all_show(2))

    assert [len(topics) for topics in phones.asked] == [PHONES_AT_ONCE, PHONES_AT_ONCE, 5]


async def test_a_phone_whose_view_is_the_same_gets_no_frame() -> None:
    phones = Phones(3)

    async with phones.watched():
        phones.hub.touch([Source("G")])
        await until(lambda: len(phones.asked) == 1)
        phones.world.change("G")
        await until(lambda: phones.all_show(2))

    assert [len(watcher.views()) for watcher in phones.watchers.values()] == [2, 2, 2]


async def test_phones_that_wait_are_given_the_newest_view_only() -> None:
    phones = Phones(PHONES_AT_ONCE + 1)

    def change_once(_topics: Sequence[str]) -> None:
        if phones.world.numbers["G"] == 2:
            phones.world.change("G")

    async with phones.watched():
        phones.before_answer = change_once
        phones.world.change("G")
        await until(lambda: phones.all_show(3))

    last = phones.watchers[f"token:{PHONES_AT_ONCE}"]
    assert [view["data"]["G"] for view in last.views()] == [1, 3]


async def test_a_screen_is_not_kept_waiting_by_thousands_of_phones() -> None:
    phones, batches_before = Phones(PHONES_AT_ONCE * 5), []

    class Screen(Watcher):
        def write(self, frame: Frame) -> None:
            super().write(frame)
            batches_before.append(len(phones.asked))

    screen = Screen()
    async with phones.watched(), phones.hub.subscribed(TopicName("board:main"), screen):
        phones.before_answer = lambda topics: phones.world.change("G") if len(phones.asked) == 2 else None
        phones.world.change("G")
        await until(lambda: screen.shown() == {"G": 3})

    assert batches_before == [0, 0, 2]


async def test_one_phone_that_cannot_be_shown_harms_no_other(caplog: pytest.LogCaptureFixture) -> None:
    phones = Phones(4)

    def fail(topics: Sequence[str]) -> None:
        if "token:2" in topics:
            raise RuntimeError("no such room")

    async with phones.watched():
        phones.before_answer = fail
        phones.world.change("G")
        await until(lambda: all(w.shown() == {"G": 2} for t, w in phones.watchers.items() if t != "token:2"))
        assert phones.watchers["token:2"].shown() == {"G": 1}
        phones.before_answer = lambda topics: None
        await until(lambda: phones.all_show(2))

    assert "the view of token:0 could not be computed" in caplog.text


async def test_a_phone_whose_token_is_gone_is_told_so_and_the_others_go_on() -> None:
    phones = Phones(3)

    async with phones.watched():
        del phones.world.boards["token:1"]
        phones.world.change("G")
        await until(lambda: phones.watchers["token:2"].shown() == {"G": 2})

        assert phones.watchers["token:1"].ended == (4404, "unknown")
        assert phones.watchers["token:0"].shown() == {"G": 2}
        with pytest.raises(UnknownTopic):
            async with phones.hub.subscribed(TopicName("token:1"), Watcher()):
                pass


async def test_phones_that_come_while_the_database_is_away_are_asked_to_come_again() -> None:
    phones = Phones(2)

    def away(_topics: Sequence[str]) -> None:
        raise OSError("the database is away")

    phones.before_answer = away
    async with phones.hub.running():
        with pytest.raises(ViewUnavailable):
            async with phones.hub.subscribed(TopicName("token:0"), Watcher()):
                pass
