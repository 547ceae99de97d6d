"""Which topics wait for a new view, and in which order they get it."""

import asyncio
from collections import deque
from collections.abc import Collection

from queue_server.live.topics import Topic


class StaleTopics:
    """Topics that wait for their turn, each once: screens before phones, each lane in the order of asking."""

    def __init__(self, phones: Collection[str], most_at_once: int) -> None:
        """`phones` are the kinds that wait until no screen does, and are given out up to `most_at_once` together."""
        self._phones = phones
        self._most_at_once = most_at_once
        self._lanes: tuple[deque[Topic], deque[Topic]] = (deque(), deque())
        self._is_any = asyncio.Event()

    def add(self, topic: Topic) -> None:
        """The topic waits, unless it does already."""
        if topic.is_waiting:
            return
        topic.is_waiting = True
        self._lanes[topic.kind in self._phones].append(topic)
        self._is_any.set()

    async def next(self) -> list[Topic]:
        """Wait until there is any, and return one screen, or phones of one kind; they wait no longer.

        A topic that has failed is returned alone, so that it cannot fail others again.
        """
        await self._is_any.wait()
        screens, phones = self._lanes
        if screens:
            found = [screens.popleft()]
        else:
            found = [phones.popleft()]
            kind, most = found[0].kind, 1 if found[0].failures else self._most_at_once
            while phones and len(found) < most and phones[0].kind == kind and not phones[0].failures:
                found.append(phones.popleft())
        for topic in found:
            topic.is_waiting = False
        if not screens and not phones:
            self._is_any.clear()
        return found
