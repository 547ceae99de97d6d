"""The sections of the analytics: pure functions from tallies to pictures and tables."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime, get_day_names

from queue_server.analytics.report import NONE, Section, day_in_words, minutes, percent, told
from queue_server.charts import Heading, Series, bars, heat, lines, rows
from queue_server.domain.analytics.quantile_sketch import quantile
from queue_server.domain.analytics.tallies import Key, Machines, Part, Tallies, Tally, together
from queue_server.domain.clinic.clinic import Department
from queue_server.locale import Texts

#: More days than these are shown by the month.
MOST_DAYS = 62
#: As many names as fit into a picture.
MOST_ROWS = 12
HALF = 0.5
MOST = 0.9


@dataclass(frozen=True, slots=True)
class SectionContext:
    """What all sections are made from: the words of the reader, the tallies, and what their keys mean."""

    words: Texts
    tallies: Tallies
    days: Sequence[tuple[date, Key, Tally]]
    departments: Sequence[Department]
    doctors: Mapping[int, str]
    zone: ZoneInfo

    def of(self, part: Part, department: int | None = None) -> dict[str, Tally]:
        """Which one of the part → its tally, of one department or of all together."""
        found: dict[str, list[Tally]] = {}
        for (known, own, which), tally in self.tallies.items():
            if own is part and department in {None, known}:
                found.setdefault(which, []).append(tally)
        return {which: together(many) for which, many in found.items()}

    def whole(self, department: int | None = None) -> Tally:
        """Everything, of one department or of all."""
        return self.of(Part.ALL, department).get("", Tally())

    @property
    def seen_departments(self) -> list[Department]:
        """The departments that had anybody, in their order."""
        had = {department for department, _, _ in self.tallies}
        return [department for department in self.departments if department.id in had]

    def name(self, department: Department) -> str:
        """The department's name in the reader's language."""
        return department.name(self.words.language)


def by_day(told_: SectionContext) -> Section:
    """Patients of each day; of each month where there are many days."""
    _ = told_.words.gettext
    by_month = len({day for day, _, _ in told_.days}) > MOST_DAYS
    starts = sorted({day.replace(day=1) if by_month else day for day, _, _ in told_.days})
    counts: Counter[tuple[date, int]] = Counter()
    for day, (department, _part, _which), tally in told_.days:
        counts[day.replace(day=1) if by_month else day, department] += tally.joined
    shown = "MMM y" if by_month else "d MMM"
    labels = [format_date(start, shown, locale=told_.words.language) for start in starts]
    title = _("Patients by month") if by_month else _("Patients by day")
    return _stacked(told_, "days", title, labels, lambda place, department: counts[starts[place], department])


def by_hour(told_: SectionContext) -> Section:
    """Patients by the hour at which they joined."""
    hours = _hours(told_)
    counts: Counter[tuple[int, int]] = Counter()
    for (department, part, which), tally in told_.tallies.items():
        if part is Part.HOUR:
            counts[int(which[2:]), department] += tally.joined
    labels = [f"{hour:02}" for hour in hours]
    title = told_.words.gettext("Patients by hour of joining")
    return _stacked(told_, "hours", title, labels, lambda place, department: counts[hours[place], department])


def waits_by_hour(told_: SectionContext) -> Section:
    """How long those waited who joined at an hour."""
    _ = told_.words.gettext
    hours = _hours(told_)
    by: dict[int, list[Tally]] = {hour: [] for hour in hours}
    for which, tally in told_.of(Part.HOUR).items():
        by[int(which[2:])].append(tally)
    sketches = [together(by[hour]).waits for hour in hours]
    labels = [f"{hour:02}" for hour in hours]
    half = [quantile(one, HALF) for one in sketches]
    most = [quantile(one, MOST) for one in sketches]
    heading = Heading(
        "waits-by-hour-chart",
        _("Waiting time by hour of joining"),
        _(
            "Minutes from number to call. The line is the median of each hour; nine of ten patients waited no "
            "longer than the top of the band."
        ),
    )
    band = [
        None if low is None or high is None else (low / 60, high / 60) for low, high in zip(half, most, strict=True)
    ]
    series = Series(_("Median"), [None if one is None else one / 60 for one in half], "teal")
    in_words = _minutes_axis(told_.words)
    table = [
        (label, told(told_.words, one, HALF), told(told_.words, one, MOST), str(sum(one.values())))
        for label, one in zip(labels, sketches, strict=True)
    ]
    headings = (_("Hour"), _("Median wait"), _("9 of 10 waited at most"), _("Waits"))
    svg = lines(heading, labels, [series], in_words, band=band) if hours else ""
    return Section("waits-by-hour", heading.title, svg, headings, table, heading.description)


def by_department(told_: SectionContext) -> Section:
    """What became of the patients of each department, and how long it took."""
    _, words = told_.words.gettext, told_.words
    shown = told_.seen_departments
    tallies = [told_.whole(department.id) for department in shown]
    heading = Heading(
        "departments-chart", _("Median wait by department"), _("One bar per department: its median wait, in minutes.")
    )
    names = [told_.name(department) for department in shown]
    series = Series(_("Median wait"), [quantile(tally.waits, HALF) for tally in tallies])
    svg = rows(heading, names, series, lambda value: minutes(words, value), [one.colour for one in shown])
    headings = (
        _("Department"), _("Patients"), _("Seen"), _("Called, did not come"), _("Never called"), _("Cancelled"),
        _("Median wait"), _("9 of 10 waited at most"), _("Median consultation"), _("9 of 10 took at most"),
    )  # fmt: skip
    everything = [*zip(names, tallies, strict=True), (_("All"), told_.whole())]
    table = [
        (
            name, str(one.joined), str(one.seen), str(one.no_show), str(one.expired), str(one.cancelled),
            told(words, one.waits, HALF), told(words, one.waits, MOST),
            told(words, one.consultations, HALF), told(words, one.consultations, MOST),
        )
        for name, one in everything
    ]  # fmt: skip
    return Section("departments", _("Departments"), svg if shown else "", headings, table, heading.description)


def by_doctor(told_: SectionContext) -> Section:
    """How many each doctor has seen, and how long it took."""
    _, words = told_.words.gettext, told_.words
    found = {int(which): tally for which, tally in told_.of(Part.DOCTOR).items() if which != "0"}
    order = sorted(found, key=lambda doctor: (-found[doctor].seen, doctor))
    names = [told_.doctors.get(doctor, f"#{doctor}") for doctor in order]
    heading = Heading(
        "doctors-chart",
        _("Patients seen by doctor"),
        _("One bar per doctor: the number of patients whose consultation ended."),
    )
    series = Series(_("Seen"), [float(found[doctor].seen) for doctor in order[:MOST_ROWS]], "blue")
    table = [
        (
            name,
            str(found[doctor].seen),
            str(found[doctor].no_show),
            told(words, found[doctor].consultations, HALF),
            told(words, found[doctor].consultations, MOST),
        )
        for name, doctor in zip(names, order, strict=True)
    ]
    headings = (
        _("Doctor"), _("Seen"), _("Called, did not come"), _("Median consultation"), _("9 of 10 took at most"),
    )  # fmt: skip
    svg = rows(heading, names[:MOST_ROWS], series) if order else ""
    return Section("doctors", _("Doctors"), svg, headings, table, heading.description)


def heat_map(told_: SectionContext) -> Section:
    """Patients an hour on an average day of each weekday."""
    _ = told_.words.gettext
    hours = _hours(told_)
    weekdays = Counter(day.weekday() for day in {day for day, _, _ in told_.days})
    counts = {which: tally.joined for which, tally in told_.of(Part.HOUR).items()}
    names = get_day_names("abbreviated", locale=told_.words.language)
    labels = [f"{hour:02}" for hour in hours]
    cells = [
        [counts.get(f"{day}-{hour:02}", 0) / weekdays[day] if weekdays[day] else None for hour in hours]
        for day in range(7)
    ]
    heading = Heading(
        "heat-chart",
        _("Patients by weekday and hour"),
        _("One cell per weekday and hour: how many patients take a number then on average. The darker, the more."),
    )
    in_words = _tenths
    table = [
        (str(names[day]), *(NONE if value is None else in_words(value) for value in cells[day])) for day in range(7)
    ]
    svg = heat(heading, [str(names[day]) for day in range(7)], labels, cells, in_words) if hours else ""
    return Section("heat", heading.title, svg, (_("Weekday"), *labels), table, heading.description)


def origins(told_: SectionContext) -> Section:
    """Where the numbers were taken."""
    _ = told_.words.gettext
    names = {"kiosk": _("Kiosk"), "desk": _("Desk"), "patient": _("Online"), "program": _("Other programs")}
    counts: Counter[str] = Counter()
    for which, tally in told_.of(Part.ORIGIN).items():
        counts[which if which in names else "desk"] += tally.joined
    heading = Heading(
        "origins-chart",
        _("Where numbers were taken"),
        _("One bar per source: how many numbers, and their share of all."),
    )
    series = Series(_("Numbers"), [float(counts[which]) for which in names], "violet")
    whole = counts.total()
    svg = rows(heading, list(names.values()), series, lambda value: f"{value:.0f} · {percent(value, whole)}")
    table = [(name, str(counts[which]), percent(counts[which], whole)) for which, name in names.items()]
    headings = (_("Source"), _("Numbers"), _("Share"))
    return Section("origins", heading.title, svg if whole else "", headings, table, heading.description)


def longest(told_: SectionContext) -> Section:
    """The longest waits, by number and day."""
    _ = told_.words.gettext
    table = [
        (wait.number, day_in_words(told_.words, wait.day), minutes(told_.words, wait.waited_s))
        for wait in told_.whole().longest
    ]
    return Section("longest", _("Longest waits"), "", (_("Number"), _("Day"), _("Waited")), table)


def accuracy(told_: SectionContext) -> Section:
    """How the waits that were promised came out, by department."""
    _ = told_.words.gettext
    shown = [department for department in told_.seen_departments if told_.whole(department.id).promised]
    tallies = [told_.whole(department.id) for department in shown]
    heading = Heading(
        "accuracy-chart",
        _("Accurate wait estimates"),
        _("One bar per department: the share of waits, in per cent, inside the range that patients were told."),
    )
    shares = Series(_("Inside the range"), [100 * one.inside / one.promised for one in tallies])
    names = [told_.name(department) for department in shown]
    svg = rows(heading, names, shares, lambda value: f"{value:.0f} %", [one.colour for one in shown])
    table = [(name, *scores(told_.words, tally)) for name, tally in zip(names, tallies, strict=True)]
    headings = (_("Department"), *score_headings(told_.words))
    return Section("accuracy", heading.title, svg if shown else "", headings, table, heading.description)


def score_headings(words: Texts) -> tuple[str, ...]:
    """The headings of `scores`."""
    _ = words.gettext
    return (_("Estimates"), _("Inside the range"), _("Median error"), _("On average longer than estimated by"))


def scores(words: Texts, tally: Tally) -> tuple[str, ...]:
    """How many waits were promised, how many came out inside, how far off they were, and to which side."""
    mean = tally.error_s / tally.promised if tally.promised else None
    inside = percent(tally.inside, tally.promised)
    return str(tally.promised), inside, told(words, tally.errors, HALF), minutes(words, mean)


def machines(words: Texts, known: Machines, zone: ZoneInfo) -> list[Section]:
    """What became of the slips at each place, and when printers did not work."""
    _ = words.gettext
    places = sorted({place for place, _state in known.slips})
    heads = {"printed": _("Printed"), "unconfirmed": _("Not confirmed"), "failed": _("Failed")}
    heading = Heading(
        "slips-chart",
        _("Slips that failed"),
        _("One bar per location: the number of slips that failed. None is best."),
    )
    series = Series(_("Failed"), [float(known.slips.get((place, "failed"), 0)) for place in places], "brick")
    slips = [
        (place, *(str(known.slips.get((place, state), 0)) for state in heads), str(_unfinished(known, place)))
        for place in places
    ]
    states = {
        "out": _("Out of paper"),
        "cover": _("Printer is open"),
        "offline": _("Printer is off"),
        "unknown": _("Printer does not answer"),
    }
    faults = [
        (
            fault.name,
            states.get(fault.state, fault.state),
            _moment(words, fault.began_at, zone),
            _moment(words, fault.ended_at, zone) if fault.ended_at else _("not over yet"),
            minutes(words, (fault.ended_at - fault.began_at).total_seconds()) if fault.ended_at else NONE,
        )
        for fault in known.faults
    ]
    columns = (_("Location"), *heads.values(), _("Not finished"))
    svg = rows(heading, places, series) if places else ""
    return [
        Section("slips", _("Slips"), svg, columns, slips, heading.description),
        Section(
            "faults", _("Printer faults"), "", (_("Printer"), _("Fault"), _("From"), _("Until"), _("Duration")), faults
        ),
    ]


def _unfinished(known: Machines, place: str) -> int:
    return sum(known.slips.get((place, state), 0) for state in ("queued", "sent"))


def _stacked(
    told_: SectionContext, key: str, title: str, labels: Sequence[str], count: Callable[[int, int], int]
) -> Section:
    """Bars of all departments on one another; `count` gives the patients of a place and a department's id."""
    _ = told_.words.gettext
    shown = told_.seen_departments
    series = [
        Series(told_.name(one), [count(place, one.id) for place in range(len(labels))], one.colour) for one in shown
    ]
    about = _("The height of a bar is the number of patients who took a number, stacked by department.")
    table = [
        (label, *(f"{one.values[place]:.0f}" for one in series), f"{sum(one.values[place] or 0 for one in series):.0f}")
        for place, label in enumerate(labels)
    ]
    svg = bars(Heading(f"{key}-chart", title, about), labels, series) if labels else ""
    return Section(key, title, svg, ("", *(one.name for one in series), _("All")), table, about)


def _hours(told_: SectionContext) -> list[int]:
    """Every hour from the first to the last at which anybody joined."""
    had = {int(which[2:]) for _, part, which in told_.tallies if part is Part.HOUR}
    return sorted(range(min(had), max(had) + 1) if had else ())


def _minutes_axis(words: Texts) -> Callable[[float], str]:
    return lambda value: words.gettext("%(minutes)s min", minutes=f"{value:.0f}")


def _tenths(value: float) -> str:
    return f"{value:.0f}" if value >= 10 or value == int(value) else f"{value:.1f}"


def _moment(words: Texts, at: datetime, zone: ZoneInfo) -> str:
    return format_datetime(at.astimezone(zone), "d MMM, HH:mm", locale=words.language)


#: What the tallies are told by, in the order in which it is shown.
SECTIONS: Iterable[Callable[[SectionContext], Section]] = (
    by_day,
    by_hour,
    waits_by_hour,
    heat_map,
    by_department,
    by_doctor,
    origins,
    longest,
    accuracy,
)
