"""Whose lines are open: asked every other second, so nobody looks through the thousands that are nobody's."""

from __future__ import annotations

from collections.abc import Collection

from queue_server.live.subscriber import Subscriber


class OwnedLines:
    """The open lines of those who have a name; phones have none."""

    def __init__(self) -> None:
        self._kinds: dict[str, dict[Subscriber, str]] = {}

    def add(self, line: Subscriber, kind: str) -> None:
        """The line is open, and watches a topic of this kind."""
        if line.owner is not None:
            self._kinds.setdefault(line.owner, {})[line] = kind

    def remove(self, line: Subscriber) -> None:
        """The line has ended."""
        if line.owner is not None and (own := self._kinds.get(line.owner)) is not None:
            own.pop(line, None)
            if not own:
                del self._kinds[line.owner]

    def owners(self) -> set[str]:
        """Whose lines are open."""
        return set(self._kinds)

    def of(self, owner: str, *, spare: Collection[str] = ()) -> list[Subscriber]:
        """The owner's lines, without those that watch topics of the kinds to `spare`."""
        return [line for line, kind in self._kinds.get(owner, {}).items() if kind not in spare]
