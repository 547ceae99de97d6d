"""When the server makes a backup by itself, which of them stay, and what the administration is to be told."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable
from datetime import datetime, timedelta, tzinfo
from enum import StrEnum

#: So many hours and days keep the newest backup that was made in them.
HOURS = 24
DAYS = 14

#: The same where a disk has no room for more.
FEW_HOURS = 3
FEW_DAYS = 3

#: A server that runs has never an older one, if all is well.
OLD_AFTER = timedelta(hours=3)


class Complaint(StrEnum):
    """What is not well, the worst first."""

    NONE = "none"
    OLD = "old"
    FAILED = "failed"
    KEY_NOT_COPIED = "key_not_copied"
    ONE_DISK = "one_disk"


def is_due(now: datetime, made: Collection[datetime], every: timedelta) -> bool:
    """Whether the next backup is to be made. One from the future, left by a wrong clock, does not count."""
    return not any(timedelta(0) <= now - moment < every for moment in made)


def newest(now: datetime, made: Collection[datetime]) -> datetime | None:
    """The newest of these; one from the future counts only where there is no other."""
    return max((moment for moment in made if moment <= now), default=max(made, default=None))


def kept(made: Collection[datetime], zone: tzinfo, hours: int = HOURS, days: int = DAYS) -> set[datetime]:
    """Those that stay: the newest of each of the last `hours` hours, and `days` days in `zone`, that have any.

    Hours and days without a backup do not count, so that those of a clinic that was closed stay.
    """
    return _newest_of_each(made, lambda moment: int(moment.timestamp() // 3600), hours) | _newest_of_each(
        made, lambda moment: moment.astimezone(zone).date(), days
    )


def _newest_of_each(made: Collection[datetime], of: Callable[[datetime], Hashable], count: int) -> set[datetime]:
    found: dict[Hashable, datetime] = {}
    for moment in sorted(made, reverse=True):
        found.setdefault(of(moment), moment)
    return set(list(found.values())[:count])


def complaints(
    now: datetime, last: datetime | None, *, has_failed: bool, is_key_copied: bool, is_elsewhere: bool
) -> list[Complaint]:
    """What is not well. `last`: when the newest good backup was made. `is_elsewhere`: another disk has one not older
    than a day."""
    found = {
        Complaint.NONE: last is None,
        Complaint.OLD: last is not None and now - last > OLD_AFTER,
        Complaint.FAILED: has_failed,
        Complaint.KEY_NOT_COPIED: not is_key_copied,
        Complaint.ONE_DISK: not is_elsewhere,
    }
    return [complaint for complaint, holds in found.items() if holds]
