"""Waiting times in words, for pages, paper and scripts."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

from queue_server.domain.waits.explanation import Reason
from queue_server.domain.waits.wording import WaitView, WaitWords, WhyView
from queue_server.locale import Texts

#: `Texts.gettext`.
GetText: TypeAlias = Callable[..., str]

_PLACE = re.compile(r"%\((\w+)\)s")


def _(sentence: str) -> str:
    """Marks a text for the catalogues; it is translated where it is said."""
    return sentence


_SENTENCES: Mapping[str, str] = {
    WaitWords.RANGE: _("about %(low)s–%(high)s minutes"),
    WaitWords.WIDE: _("about %(likely)s minutes, seldom more than %(high)s"),
    WaitWords.SHORT: _("less than %(high)s minutes"),
    WaitWords.CLOCK: _("about %(from)s–%(until)s"),
}


def wait_words(gettext: GetText, wait: WaitView | None) -> str:
    """The wait in plain words: `about 35–50 minutes`, `about 11:10–11:35`, or nothing."""
    if wait is None:
        return ""
    sentence, values = _SENTENCES[wait["words"]], wait["values"]
    return gettext(sentence, **values)


def wait_sentences(gettext: GetText) -> dict[str, str]:
    """The sentences by their key in a view, for scripts; the places `%(name)s` stay in them."""
    return sentences(gettext, _SENTENCES)


def sentences(gettext: GetText, by_key: Mapping[str, str]) -> dict[str, str]:
    """The sentences translated for scripts, which fill the places `%(name)s` in them."""
    return {
        key: gettext(sentence, **{name: f"%({name})s" for name in _PLACE.findall(sentence)})
        for key, sentence in by_key.items()
    }


def why_words(gettext: GetText, why: Sequence[WhyView]) -> str:
    """What a wait is made of: `line 12 min · slow today +3 · usual here −1`."""
    return " · ".join(_part_words(gettext, **part) for part in why)


def _part_words(_: GetText, reason: str, minutes: int, people: int) -> str:
    signed = f"{minutes:+}".replace("-", "−")
    match reason:
        case Reason.LINE:
            return _("line %(minutes)s min", minutes=minutes)
        case Reason.SLOW:
            return _("slow today %(minutes)s", minutes=signed)
        case Reason.QUICK:
            return _("quick today %(minutes)s", minutes=signed)
        case Reason.EMERGENCIES:
            return _("emergencies %(minutes)s", minutes=signed)
        case Reason.OVERTAKEN:
            return _("likely overtaken by %(people)s: %(minutes)s", people=people, minutes=signed)
        case _:
            return _("usual here %(minutes)s", minutes=signed)


def slip_words(words: Texts, wait: WaitView | None) -> str | None:
    """The same for paper, which cannot change: with a word of caution. None when nothing is known."""
    if wait is None:
        return None
    said = wait_words(words.gettext, wait)
    if "late" in wait:
        return words.gettext("%(wait)s. You may not be seen today.", wait=said)
    return words.gettext("%(wait)s, may change", wait=said)
