import asyncio
import logging
from contextlib import AsyncExitStack
from datetime import timedelta
from typing import Any

import pytest

from queue_server.live.frames import Frame
from queue_server.live.hub import Hub, UnknownTopic, ViewUnavailable
from queue_server.live.topic_names import TopicName
from queue_server.live.topics import View
from queue_server.sources import Source
from tests.live.harness import TEN, Watcher, World
from tests.waiting import until

MAIN = TopicName("board:main")
DENTAL = TopicName("board:dental")


@pytest.fixture
def world() -> World:
    return World(numbers={"G": 1, "D": 1}, boards={"board:main": ["G", "D"], "board:dental": ["D"]})


async def test_a_subscriber_gets_the_present_view_at_once(world: World) -> None:
    watcher = Watcher()

    async with world.hub.running(), world.hub.subscribed(MAIN, watcher):
        assert watcher.views() == [
            {"type": "view", "topic": "board:main", "rev": 0, "at": "2026-11-22T10:00:00Z", "data": {"G": 1, "D": 1}}
        ]


async def test_a_change_reaches_those_who_watch_what_depends_on_it(world: World) -> None:
    main, dental = Watcher(), Watcher()

    async with (
        world.hub.running(),
        world.hub.subscribed(MAIN, main),
        world.hub.subscribed(DENTAL, dental),
    ):
        world.change("G")
        await until(lambda: main.shown() == {"G": 2, "D": 1})

        assert len(main.views()) == 2
        assert len(dental.views()) == 1


async def test_a_view_is_computed_once_for_all_who_watch_it(world: World) -> None:
    watchers = [Watcher() for _ in range(500)]

    async with world.hub.running(), AsyncExitStack() as stack:
        for watcher in watchers:
            await stack.enter_async_context(world.hub.subscribed(MAIN, watcher))
        world.change("G")
        await until(lambda: all(watcher.shown()["G"] == 2 for watcher in watchers))

    assert world.renders == ["board:main", "board:main"]
    assert len({id(watcher.frames[-1]) for watcher in watchers}) == 1


async def test_a_hundred_changes_while_a_view_is_computed_make_one_more(world: World) -> None:
    gate, watcher, started = asyncio.Event(), Watcher(), 0

    async def render(topic: str) -> View | None:
        nonlocal started
        started += 1
        view = await world.render(topic)
        await gate.wait()
        return view

    hub = world.hub = Hub(render, lambda: TEN, lambda: world.rev)
    gate.set()
    async with hub.running(), hub.subscribed(MAIN, watcher):
        gate.clear()
        world.change("G")
        await until(lambda: started == 2)
        for _ in range(100):
            world.change("G")
        gate.set()
        await until(lambda: watcher.shown()["G"] == 102)

    assert started == 3
    assert [view["data"]["G"] for view in watcher.views()] == [1, 2, 102]


async def test_a_change_of_something_that_only_the_coming_view_depends_on_is_not_lost() -> None:
    gate, started, shows_dental, watcher = asyncio.Event(), 0, False, Watcher()
    world = World(numbers={"G": 1, "D": 1}, boards={"board:main": ["G"]})

    async def render(topic: str) -> View | None:
        nonlocal started
        started += 1
        world.boards["board:main"] = ["G", "D"] if shows_dental else ["G"]
        view = await world.render(topic)
        await gate.wait()
        return view

    hub = world.hub = Hub(render, lambda: TEN, lambda: world.rev)
    gate.set()
    async with hub.running(), hub.subscribed(MAIN, watcher):
        gate.clear()
        shows_dental = True
        world.change("G")
        await until(lambda: started == 2)
        world.change("D")
        gate.set()
        await until(lambda: watcher.shown() == {"G": 2, "D": 2})


async def test_a_view_that_did_not_change_is_not_sent_and_the_next_one_has_a_higher_revision(world: World) -> None:
    watcher = Watcher()

    async with world.hub.running(), world.hub.subscribed(MAIN, watcher):
        world.hub.touch([Source("G")])
        await until(lambda: len(world.renders) == 2)
        world.numbers["G"] = 7
        world.hub.touch([Source("G")])
        await until(lambda: watcher.shown()["G"] == 7)

    assert [view["rev"] for view in watcher.views()] == [0, 1]


async def test_after_a_gap_every_view_is_computed_again(world: World) -> None:
    main, dental = Watcher(), Watcher()

    async with (
        world.hub.running(),
        world.hub.subscribed(MAIN, main),
        world.hub.subscribed(DENTAL, dental),
    ):
        world.numbers |= {"G": 5, "D": 6}
        world.hub.touch_all()
        await until(lambda: main.shown() == {"G": 5, "D": 6} and dental.shown() == {"D": 6})


async def test_a_newcomer_after_a_change_never_sees_the_view_from_before_it(world: World) -> None:
    first, second = Watcher(), Watcher()

    async with world.hub.running(), world.hub.subscribed(MAIN, first):
        world.change("G")
        async with world.hub.subscribed(MAIN, second):
            assert [view["data"]["G"] for view in second.views()] == [2]


async def test_a_newcomer_after_a_change_waits_for_the_next_view_when_one_is_being_computed_already(
    world: World,
) -> None:
    gate, first, second = asyncio.Event(), Watcher(), Watcher()

    async def render(topic: str) -> View | None:
        view = await world.render(topic)
        await gate.wait()
        return view

    hub = world.hub = Hub(render, lambda: TEN, lambda: world.rev)
    gate.set()
    async with hub.running(), hub.subscribed(MAIN, first):
        gate.clear()
        world.change("G")
        await until(lambda: len(world.renders) == 2)
        world.change("G")
        asyncio.get_running_loop().call_soon(gate.set)
        async with hub.subscribed(MAIN, second):
            assert [view["data"]["G"] for view in second.views()] == [3]


async def test_a_newcomer_reads_the_present_time_from_a_view_that_is_hours_old(world: World) -> None:
    first, second = Watcher(), Watcher()

    async with world.hub.running(), world.hub.subscribed(MAIN, first):
        world.time = TEN + timedelta(hours=3)
        async with world.hub.subscribed(MAIN, second):
            assert second.views()[0]["at"] == "2026-11-22T13:00:00Z"
            assert second.views()[0]["rev"] == first.views()[0]["rev"]

    assert world.renders == ["board:main"]


async def test_nothing_is_held_for_topics_that_nobody_watches(world: World) -> None:
    async with world.hub.running():
        async with world.hub.subscribed(MAIN, Watcher()), world.hub.subscribed(MAIN, Watcher()):
            assert (world.hub.topic_count(), world.hub.watchers()) == (1, {"board": 2})

        assert (world.hub.topic_count(), world.hub.watchers()) == (0, {})
        world.change("G")
        await asyncio.sleep(0)

    assert world.renders == ["board:main"]


async def test_an_unknown_topic_is_refused_and_forgotten(world: World) -> None:
    async with world.hub.running():
        with pytest.raises(UnknownTopic):
            async with world.hub.subscribed(TopicName("board:nowhere"), Watcher()):
                pass

        assert world.hub.topic_count() == 0


async def test_a_topic_that_ceases_to_be_ends_its_lines(world: World) -> None:
    watcher = Watcher()

    async with world.hub.running(), world.hub.subscribed(MAIN, watcher):
        del world.boards["board:main"]
        world.change("G")
        await until(lambda: watcher.ended is not None)

        assert watcher.ended == (4404, "unknown")
        assert '"code":"unknown"' in watcher.frames[-1].payload
        assert world.hub.topic_count() == 0


async def test_the_lines_of_one_owner_can_be_cut(world: World) -> None:
    revoked, other = Watcher(owner="device:7"), Watcher(owner="device:8")

    async with (
        world.hub.running(),
        world.hub.subscribed(MAIN, revoked),
        world.hub.subscribed(MAIN, other),
    ):
        assert world.hub.end_lines_of("device:7", 4401, "not_logged_in", "This device was revoked.") == 1

    assert revoked.ended == (4401, "not_logged_in")
    assert other.ended is None


async def test_the_hub_knows_whose_lines_are_open(world: World) -> None:
    async with world.hub.running():
        async with world.hub.subscribed(MAIN, Watcher(owner="device:7")), world.hub.subscribed(MAIN, Watcher()):
            assert world.hub.owners() == {"device:7"}

        assert world.hub.owners() == set()


async def test_a_view_that_cannot_be_computed_is_tried_again_and_harms_no_other(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    broken, main, dental = True, Watcher(), Watcher()

    async def render(topic: str) -> View | None:
        if broken and topic == "board:main" and world.numbers["G"] > 1:
            raise RuntimeError("the database is away")
        return await world.render(topic)

    hub = world.hub = Hub(render, lambda: TEN, lambda: world.rev, retry_s=0.01)
    async with hub.running(), hub.subscribed(MAIN, main), hub.subscribed(DENTAL, dental):
        world.change("G")
        world.change("D")
        await until(lambda: dental.shown() == {"D": 2})
        with pytest.raises(ViewUnavailable):
            async with hub.subscribed(MAIN, Watcher()):
                pass
        broken = False
        await until(lambda: main.shown() == {"G": 2, "D": 2})

    assert [record.getMessage() for record in caplog.records if record.levelno == logging.ERROR] == [
        "the view of board:main could not be computed (0 more not logged)"
    ]


@pytest.mark.parametrize("failure", [asyncio.CancelledError(), KeyError("G"), TimeoutError()])
async def test_the_hub_outlives_whatever_a_view_raises(world: World, failure: Any) -> None:
    failures, watcher = [failure], Watcher()

    async def render(topic: str) -> View | None:
        if len(world.renders) == 1 and failures:
            raise failures.pop()
        return await world.render(topic)

    hub = world.hub = Hub(render, lambda: TEN, lambda: world.rev, retry_s=0.01)
    async with hub.running(), hub.subscribed(MAIN, watcher):
        world.change("G")
        await until(lambda: watcher.shown()["G"] == 2)

    assert failures == []


@pytest.mark.parametrize("data", [{"number": float("nan")}, {"number": object()}, {"number": "\ud800"}])
async def test_data_that_cannot_be_sent_counts_as_a_view_that_cannot_be_computed(data: Any) -> None:
    async def render(_topic: str) -> View:
        return View(data, frozenset())

    hub = Hub(render, lambda: TEN, lambda: 1)
    async with hub.running():
        with pytest.raises(ViewUnavailable):
            async with hub.subscribed(MAIN, Watcher()):
                pass


async def test_a_view_that_takes_for_ever_is_given_up(world: World) -> None:
    async def render(topic: str) -> View | None:
        if topic == "board:main":
            await asyncio.Event().wait()
        return await world.render(topic)

    hub = Hub(render, lambda: TEN, lambda: 1, render_timeout_s=0.02)
    async with hub.running():
        with pytest.raises(ViewUnavailable):
            async with hub.subscribed(MAIN, Watcher()):
                pass
        async with hub.subscribed(DENTAL, dental := Watcher()):
            assert dental.shown() == {"D": 1}


async def test_the_secret_in_the_name_of_a_phones_topic_is_not_logged(caplog: pytest.LogCaptureFixture) -> None:
    async def render(_topic: str) -> View:
        raise RuntimeError

    hub = Hub(render, lambda: TEN, lambda: 1)
    async with hub.running():
        with pytest.raises(ViewUnavailable) as refused:
            async with hub.subscribed(TopicName("token:q7Hk29sLmZx81PvTn4RbYc"), Watcher()):
                pass

    assert "the view of token:q7Hk… could" in caplog.text
    assert "q7Hk29" not in caplog.text + str(refused.value)


async def test_screens_are_served_before_phones() -> None:
    phones = {f"token:{number}": ["G"] for number in range(50)}
    world = World(boards={**phones, "board:main": ["G"], "room:1": ["G"]})

    async with world.hub.running(), AsyncExitStack() as stack:
        for topic in world.boards:
            await stack.enter_async_context(world.hub.subscribed(TopicName(topic), Watcher()))
        world.renders.clear()
        world.change("G")
        await until(lambda: len(world.renders) == 52)

    assert set(world.renders[:2]) == {"board:main", "room:1"}


async def test_requests_are_answered_while_thousands_are_written_to(world: World) -> None:
    watchers, turns = [Watcher() for _ in range(2000)], 0
    async with world.hub.running(), AsyncExitStack() as stack:
        for watcher in watchers:
            await stack.enter_async_context(world.hub.subscribed(MAIN, watcher))
        world.change("G")
        while not all(len(watcher.frames) == 2 for watcher in watchers):
            turns += 1
            await asyncio.sleep(0)

    assert turns >= 10


async def test_requests_are_answered_while_thousands_of_views_are_computed() -> None:
    world = World(boards={f"token:{number}": ["G"] for number in range(2000)})
    turns = 0
    async with world.hub.running(), AsyncExitStack() as stack:
        for topic in world.boards:
            await stack.enter_async_context(world.hub.subscribed(TopicName(topic), Watcher()))
        world.change("G")
        while len(world.renders) < 4000:
            turns += 1
            await asyncio.sleep(0)

    assert turns >= 3


async def test_beats_come_often_to_screens_and_seldom_to_phones() -> None:
    world = World(boards={"board:main": ["G"], "token:abc": ["G"]})
    hub = world.a_hub(screen_beat_s=0.01, phone_beats={"token": 0.04})
    screen, phone = Watcher(), Watcher()

    async with hub.running(), hub.subscribed(MAIN, screen), hub.subscribed(TopicName("token:abc"), phone):
        await until(lambda: phone.beats() == 2)

    assert screen.beats() > phone.beats()
    assert screen.frames[-1].payload == '{"type":"beat","at":"2026-11-22T10:00:00Z"}'


async def test_screens_are_told_of_a_sick_database_as_long_as_it_is_and_phones_are_not() -> None:
    world = World(boards={"board:main": ["G"], "token:abc": ["G"]})
    fault: list[str] = []
    hub = world.a_hub(screen_beat_s=0.01, phone_beats={"token": 0.01}, fault=lambda: fault[0] if fault else None)
    screen, phone = Watcher(), Watcher()

    def told(watcher: Watcher) -> int:
        return sum('"fault","code":"database_full"' in frame.payload for frame in watcher.frames)

    async with hub.running(), hub.subscribed(MAIN, screen), hub.subscribed(TopicName("token:abc"), phone):
        await until(lambda: screen.beats() >= 2)
        before = told(screen)
        fault.append("database_full")
        await until(lambda: told(screen) >= 2)
        fault.clear()
        after, beats = told(screen), screen.beats()
        await until(lambda: screen.beats() >= beats + 3)

    assert (before, told(phone)) == (0, 0)
    assert told(screen) <= after + 1


async def test_a_topic_whose_view_cannot_be_computed_does_not_beat(world: World) -> None:
    async def render(topic: str) -> View | None:
        if world.numbers["G"] > 1 and topic == "board:main":
            raise RuntimeError
        return await world.render(topic)

    hub = world.hub = Hub(render, lambda: TEN, lambda: 1, screen_beat_s=0.01)
    main, dental = Watcher(), Watcher()
    async with hub.running(), hub.subscribed(MAIN, main), hub.subscribed(DENTAL, dental):
        await until(lambda: main.beats() >= 1)
        world.change("G")
        await until(lambda: dental.beats() > main.beats() + 3)


async def test_no_topic_beats_while_one_view_hangs(world: World) -> None:
    dental = Watcher()
    beats_before = 0

    async def render(topic: str) -> View | None:
        nonlocal beats_before
        if topic == "board:main":
            beats_before = dental.beats()
            await asyncio.Event().wait()
        return await world.render(topic)

    hub = Hub(render, lambda: TEN, lambda: 1, screen_beat_s=0.02, render_timeout_s=0.4)
    async with hub.running(), hub.subscribed(DENTAL, dental):
        with pytest.raises(ViewUnavailable):
            async with hub.subscribed(MAIN, Watcher()):
                pass
        beats_after = dental.beats()
        await until(lambda: dental.beats() > beats_after)

    assert beats_after - beats_before <= 2


async def test_a_subscriber_that_fails_costs_the_others_nothing(world: World, caplog: pytest.LogCaptureFixture) -> None:
    class Broken(Watcher):
        def write(self, frame: Frame) -> None:
            raise OSError("gone")

    watcher = Watcher()

    async with (
        world.hub.running(),
        world.hub.subscribed(MAIN, Broken()),
        world.hub.subscribed(MAIN, watcher),
    ):
        world.change("G")
        await until(lambda: watcher.shown()["G"] == 2)

    assert "could not be written to" in caplog.text


async def test_when_the_hub_stops_nobody_waits_for_it_any_longer(world: World) -> None:
    async def render(_topic: str) -> View | None:
        await asyncio.Event().wait()
        return None

    hub = Hub(render, lambda: TEN, lambda: 1)

    async def watch() -> None:
        async with hub.subscribed(MAIN, Watcher()):
            pass

    async with hub.running():
        waiting = asyncio.create_task(watch())
        await until(lambda: hub.topic_count() == 1)

    with pytest.raises(ViewUnavailable):
        await waiting
    with pytest.raises(ViewUnavailable):
        await watch()
    assert [task for task in asyncio.all_tasks() if task is not asyncio.current_task()] == []


async def test_a_newcomer_who_goes_away_while_waiting_leaves_nothing_behind(world: World) -> None:
    async def render(topic: str) -> View | None:
        await gate.wait()
        return await world.render(topic)

    gate, hub = asyncio.Event(), Hub(render, lambda: TEN, lambda: 1)

    async def watch() -> None:
        async with hub.subscribed(MAIN, Watcher()):
            pass

    async with hub.running():
        waiting = asyncio.create_task(watch())
        await until(lambda: hub.topic_count() == 1)
        waiting.cancel()
        await asyncio.wait([waiting])
        gate.set()

        assert hub.topic_count() == 0


def test_one_text_is_not_taken_for_a_collection_of_sources(world: World) -> None:
    with pytest.raises(TypeError, match="department:3"):
        world.hub.touch("department:3")  # type: ignore[arg-type]
