"""Waiting times in words."""

from __future__ import annotations

from collections.abc import Mapping

from queue_server.domain.waits import Wait
from queue_server.domain.waits_wording import STEP_MINUTES, rounded
from queue_server.locale import Texts

#: From this many minutes on a range is told in half hours.
_HOURS_FROM = 120


def wait_words(words: Texts, wait: Mapping[str, int] | None) -> str:
    """The range in plain words, widened to five minutes: `about 35–50 minutes`; nothing when it is not known.

    js/shared/format.js says it the same way.
    """
    if wait is None:
        return ""
    low, _, high = rounded(Wait(**wait))
    high = max(high, low + STEP_MINUTES)
    if low == 0:
        return words.gettext("less than %(high)s minutes", high=high)
    if low < _HOURS_FROM:
        return words.gettext("about %(low)s–%(high)s minutes", low=low, high=high)
    return words.gettext("about %(low)s–%(high)s hours", low=_halves(low // 30), high=_halves(-(-high // 30)))


def _halves(half_hours: int) -> str:
    return f"{half_hours / 2:g}"
