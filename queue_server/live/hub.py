"""The hub: something changed → each view is computed once → each subscriber gets the newest one."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Iterable, Iterator, Mapping, Sequence, Set
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import NoReturn

from queue_server.live.fan_out import WRITES_PER_TURN, end_all, write_to, write_to_all
from queue_server.live.frames import Frame, encode_beat, encode_fault
from queue_server.live.owned_lines import OwnedLines
from queue_server.live.stale import StaleTopics
from queue_server.live.subscriber import Subscriber
from queue_server.live.topic_names import TopicKind, TopicName, masked
from queue_server.live.topics import Arrival, ReadyView, Topic, TopicTable, View
from queue_server.sources import Source

logger = logging.getLogger(__name__)

#: Seconds between the beats to screens, which must know within five seconds that the line is dead.
SCREEN_BEAT_S = 2.0

#: Kinds of topics that are phones', and the seconds between their beats. Screens are served before them.
PHONE_BEATS: Mapping[str, float] = {TopicKind.TOKEN: 15.0}

#: So long views are computed before the event loop gets a turn.
TURN_S = 0.005

#: So many phones' views are computed together and written before screens and the event loop get a turn.
PHONES_AT_ONCE = 200

LONGEST_RETRY_S = 5.0

AnyView = View | ReadyView
Render = Callable[[TopicName], Awaitable[View | None]]
RenderPhones = Callable[[Sequence[TopicName]], Awaitable[Sequence[ReadyView | None]]]


class UnknownTopic(LookupError):
    """No such topic, or no longer; the line is to be closed with 4404."""


class ViewUnavailable(Exception):
    """The view could not be computed just now; the peer should come again."""


@dataclass(frozen=True, slots=True)
class Glance:
    """A topic's present view, once: the whole frame as it would be sent, and the data in it as JSON text."""

    frame: str
    data: str


class _Passer:
    """Subscribes only until the present view is there."""

    owner = None

    def write(self, frame: Frame) -> None:
        """Whoever passes by reads the view from the topic."""

    def end(self, code: int, reason: str) -> None:
        """There is no line to close."""


class Hub:
    """Keeps every subscriber of every topic on the newest view.

    A view is always computed after the change that asked for it, however many changes arrive meanwhile. Screens go
    before phones. Call it from the event loop's thread only; it works while `running()` is entered.
    """

    def __init__(
        self,
        render: Render,
        now: Callable[[], datetime],
        rev: Callable[[], int],
        *,
        render_phones: RenderPhones | None = None,
        fault: Callable[[], str | None] = lambda: None,
        screen_beat_s: float = SCREEN_BEAT_S,
        phone_beats: Mapping[str, float] = PHONE_BEATS,
        render_timeout_s: float = 10.0,
        retry_s: float = 0.25,
    ) -> None:
        """`render` computes a topic's view, or None when there is no such topic; `rev` only ever grows.

        `fault` gives the code of what keeps the database from taking changes, if anything does: screens are told.
        `render_phones` does the same for many phones at once; without it they are computed one by one.
        """
        self._render = render
        self._render_phones = render_phones
        self._fault = fault
        self._now = now
        self._rev = rev
        self._screen_beat_s = screen_beat_s
        self._phone_beats = phone_beats
        self._render_timeout_s = render_timeout_s
        self._retry_s = retry_s
        self._topics = TopicTable()
        self._owned = OwnedLines()
        self._stale = StaleTopics(phone_beats, PHONES_AT_ONCE if render_phones else 1)
        self._touched_meanwhile: set[Source] | None = None
        self._renewal_began: float | None = None
        self._quiet_until = 0.0
        self._unlogged = 0
        self._is_stopped = False

    def touch(self, sources: Iterable[Source]) -> None:
        """Have every view that depends on any of `sources` computed anew, soon; cheap enough to follow any commit."""
        if isinstance(sources, str):
            raise TypeError(f"sources is one text, {sources!r}; it must be a collection of texts")
        changed = set(sources)
        if self._touched_meanwhile is not None:
            self._touched_meanwhile |= changed
        for topic in self._topics.depending_on(changed):
            self._ask(topic)

    def touch_all(self) -> None:
        """Treat every topic as changed, because nobody knows what was missed."""
        for topic in self._topics:
            self._ask(topic)

    @asynccontextmanager
    async def subscribed(self, name: TopicName, subscriber: Subscriber) -> AsyncIterator[None]:
        """Inside, `subscriber` has got a view that has seen every change until now, and gets every newer one.

        Raises UnknownTopic when there is no such topic, ViewUnavailable when its view cannot be computed.
        """
        if self._is_stopped:
            raise ViewUnavailable("the hub has stopped")
        topic = self._topics.open(name)
        self._owned.add(subscriber, topic.kind)
        try:
            if topic.is_fresh:
                topic.subscribers[subscriber] = None
                write_to([subscriber], topic.frame(self._now()))
            else:
                arrival = Arrival(topic.asked, asyncio.get_running_loop().create_future())
                topic.newcomers[subscriber] = arrival
                self._stale.add(topic)
                await arrival.shown
            yield
        finally:
            self._leave(topic, subscriber)

    async def look(self, name: TopicName) -> Glance:
        """Return what a subscriber who came now would be shown first. Raises what `subscribed` raises."""
        async with self.subscribed(name, _Passer()):
            topic = self._topics.get(name)
            if topic is None or topic.data is None:
                raise UnknownTopic(f"there is no topic {masked(name)}")
            return Glance(topic.frame(self._now()).payload, topic.data.decode())

    def owners(self) -> set[str]:
        """Return whose lines are open."""
        return self._owned.owners()

    def end_lines_of(self, owner: str, close_code: int, code: str, message: str, *, spare: Collection[str] = ()) -> int:
        """Close every line of `owner` with an error frame and `close_code`; return how many there were.

        Lines that watch topics of the kinds to `spare` stay.
        """
        lines = self._owned.of(owner, spare=spare)
        end_all(lines, close_code, code, message)
        return len(lines)

    def watchers(self) -> Mapping[str, int]:
        """Return the number of subscribers by kind of topic ("board", "token", …)."""
        return self._topics.watchers()

    def topic_count(self) -> int:
        """Return the number of topics that are held in memory."""
        return len(self._topics)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Inside, views are computed and beats are sent; afterwards nothing of the hub runs and nobody waits."""
        self._is_stopped = False
        intervals = {self._screen_beat_s, *self._phone_beats.values()}
        tasks = [asyncio.create_task(self._work(), name="hub")]
        tasks += [asyncio.create_task(self._beat(interval), name=f"beat {interval:g} s") for interval in intervals]
        try:
            yield
        finally:
            self._is_stopped = True
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            for topic in self._topics:
                self._turn_away(topic, ViewUnavailable("the hub has stopped"))

    def _watching(self, spare: Collection[str]) -> list[Subscriber]:
        shown = [topic for topic in self._topics if topic.kind not in spare]
        return [subscriber for topic in shown for subscriber in (*topic.subscribers, *topic.newcomers)]

    def _ask(self, topic: Topic) -> None:
        topic.asked += 1
        self._stale.add(topic)

    async def _work(self) -> NoReturn:
        loop = asyncio.get_running_loop()
        turn_ends = loop.time() + TURN_S
        while True:
            topics = [topic for topic in await self._stale.next() if topic.is_open and not topic.is_fresh]
            if topics:
                await self._try_to_renew(topics)
            if loop.time() >= turn_ends:
                await asyncio.sleep(0)
                turn_ends = loop.time() + TURN_S

    async def _try_to_renew(self, topics: Sequence[Topic]) -> None:
        self._renewal_began = asyncio.get_running_loop().time()
        try:
            await self._renew(topics)
        except asyncio.CancelledError:
            if _is_being_cancelled():
                raise
            self._failed(topics)
        except Exception:
            self._failed(topics)
        finally:
            self._renewal_began = None

    async def _renew(self, topics: Sequence[Topic]) -> None:
        asked, rev = [topic.asked for topic in topics], self._rev()
        with self._noting_touches() as touched:
            views = await self._compute(topics)
            taken = [
                (topic, is_changed)
                for topic, count, view in zip(topics, asked, views, strict=True)
                if topic.is_open and (is_changed := self._take(topic, view, count, rev, touched)) is not None
            ]
        now = self._now()
        for topic, is_changed in taken:
            if topic.newcomers or len(topic.subscribers) > WRITES_PER_TURN:
                await self._publish(topic, is_changed, now)
            elif is_changed:
                write_to(list(topic.subscribers), topic.frame(now))

    def _take(self, topic: Topic, view: AnyView | None, asked: int, rev: int, touched: Set[Source]) -> bool | None:
        """The topic shows this view, which has seen `asked` changes; returns whether it differs, None for no view."""
        if view is None:
            self._gone(topic)
            return None
        try:
            is_changed = topic.show(view.text, rev)
        except (TypeError, ValueError):
            self._failed([topic])
            return None
        # What changed while the view was read has asked for the next one, unless the earlier sources did not name it.
        is_overtaken = bool(touched) and not touched.isdisjoint(view.sources - topic.sources)
        self._topics.place(topic, view.sources)
        topic.answered = asked - is_overtaken
        topic.failures = 0
        if is_overtaken:
            self._stale.add(topic)
        return is_changed

    async def _compute(self, topics: Sequence[Topic]) -> Sequence[AnyView | None]:
        async with asyncio.timeout(self._render_timeout_s):
            if self._render_phones is not None and topics[0].kind in self._phone_beats:
                return await self._render_phones([topic.name for topic in topics])
            return [await self._render(topic.name) for topic in topics]

    @contextmanager
    def _noting_touches(self) -> Iterator[Set[Source]]:
        """Inside, the set that is given grows by every source that is touched."""
        touched = self._touched_meanwhile = set[Source]()
        try:
            yield touched
        finally:
            self._touched_meanwhile = None

    def _gone(self, topic: Topic) -> None:
        self._topics.close(topic)
        end_all(topic.subscribers, 4404, "unknown", "There is nothing to show here any more.")
        self._turn_away(topic, UnknownTopic(f"there is no topic {topic}"))

    def _failed(self, topics: Sequence[Topic]) -> None:
        """Try again after a while, longer each time; those who wait for a first view come again by themselves."""
        self._complain(topics[0])
        for topic in topics:
            if not topic.is_open or topic.is_fresh:
                continue
            topic.failures += 1
            delay = min(self._retry_s * 2 ** min(topic.failures - 1, 10), LONGEST_RETRY_S)
            if topic.retry is not None:
                topic.retry.cancel()
            topic.retry = asyncio.get_running_loop().call_later(delay, self._stale.add, topic)
            self._turn_away(topic, ViewUnavailable(f"the view of {topic} could not be computed"))

    def _complain(self, topic: Topic) -> None:
        """Log the exception at hand, at most once a second: a database that is away fails every topic at once."""
        time = asyncio.get_running_loop().time()
        if time < self._quiet_until:
            self._unlogged += 1
            return
        logger.exception("the view of %s could not be computed (%d more not logged)", topic, self._unlogged)
        self._quiet_until, self._unlogged = time + 1, 0

    async def _publish(self, topic: Topic, is_changed: bool, now: datetime) -> None:
        """Give the view to those who have not seen it: newcomers, and all if it is another one."""
        present = list(topic.subscribers) if is_changed else []
        admitted = topic.admit_newcomers()
        if admitted or present:
            await write_to_all([*admitted, *present], topic.frame(now))
        for arrival in admitted.values():
            if not arrival.shown.done():
                arrival.shown.set_result(None)

    def _leave(self, topic: Topic, subscriber: Subscriber) -> None:
        topic.subscribers.pop(subscriber, None)
        topic.newcomers.pop(subscriber, None)
        self._owned.remove(subscriber)
        if not topic.is_watched:
            self._topics.close(topic)

    @staticmethod
    def _turn_away(topic: Topic, error: Exception) -> None:
        arrivals, topic.newcomers = topic.newcomers, {}
        for arrival in arrivals.values():
            if not arrival.shown.done():
                arrival.shown.set_exception(error)

    async def _beat(self, interval_s: float) -> NoReturn:
        """Beat for the topics of this interval whose view is true; for the others silence is the honest sign."""
        while True:
            await asyncio.sleep(interval_s)
            if interval_s == self._screen_beat_s and (code := self._fault()) is not None:
                await write_to_all(self._watching(tuple(self._phone_beats)), Frame.of(encode_fault(code), is_beat=True))
            if self._is_stuck():
                continue
            frame = Frame.of(encode_beat(self._now()), is_beat=True)
            watching = [
                subscriber
                for topic in self._topics
                if self._phone_beats.get(topic.kind, self._screen_beat_s) == interval_s and not topic.failures
                for subscriber in topic.subscribers
            ]
            await write_to_all(watching, frame)

    def _is_stuck(self) -> bool:
        """Whether one view has been in the making for so long that the others cannot be trusted either."""
        began = self._renewal_began
        return began is not None and asyncio.get_running_loop().time() - began > self._screen_beat_s


def _is_being_cancelled() -> bool:
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0
