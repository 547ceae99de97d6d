"""The topics that somebody watches, and which sources of change each of them depends on."""

import asyncio
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from queue_server.live.frames import Frame, encode_view_of
from queue_server.live.subscriber import Subscriber
from queue_server.live.topic_names import TopicName, kind_of, masked
from queue_server.sources import Source


@dataclass(frozen=True, slots=True)
class View:
    """What a topic shows now: JSON data, and the sources whose change makes it stale."""

    data: Mapping[str, object]
    sources: frozenset[Source]


@dataclass(frozen=True, slots=True)
class Arrival:
    """A newcomer's wait for a view that has seen `asked` changes."""

    asked: int
    shown: asyncio.Future[None]


@dataclass(frozen=True, slots=True)
class Shown:
    """A view as it was last sent: its data as JSON text, and the frame made of it at `at`."""

    data: str
    rev: int
    at: datetime
    frame: Frame


@dataclass(slots=True, eq=False)
class Topic:
    """One topic with at least one subscriber.

    ``asked`` counts the changes that call for a new view and ``answered`` says how many of them the present view has
    seen; they are equal when the view is fresh. ``kind`` is a `TopicKind`.
    """

    name: TopicName
    subscribers: dict[Subscriber, None] = field(default_factory=dict)
    newcomers: dict[Subscriber, Arrival] = field(default_factory=dict)
    sources: frozenset[Source] = frozenset()
    shown: Shown | None = None
    asked: int = 1
    answered: int = 0
    failures: int = 0
    is_waiting: bool = False
    retry: asyncio.TimerHandle | None = None
    kind: str = field(init=False)

    def __post_init__(self) -> None:
        self.kind = kind_of(self.name)

    @property
    def is_fresh(self) -> bool:
        """Whether the present view has seen every change."""
        return self.asked == self.answered

    @property
    def is_watched(self) -> bool:
        """Whether anybody is there."""
        return bool(self.subscribers or self.newcomers)

    def show(self, data: str, rev: int, at: datetime) -> bool:
        """Take `data` as the present view and return whether it differs; the revision grows if it does.

        Raises UnicodeError, and takes nothing, when `data` is no text that can be sent.
        """
        if self.shown is not None and data == self.shown.data:
            return False
        self.shown = self._made_of(data, rev if self.shown is None else max(rev, self.shown.rev + 1), at)
        return True

    def frame(self, at: datetime) -> Frame:
        """Return the present view as a frame that is less than a second old, for peers read the time from it.

        Raises LookupError when nothing was shown yet.
        """
        if self.shown is None:
            raise LookupError(f"{self} has no view yet")
        if abs((at - self.shown.at).total_seconds()) >= 1:
            self.shown = self._made_of(self.shown.data, self.shown.rev, at)
        return self.shown.frame

    def admit_newcomers(self) -> dict[Subscriber, Arrival]:
        """Make subscribers of the newcomers for whom the present view is new enough, and return them."""
        admitted = {who: arrival for who, arrival in self.newcomers.items() if arrival.asked <= self.answered}
        for newcomer in admitted:
            del self.newcomers[newcomer]
            self.subscribers[newcomer] = None
        return admitted

    def __str__(self) -> str:
        """Name the topic for a log, without the secret of a patient's link."""
        return masked(self.name)

    def _made_of(self, data: str, rev: int, at: datetime) -> Shown:
        return Shown(data, rev, at, Frame.of(encode_view_of(self.name, rev, at, data)))


class TopicTable:
    """All watched topics by name and by source; holds nothing for a topic that nobody watches."""

    def __init__(self) -> None:
        self._by_name: dict[TopicName, Topic] = {}
        self._by_source: dict[Source, set[Topic]] = {}

    def __len__(self) -> int:
        return len(self._by_name)

    def __iter__(self) -> Iterator[Topic]:
        return iter(list(self._by_name.values()))

    def __contains__(self, topic: Topic) -> bool:
        return self._by_name.get(topic.name) is topic

    def get(self, name: TopicName) -> Topic | None:
        """Return the topic called `name` if somebody watches it."""
        return self._by_name.get(name)

    def open(self, name: TopicName) -> Topic:
        """Return the topic called `name`, which is there from now on."""
        return self._by_name.setdefault(name, Topic(name))

    def depending_on(self, sources: Iterable[Source]) -> set[Topic]:
        """Return the topics whose present view depends on any of `sources`."""
        return set().union(*(self._by_source.get(source, ()) for source in sources))

    def place(self, topic: Topic, sources: frozenset[Source]) -> None:
        """Let `topic` depend on exactly `sources`."""
        for source in topic.sources - sources:
            self._by_source[source].discard(topic)
            if not self._by_source[source]:
                del self._by_source[source]
        for source in sources - topic.sources:
            self._by_source.setdefault(source, set()).add(topic)
        topic.sources = sources

    def close(self, topic: Topic) -> None:
        """Forget `topic`."""
        if topic not in self:
            return
        self.place(topic, frozenset())
        del self._by_name[topic.name]
        if topic.retry is not None:
            topic.retry.cancel()
            topic.retry = None

    def watchers(self) -> Counter[str]:
        """Return the number of subscribers by kind of topic."""
        counts: Counter[str] = Counter()
        for topic in self._by_name.values():
            counts[topic.kind] += len(topic.subscribers) + len(topic.newcomers)
        return counts
