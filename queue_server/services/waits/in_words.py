"""Waiting times in words."""

from __future__ import annotations

from collections.abc import Sequence

from queue_server.domain.waits.explanation import Reason
from queue_server.domain.waits.wording import WaitWords
from queue_server.live.view_types import WaitView, WhyView
from queue_server.locale import Texts


def wait_words(words: Texts, wait: WaitView | None) -> str:
    """The wait in plain words: `about 35–50 minutes`, `about 11:10–11:35`, or nothing."""
    if wait is None:
        return ""
    values = wait["values"]
    match wait["words"]:
        case WaitWords.CLOCK:
            return words.gettext("about %(from)s–%(until)s", **values)
        case WaitWords.SHORT:
            return words.gettext("less than %(high)s minutes", **values)
        case WaitWords.WIDE:
            return words.gettext("about %(likely)s minutes, seldom more than %(high)s", **values)
        case _:
            return words.gettext("about %(low)s–%(high)s minutes", **values)


def why_words(words: Texts, why: Sequence[WhyView]) -> str:
    """What a wait is made of: `line 12 min · slow today +3 · usual here −1`."""
    return " · ".join(_part_words(words, **part) for part in why)


def _part_words(words: Texts, reason: str, minutes: int, people: int) -> str:
    signed = f"{minutes:+}".replace("-", "−")
    match reason:
        case Reason.LINE:
            return words.gettext("line %(minutes)s min", minutes=minutes)
        case Reason.SLOW:
            return words.gettext("slow today %(minutes)s", minutes=signed)
        case Reason.QUICK:
            return words.gettext("quick today %(minutes)s", minutes=signed)
        case Reason.EMERGENCIES:
            return words.gettext("emergencies %(minutes)s", minutes=signed)
        case Reason.OVERTAKEN:
            return words.gettext("likely overtaken by %(people)s: %(minutes)s", people=people, minutes=signed)
        case _:
            return words.gettext("usual here %(minutes)s", minutes=signed)


def slip_words(words: Texts, wait: WaitView | None) -> str | None:
    """The same for paper, which cannot change: with a word of caution. None when nothing is known."""
    said = wait_words(words, wait)
    if not said or wait is None:
        return None
    if "late" in wait:
        return words.gettext("%(wait)s. You may not be seen today.", wait=said)
    return words.gettext("%(wait)s, may change", wait=said)
