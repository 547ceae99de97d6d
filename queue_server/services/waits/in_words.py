"""Waiting times in words."""

from __future__ import annotations

from queue_server.domain.waits.correction import Wait
from queue_server.domain.waits.wording import STEP_MINUTES, rounded
from queue_server.locale import Texts
from queue_server.services.clinic.json_views import Json


def wait_words(words: Texts, wait: Json | None) -> str:
    """The wait, as `Waits.of` gives it, in plain words: `about 35–50 minutes`, `about 11:10–11:35`, or nothing.

    js/shared/format.js says it the same way.
    """
    if wait is None:
        return ""
    if "clock" in wait:
        start, end = wait["clock"]
        return words.gettext("about %(from)s–%(until)s", **{"from": start, "until": end})
    low, _, high = rounded(Wait(wait["low_s"], wait["likely_s"], wait["high_s"]))
    high = max(high, low + STEP_MINUTES)
    if low == 0:
        return words.gettext("less than %(high)s minutes", high=high)
    return words.gettext("about %(low)s–%(high)s minutes", low=low, high=high)


def slip_words(words: Texts, wait: Json | None) -> str | None:
    """The same for paper, which cannot change: with a word of caution. None when nothing is known."""
    said = wait_words(words, wait)
    if not said or wait is None:
        return None
    if wait.get("late"):
        return words.gettext("%(wait)s. You may not be seen today.", wait=said)
    return words.gettext("%(wait)s, may change", wait=said)
