"""How often is too often.

What fails (a wrong password, code, key or link) counts per address; what succeeds counts per whoever proved who they
are. So a whole clinic behind one address, with thirty displays and a crowd of phones, is never in its own way, and
whoever guesses is slowed down.
"""

from __future__ import annotations

import ipaddress
import math
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

from limits import RateLimitItem, parse
from limits.storage import Storage
from limits.strategies import FixedWindowRateLimiter

from queue_server.domain.access.actors import Actor
from queue_server.domain.errors import RateLimited
from queue_server.web.state import HTTPConnection

#: A limit, what it counts, and for whom.
Try = tuple[RateLimitItem, str, tuple[str, ...]]

#: Tries to log in from one address, right or wrong: a hospital's morning shift passes, a dictionary does not.
LOGINS = parse("300 per minute")
#: Wrong passwords for one account from one address. From elsewhere its owner still gets in …
WRONG_PASSWORDS = parse("10 per 5 minutes")
#: … until so many addresses try that it must be an attack.
WRONG_PASSWORDS_FROM_ANYWHERE = parse("100 per hour")
#: Patients' tries to log in, and registrations, from one address: a waiting room shares one.
PATIENT_LOGINS = parse("300 per minute")
REGISTRATIONS = parse("120 per 10 minutes")
#: Wrong PINs from one address, for whatever phone numbers; each number counts for itself as well.
WRONG_PINS = parse("100 per 10 minutes")
#: Codes for a new PIN: for one phone number, and from one address. An SMS costs money, and annoys.
CODES_FOR_PHONE = parse("3 per hour")
CODES_FROM_ADDRESS = parse("30 per 10 minutes")
#: New PINs that one person at the desk gives out.
PINS_AT_DESK = parse("60 per hour")
#: Wrong enrolment codes, device keys and links from one address.
WRONG_CODES = parse("20 per 10 minutes")
WRONG_KEYS = parse("300 per minute")
WRONG_LINKS = parse("120 per minute")
#: Tokens that one device, program or person issues.
ISSUES = {"kiosk": parse("1200 per minute"), "program": parse("6000 per minute")}
ISSUES_BY_PEOPLE = parse("300 per minute")
#: Changes of how one patient, or the holder of one slip, wants to be told.
ALERT_CHOICES = parse("30 per hour")
#: Openings of one slip's page, and of live lines by one link, device, program or person.
LINK_PAGES = parse("240 per minute")
LINES = parse("240 per minute")
#: Live lines of phones from one address: after a restart a whole hospital comes back at once, through one router.
LINES_FROM_ANYBODY = parse("20000 per minute")

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
    """What one process has counted. Several processes count each for itself."""

    def __init__(self, now: Callable[[], datetime], most: int = MOST_COUNTERS) -> None:
        self._now = now
        self.counters = Counters(now, most)
        self._limiter = FixedWindowRateLimiter(self.counters)

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

    def _limited(self, limit: RateLimitItem, name: str, *who: str) -> RateLimited:
        ends_at = self._limiter.get_window_stats(limit, name, *who).reset_time
        return RateLimited(max(1, math.ceil(ends_at - self._now().timestamp())))


def limits(connection: HTTPConnection) -> Limits:
    """What this process has counted."""
    return connection.state["limits"]


def address(connection: HTTPConnection) -> str:
    """Where the asker is: an address, of IPv6 the network, since one household has a whole network of those."""
    host = connection.client.host if connection.client else ""
    try:
        found = ipaddress.ip_address(host.split("%")[0])
    except ValueError:
        return "nowhere"
    if found.version == 4:
        return str(found)
    if found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    return str(ipaddress.ip_network((found, 64), strict=False))


def count_issue(connection: HTTPConnection, by: Actor) -> None:
    """One more token by this actor. Raises `RateLimited`."""
    limits(connection).count(ISSUES.get(by.kind, ISSUES_BY_PEOPLE), "issue", str(by))


def count_wrong(connection: HTTPConnection, limit: RateLimitItem, name: str) -> None:
    """One more wrong guess from this address. Raises `RateLimited`."""
    limits(connection).count(limit, name, address(connection))
