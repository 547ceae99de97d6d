"""The clock, as something that is handed in."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from typing import Protocol

from queue_server.domain.queue.numbering import never_back

logger = logging.getLogger(__name__)


class Clock(Protocol):
    """Anything that tells the time as aware UTC."""

    def now(self) -> datetime: ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)


class SteadyClock:
    """A clock that never goes back behind what it has told or what the journal already holds.

    `is_wrong` is true while the clock beneath it is behind; the rule is `domain.queue.numbering.never_back`.
    """

    def __init__(self, clock: Clock, latest: datetime | None = None) -> None:
        self._clock = clock
        self._latest = latest
        self.is_wrong = False

    def not_before(self, latest: datetime | None) -> None:
        """From now on tell nothing earlier than `latest` (the newest moment already written)."""
        if latest is not None and (self._latest is None or latest > self._latest):
            self._latest = latest

    def now(self) -> datetime:
        moment, is_wrong = never_back(self._clock.now(), self._latest)
        if is_wrong and not self.is_wrong:
            logger.warning("The clock is wrong: it is behind the journal. Times stand still until it has caught up.")
        self._latest, self.is_wrong = moment, is_wrong
        return moment
