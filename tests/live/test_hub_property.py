"""Whatever happens in whatever order, everybody who watches ends on what is true."""

import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from queue_server.live.hub import Hub, ViewUnavailable
from queue_server.live.topic_names import TopicName
from queue_server.live.topics import ReadyView, View
from queue_server.sources import Source
from tests.live.harness import TEN, Watcher, World
from tests.waiting import take_time, until

TOPICS = ["board:main", "room:1", "token:abc", "token:def"]
DEPARTMENTS = ["G", "D", "E"]

steps = st.one_of(
    st.tuples(st.just("change"), st.sampled_from(DEPARTMENTS)),
    st.tuples(st.just("show other departments"), st.sampled_from(TOPICS), st.sets(st.sampled_from(DEPARTMENTS))),
    st.tuples(st.just("gap"), st.sampled_from(DEPARTMENTS)),
    st.tuples(st.just("arrive"), st.sampled_from(TOPICS)),
    st.tuples(st.just("leave"), st.integers(0, 5)),
    st.tuples(st.just("fail once")),
    st.tuples(st.just("pass"), st.integers(1, 6)),
)


@dataclass
class Session:
    """A hub over a world whose views take some turns to read, with watchers that come and go."""

    turns_before: list[int]
    turns_after: list[int]
    is_batched: bool
    world: World = field(default_factory=lambda: World(boards={topic: ["G"] for topic in TOPICS}))
    watchers: dict[Watcher, tuple[str, asyncio.Task[None]]] = field(default_factory=dict)
    failures_to_come: int = 0

    def __post_init__(self) -> None:
        render_phones = self.render_phones if self.is_batched else None
        self.hub = Hub(self.render, lambda: TEN, lambda: self.world.rev, retry_s=0.001, render_phones=render_phones)
        self.world.hub = self.hub

    async def render(self, topic: str) -> View | None:
        """Read the world in one instant, some turns after the question and some turns before the answer."""
        await pass_turns(self.turns_before.pop() if self.turns_before else 0)
        if self.failures_to_come:
            self.failures_to_come -= 1
            raise RuntimeError
        view = self.view_of(topic)
        await pass_turns(self.turns_after.pop() if self.turns_after else 0)
        return view

    async def render_phones(self, topics: Sequence[str]) -> list[ReadyView | None]:
        """The same for many at once."""
        await pass_turns(self.turns_before.pop() if self.turns_before else 0)
        if self.failures_to_come:
            self.failures_to_come -= 1
            raise RuntimeError
        views = [self.view_of(topic) for topic in topics]
        await pass_turns(self.turns_after.pop() if self.turns_after else 0)
        return [ReadyView(view.text, view.sources) for view in views]

    def view_of(self, topic: str) -> View:
        sources = map(Source, (*self.world.boards[topic], f"layout of {topic}"))
        return View(self.world.data_of(topic), frozenset(sources))

    async def take(self, step: tuple[Any, ...]) -> None:
        match step:
            case ("change", department):
                self.world.change(department)
            case ("show other departments", topic, departments):
                self.world.boards[topic] = sorted(departments)
                self.hub.touch([Source(f"layout of {topic}")])
            case ("gap", department):
                self.world.numbers[department] = self.world.numbers.get(department, 0) + 1
                self.hub.touch_all()
            case ("arrive", topic):
                watcher = Watcher()
                self.watchers[watcher] = (topic, asyncio.create_task(self.watch(topic, watcher)))
                await asyncio.sleep(0)
            case ("leave", index) if index < len(self.watchers):
                _, watching = self.watchers.pop(list(self.watchers)[index])
                watching.cancel()
            case ("fail once",):
                self.failures_to_come += 1
            case ("pass", turns):
                await pass_turns(turns)

    async def watch(self, topic: str, watcher: Watcher) -> None:
        """Watch `topic` until cancelled, coming again when turned away, and check what is promised on arrival."""
        while True:
            before = dict(self.world.numbers)
            watcher.frames.clear()
            try:
                async with self.hub.subscribed(TopicName(topic), watcher):
                    first = watcher.views()[0]["data"]
                    assert all(number >= before.get(department, 0) for department, number in first.items())
                    await asyncio.Event().wait()
            except ViewUnavailable:
                await take_time(0.001)

    def is_true_for_all(self) -> bool:
        return all(
            watching.done() or (watcher.views() and watcher.shown() == self.world.data_of(topic))
            for watcher, (topic, watching) in self.watchers.items()
        )


async def pass_turns(turns: int) -> None:
    for _ in range(turns):
        await asyncio.sleep(0)


@settings(max_examples=300, deadline=None)
@given(
    st.lists(steps, max_size=40),
    st.lists(st.integers(0, 4), max_size=40),
    st.lists(st.integers(0, 4), max_size=40),
    st.booleans(),
)
async def test_no_update_is_lost(
    script: Any, turns_before: list[int], turns_after: list[int], is_batched: bool
) -> None:
    session = Session(turns_before, turns_after, is_batched)

    async with session.hub.running(), AsyncExitStack() as stack:
        stack.callback(lambda: [watching.cancel() for _, watching in session.watchers.values()])
        for step in script:
            await session.take(step)
        session.failures_to_come = 0
        await until(session.is_true_for_all)

        for watcher, (_, watching) in session.watchers.items():
            assert not watching.done(), watching.exception()
            revisions = [view["rev"] for view in watcher.views()]
            assert revisions == sorted(set(revisions))

    await asyncio.gather(*(watching for _, watching in session.watchers.values()), return_exceptions=True)
    assert session.hub.topic_count() == 0
