"""The sections of the accuracy: how promised waits came out, group by group, and what the newest were made of."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from queue_server.analytics.report import Section, minutes, percent
from queue_server.analytics.sections import SectionContext
from queue_server.domain.analytics.tallies import Part, Tally, together
from queue_server.domain.waits.correction import Wait


@dataclass(frozen=True, slots=True)
class Explained:
    """A promise that was followed by a call, and in words what it was made of."""

    number: str
    promised: Wait
    waited_s: float
    made_of: str


def by_group(told: SectionContext) -> list[Section]:
    """By the people ahead, the hour of joining, the priority and the doctor, each with its number of cases."""
    _ = told.words.gettext
    priorities = {"normal": _("Normal"), "assisted": _("Assisted"), "urgent": _("Urgent"), "emergency": _("Emergency")}
    return [
        _group(told, Part.AHEAD, _("People ahead"), str, _first_number),
        _group(told, Part.HOUR, _("Hour of joining"), lambda which: f"{which[2:]}:00", lambda which: int(which[2:])),
        _group(told, Part.PRIORITY, _("Priority"), lambda which: priorities[which], list(priorities).index),
        _group(told, Part.DOCTOR, _("Doctor"), lambda which: told.doctors.get(int(which), f"#{which}"), int),
    ]


def _first_number(which: str) -> int:
    return int(which.rstrip("+").partition("-")[0]) if which[0].isdecimal() else 0


def _group(
    told: SectionContext, part: Part, title: str, name: Callable[[str], str], order: Callable[[str], int]
) -> Section:
    """One part's table, in the order; weekdays are not told apart."""
    _, of = told.words.gettext, told.of(part)
    found: dict[str, list[Tally]] = {}
    for which in sorted(of, key=order):
        if of[which].promised:
            found.setdefault(name(which), []).append(of[which])
    tallies = {shown: together(many) for shown, many in found.items()}
    table = [
        (
            shown,
            str(one.promised),
            percent(one.inside, one.promised),
            minutes(told.words, one.error_s / one.promised),
        )
        for shown, one in tallies.items()
    ]
    headings = (title, _("Estimates"), _("Inside the range"), _("On average longer than estimated by"))
    return Section(f"accuracy-{part}", title, "", headings, table)


def later_and_alerts(told: SectionContext) -> Section:
    """How ranges came out that were shown while people waited, and how many alerts came in time."""
    _ = told.words.gettext
    shown = [
        (told.name(one), tally) for one in told.seen_departments if (tally := told.whole(one.id)).later or tally.alerted
    ]
    table = [
        (
            name,
            str(tally.later),
            percent(tally.later_inside, tally.later),
            str(tally.alerted),
            percent(tally.alerted_in_time, tally.alerted),
        )
        for name, tally in shown
    ]
    headings = (
        _("Department"), _("Updated estimates"), _("Inside the range"), _("Alerts before the call"), _("In time"),
    )  # fmt: skip
    note = _("Updated estimates are shown while patients wait. An alert is in time 5 to 20 minutes before the call.")
    return Section("accuracy-later", _("Updated estimates and alerts"), "", headings, table, note)


def newest(told: SectionContext, explained: Sequence[Explained]) -> Section:
    """The newest promises that were followed by a call, and what they were made of."""
    _, words = told.words.gettext, told.words
    table = [
        (
            one.number,
            f"{minutes(words, one.promised.low_s)} – {minutes(words, one.promised.high_s)}",
            minutes(words, one.promised.likely_s),
            minutes(words, one.waited_s),
            one.made_of,
        )
        for one in explained
    ]
    headings = (_("Number"), _("Range"), _("Likely"), _("Waited"), _("Made of"))
    return Section("accuracy-newest", _("Newest estimates"), "", headings, table)
