"""Reports for whoever runs the clinic: any range of days beside the days before it, and how promises came out."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, timedelta

from queue_server import papers
from queue_server.analytics import accuracy_sections, sections
from queue_server.analytics.accuracy_sections import Explained
from queue_server.analytics.report import Figure, Report, Section, change, day_in_words, minutes, percent
from queue_server.analytics.sections import HALF, MOST, SectionContext
from queue_server.charts import Heading, Series, lines
from queue_server.domain.analytics.quantile_sketch import Sketch, quantile
from queue_server.domain.analytics.tallies import Part, Tally, together
from queue_server.domain.errors import BadInput
from queue_server.domain.waits.explanation import explain, in_minutes
from queue_server.domain.waits.learning import Kept
from queue_server.domain.waits.wording import WhyView
from queue_server.locale import Texts
from queue_server.locale.waits import why_words
from queue_server.services.analytics.tallies import StoredTallies
from queue_server.services.clinic.letterheads import Letterheads
from queue_server.services.clinic.snapshot import Snapshots
from queue_server.storage.clinic import clinic_rows
from queue_server.storage.engine.store import Store
from queue_server.storage.people import staff_rows
from queue_server.storage.waits import promise_rows

#: A range is no longer than this.
LONGEST = timedelta(days=3660)
#: What the accuracy is told from.
SCORED = ("promised", "inside", "error_s", "errors", "later", "later_inside", "alerted", "alerted_in_time")
SCORED_PARTS = (Part.ALL, Part.AHEAD, Part.HOUR, Part.PRIORITY, Part.DOCTOR)
#: So many of the newest promises are explained.
EXPLAINED = 12
#: So many of ten waits should come out inside the range that was promised, in per cent.
GOAL = (75.0, 85.0)


class Analytics:
    """What is shown to whoever runs the clinic, in their words."""

    def __init__(self, store: Store, queues: Snapshots, figures: StoredTallies, letterheads: Letterheads) -> None:
        self._store = store
        self._queues = queues
        self._figures = figures
        self._letterheads = letterheads

    async def report(self, first: date, last: date, code: str | None, words: Texts) -> Report:
        """The clinic, or one department, from `first` to `last`. Raises `UnknownDepartment`, `BadInput`."""
        check(first, last)
        department = (await self._queues.department(code)).id if code else None
        told = await self._told(first, last, department, words)
        length = last - first + timedelta(days=1)
        earlier = first - length, last - length
        before = await self._figures.of(*earlier, department, [Part.ALL])
        figures = _figures(words, told.whole(), together(before.values()))
        zone = (await self._queues.clinic()).zone
        machines = sections.machines(words, await self._figures.machines(first, last), zone)
        return Report(first, last, figures, [*(section(told) for section in sections.SECTIONS), *machines])

    async def accuracy(self, first: date, last: date, words: Texts) -> Report:
        """How the promised waits came out, by department, week and group. Raises `BadInput`."""
        check(first, last)
        told = await self._told(first, last, None, words, parts=SCORED_PARTS, fields=SCORED)
        async with self._store.reading() as connection:
            kept = await promise_rows.newest(connection, first, last, EXPLAINED)
        groups = [section for section in accuracy_sections.by_group(told) if section.rows]
        others = [
            accuracy_sections.later_and_alerts(told),
            accuracy_sections.newest(told, [_explained(words, one) for one in kept]),
        ]
        shown = [*groups, *(section for section in others if section.rows)]
        return Report(first, last, [], [_by_week(told), sections.accuracy(told), *shown])

    async def paper(self, report: Report, title: str, code: str | None, words: Texts) -> bytes:
        """The report as a PDF under the clinic's letterhead. Raises `UnknownDepartment`."""
        days = [day_in_words(words, day) for day in (report.first, report.last)]
        subtitle = "–".join(days if report.first != report.last else days[:1])
        if code:
            subtitle += f" · {(await self._queues.department(code)).name(words.language)}"
        figures = papers.Section("", figures=[(one.label, one.value) for one in report.figures])
        drawn = [
            papers.Section(one.title, one.note, (), one.svg, one.headings, one.rows)
            for one in report.sections
            if one.rows
        ]
        letterhead = await self._letterheads.current()
        now = self._queues.now()
        return await papers.report(title, [figures, *drawn], letterhead, subtitle, words.language, made_at=now)

    async def _told(
        self,
        first: date,
        last: date,
        department: int | None,
        words: Texts,
        parts: Collection[Part] = tuple(Part),
        fields: Collection[str] = ("joined",),
    ) -> SectionContext:
        days = await self._figures.by_day(first, last, fields)
        async with self._store.reading() as connection:
            doctors = {one.id: one.name for one in await staff_rows.everybody(connection)}
            departments = await clinic_rows.departments(connection, with_removed=True)
        return SectionContext(
            words,
            await self._figures.of(first, last, department, parts),
            [found for found in days if department in {None, found[1][0]}],
            departments,
            doctors,
            (await self._queues.clinic()).zone,
        )


def check(first: date, last: date) -> None:
    """Raises `BadInput` for a range that runs backwards or is longer than ten years."""
    if last < first:
        raise BadInput("to", f"The range ends on {last}, before it begins on {first}.")
    if last - first > LONGEST:
        raise BadInput("to", f"From {first} to {last} is more than ten years.")


def _figures(words: Texts, now: Tally, before: Tally) -> list[Figure]:
    _ = words.gettext

    def count(label: str, about: str, one: int, other: int) -> Figure:
        return Figure(label, str(one), str(other), about, change(one, other))

    def took(label: str, about: str, one: Sketch, other: Sketch, share: float) -> Figure:
        new, old = quantile(one, share), quantile(other, share)
        return Figure(label, minutes(words, new), minutes(words, old), about, change(new, old))

    def part(label: str, one: int, other: int) -> Figure:
        shares = percent(one, now.joined), percent(other, before.joined)
        return Figure(label, *shares, _("share of the numbers given out"))

    waited, lasted = _("minutes from number to call"), _("minutes from beginning to end")
    return [
        count(_("Patients"), _("numbers given out"), now.joined, before.joined),
        count(_("Seen"), _("consultations ended"), now.seen, before.seen),
        took(_("Median wait"), waited, now.waits, before.waits, HALF),
        took(_("9 of 10 waited at most"), waited, now.waits, before.waits, MOST),
        took(_("Median consultation"), lasted, now.consultations, before.consultations, HALF),
        took(_("9 of 10 took at most"), lasted, now.consultations, before.consultations, MOST),
        part(_("Called, did not come"), now.no_show, before.no_show),
        part(_("Never called"), now.expired, before.expired),
    ]


def _explained(words: Texts, kept: Kept) -> Explained:
    parts = in_minutes(explain(kept.clues, kept.promised))
    why = [WhyView(reason=part.reason, minutes=part.minutes, people=part.people) for part in parts]
    return Explained(kept.number, kept.promised, kept.waited_s, why_words(words.gettext, why))


def _by_week(told: SectionContext) -> Section:
    """The share inside the range, by department and week."""
    _ = told.words.gettext
    by: dict[tuple[date, int], list[Tally]] = {}
    for day, (department, _part, _which), tally in told.days:
        by.setdefault((day - timedelta(days=day.weekday()), department), []).append(tally)
    weeks = {key: together(many) for key, many in by.items()}
    starts = sorted({start for start, _ in weeks})
    shown = [one for one in told.seen_departments if any(weeks[key].promised for key in weeks if key[1] == one.id)]
    labels = [day_in_words(told.words, start) for start in starts]
    series = [Series(told.name(one), _shares(weeks, starts, one.id), one.colour) for one in shown]
    heading = Heading(
        "weeks-chart",
        _("Waits inside the estimated range, by week"),
        _(
            "One line per department: the share of waits inside the range that patients were told. The "
            "band marks the goal, 75 to 85 %%."
        ),
    )
    table = [
        (label, told.name(one), *sections.scores(told.words, weeks[start, one.id]))
        for label, start in zip(labels, starts, strict=True)
        for one in shown
        if (start, one.id) in weeks
    ]
    svg = lines(heading, labels, series, lambda value: f"{value:.0f} %", goal=GOAL, most=100.0) if shown else ""
    headings = (_("Week from"), _("Department"), *sections.score_headings(told.words))
    return Section("weeks", heading.title, svg, headings, table, heading.description)


def _shares(weeks: dict[tuple[date, int], Tally], starts: Sequence[date], department: int) -> list[float | None]:
    found = [weeks.get((start, department)) for start in starts]
    return [100 * one.inside / one.promised if one is not None and one.promised else None for one in found]
