"""The topics that somebody watches, and which sources of change each of them depends on."""

import asyncio
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain
from typing import NamedTuple

from queue_server.live.frames import Frame, encode_data, view_frame
from queue_server.live.subscriber import Subscriber
from queue_server.live.topic_names import TopicName, kind_of, masked
from queue_server.sources import Source


@dataclass(frozen=True, slots=True)
class View:
    """What a topic shows now: JSON data, and the sources whose change makes it stale."""

    data: Mapping[str, object]
    sources: frozenset[Source]

    @property
    def text(self) -> str:
        """The compact JSON text of the data; equal texts mean that nothing visible changed.

        Raises TypeError or ValueError when the data hold something that JSON has no word for, NaN among it.
        """
        return encode_data(self.data)


class ReadyView(NamedTuple):
    """The same for data that were put together as compact JSON text."""

    text: str
    sources: frozenset[Source]


@dataclass(frozen=True, slots=True)
class Arrival:
    """A newcomer's wait for a view that has seen `asked` changes."""

    asked: int
    shown: asyncio.Future[None]


@dataclass(slots=True, eq=False)
class Topic:
    """One topic with at least one subscriber.

    `asked` counts the changes that call for a new view and `answered` says how many of them the present view has
    seen; they are equal when the view is fresh. `kind` is a `TopicKind`. `data` is the present view as JSON text in
    UTF-8, None before the first one. `is_open` is false once nobody watches it any more.
    """

    name: TopicName
    subscribers: dict[Subscriber, None] = field(default_factory=dict)
    newcomers: dict[Subscriber, Arrival] = field(default_factory=dict)
    sources: frozenset[Source] = frozenset()
    data: bytes | None = None
    rev: int = 0
    asked: int = 1
    answered: int = 0
    failures: int = 0
    is_waiting: bool = False
    is_open: bool = True
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

    def show(self, data: str, rev: int) -> bool:
        """Take `data` as the present view and return whether it differs; the revision grows if it does.

        Raises UnicodeError, and takes nothing, when `data` is no text that can be sent.
        """
        encoded = data.encode()
        if encoded == self.data:
            return False
        self.rev = rev if self.data is None else max(rev, self.rev + 1)
        self.data = encoded
        return True

    def frame(self, at: datetime) -> Frame:
        """Return the present view as a frame that says that it was true at `at`, for peers read the time from it.

        Raises LookupError when nothing was shown yet.
        """
        if self.data is None:
            raise LookupError(f"{self} has no view yet")
        return view_frame(self.name, self.rev, at, self.data)

    def admit_newcomers(self) -> dict[Subscriber, Arrival]:
        """Make subscribers of the newcomers for whom the present view is new enough, and return them."""
        if not self.newcomers:
            return {}
        admitted = {who: arrival for who, arrival in self.newcomers.items() if arrival.asked <= self.answered}
        for newcomer in admitted:
            del self.newcomers[newcomer]
            self.subscribers[newcomer] = None
        if not self.newcomers:
            self.newcomers = {}  # one that was emptied keeps its room, for each phone
        return admitted

    def __str__(self) -> str:
        """Name the topic for a log, without the secret of a patient's link."""
        return masked(self.name)


class TopicTable:
    """All watched topics by name and by source; holds nothing for a topic that nobody watches."""

    def __init__(self) -> None:
        self._by_name: dict[TopicName, Topic] = {}
        self._by_source: dict[Source, dict[Topic, None]] = {}

    def __len__(self) -> int:
        return len(self._by_name)

    def __iter__(self) -> Iterator[Topic]:
        return iter(list(self._by_name.values()))

    def get(self, name: TopicName) -> Topic | None:
        """Return the topic called `name` if somebody watches it."""
        return self._by_name.get(name)

    def open(self, name: TopicName) -> Topic:
        """Return the topic called `name`, which is there from now on."""
        return self._by_name.setdefault(name, Topic(name))

    def depending_on(self, sources: Iterable[Source]) -> Iterable[Topic]:
        """Return the topics whose present view depends on any of `sources`, each once, the longest watched first."""
        return dict.fromkeys(chain.from_iterable(self._by_source.get(source, ()) for source in sources))

    def place(self, topic: Topic, sources: frozenset[Source]) -> None:
        """Let `topic` depend on exactly `sources`."""
        if topic.sources is sources or topic.sources == sources:
            return
        for source in topic.sources - sources:
            del self._by_source[source][topic]
            if not self._by_source[source]:
                del self._by_source[source]
        for source in sources - topic.sources:
            self._by_source.setdefault(source, {})[topic] = None
        topic.sources = sources

    def close(self, topic: Topic) -> None:
        """Forget `topic`."""
        if not topic.is_open:
            return
        self.place(topic, frozenset())
        del self._by_name[topic.name]
        topic.is_open = False
        if topic.retry is not None:
            topic.retry.cancel()
            topic.retry = None

    def watchers(self) -> Counter[str]:
        """Return the number of subscribers by kind of topic."""
        counts: Counter[str] = Counter()
        for topic in self._by_name.values():
            counts[topic.kind] += len(topic.subscribers) + len(topic.newcomers)
        return counts
