"""Counting how often something was done, in memory, and refusing what is too often."""

from __future__ import annotations

import math
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

from limits import RateLimitItem
from limits.storage import Storage
from limits.strategies import FixedWindowRateLimiter

from queue_server.domain.errors import RateLimited

#: A limit, what it counts, and for whom.
Try = tuple[RateLimitItem, str, tuple[str, ...]]

#: When one of too many open things may be closed, in seconds.
SOON_S = 30
#: So many counters are kept; the oldest makes room.
MOST_COUNTERS = 50_000


class Counters(Storage):
    """Counters in memory, never more than `most`, on a clock that is given."""

    STORAGE_SCHEME = None

    def __init__(self, now: Callable[[], datetime], most: int = MOST_COUNTERS) -> None:
        super().__init__()
        self._now = now
        self._most = most
        self._counts: OrderedDict[str, tuple[int, float]] = OrderedDict()

    @property
    def base_exceptions(self) -> type[Exception]:
        return ValueError

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        count, ends_at = self._counts.pop(key, (0, 0.0))
        if ends_at <= self._seconds():
            count, ends_at = 0, self._seconds() + expiry
        self._counts[key] = (count + amount, ends_at)
        while len(self._counts) > self._most:
            self._counts.popitem(last=False)
        return count + amount

    def take_back(self, key: str) -> None:
        """One less, unless the window has ended meanwhile."""
        if (count := self.get(key)) > 0:
            self._counts[key] = (count - 1, self._counts[key][1])

    def get(self, key: str) -> int:
        count, ends_at = self._counts.get(key, (0, 0.0))
        return count if ends_at > self._seconds() else 0

    def get_expiry(self, key: str) -> float:
        return self._counts.get(key, (0, self._seconds()))[1]

    def check(self) -> bool:
        return True

    def reset(self) -> int:
        count = len(self._counts)
        self._counts.clear()
        return count

    def clear(self, key: str) -> None:
        self._counts.pop(key, None)

    def __len__(self) -> int:
        return len(self._counts)

    def _seconds(self) -> float:
        return self._now().timestamp()


class Limits:
    """What one process has counted, and what is open. Several processes count each for itself."""

    def __init__(self, now: Callable[[], datetime], most: int = MOST_COUNTERS) -> None:
        self._now = now
        self.counters = Counters(now, most)
        self._limiter = FixedWindowRateLimiter(self.counters)
        self._open: Counter[tuple[str, ...]] = Counter()

    def count(self, limit: RateLimitItem, name: str, *who: str) -> None:
        """One more. Raises `RateLimited` when it is one too many."""
        if not self._limiter.hit(limit, name, *who):
            raise self._limited(limit, name, *who)

    def check(self, limit: RateLimitItem, name: str, *who: str) -> None:
        """Counts nothing. Raises `RateLimited` when one more would be too many."""
        if not self._limiter.test(limit, name, *who):
            raise self._limited(limit, name, *who)

    @contextmanager
    def trying(self, is_wrong: Callable[[Exception], bool], *tries: Try) -> Iterator[None]:
        """Inside, a secret is compared. Raises `RateLimited` before that when there were too many wrong ones.

        The try counts at once, so that tries which are sent together are not all the first; it is taken back unless
        it ends with an error that `is_wrong`.
        """
        for limit, name, who in tries:
            self.check(limit, name, *who)
        for limit, name, who in tries:
            self.count(limit, name, *who)
        keeps = False
        try:
            yield
        except Exception as error:
            keeps = is_wrong(error)
            raise
        finally:
            for limit, name, who in () if keeps else tries:
                self.counters.take_back(limit.key_for(name, *who))

    @contextmanager
    def held(self, most: int, name: str, *who: str) -> Iterator[None]:
        """Inside, one more of these is open. Raises `RateLimited` where `most` are already."""
        if self._open[name, *who] >= most:
            raise RateLimited(SOON_S)
        self._open[name, *who] += 1
        try:
            yield
        finally:
            self._open[name, *who] -= 1
            if not self._open[name, *who]:
                del self._open[name, *who]

    def _limited(self, limit: RateLimitItem, name: str, *who: str) -> RateLimited:
        ends_at = self._limiter.get_window_stats(limit, name, *who).reset_time
        return RateLimited(max(1, math.ceil(ends_at - self._now().timestamp())))
