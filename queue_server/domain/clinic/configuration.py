"""What the clinic is set up to be: the one shape that forms fill in, files carry and tables keep.

Every plan is read from plain JSON by `read_…`, which notes each problem at its field, and written back by `written`;
reading what was written gives the same plan.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from queue_server.domain.clinic.department_signs import COLOURS, ICONS
from queue_server.domain.clinic.opening_hours import WEEKDAYS
from queue_server.domain.form_reading import Reader, clean, shortened
from queue_server.domain.queue.ordering import DEFAULT_CREDITS

LAYOUTS = ("auto", "full", "calls")

LONGEST_NAME = 80
#: Of a department: as long as a slip has room for.
LONGEST_DEPARTMENT = 60
LONGEST_NOTICE = 200
DAY_MIN = 24 * 60

#: Minutes by which each priority is called earlier, unless the department says otherwise.
CREDITS_MIN: Mapping[str, int] = {
    str(priority): credit // timedelta(minutes=1) for priority, credit in DEFAULT_CREDITS.items()
}

#: From and until as they are written, "09:00" and "13:00".
WrittenSpan = tuple[str, str]


@dataclass(frozen=True, slots=True)
class ClinicPlan:
    """The clinic's settings: zone as in the IANA list, roll-over as "04:00", the first language is the fall-back."""

    name: str
    time_zone: str
    roll_over: str
    languages: tuple[str, ...]
    phone_region: str
    papers_by_slip: bool = True


@dataclass(frozen=True, slots=True)
class DepartmentPlan:
    """A department. `credits` are minutes, `hours` map "mon" … to spans (none: always), `pace_s` is seconds.

    `private_names` are shown on displays in place of `names`. `must_arrive`: numbers taken outside the clinic are
    called once their holders have said that they are here; for `place_kept_min` after the turn has passed they may do
    so and keep the place.
    """

    code: str
    prefix: str
    names: Mapping[str, str]
    icon: str = "general"
    colour: str = "teal"
    private_names: Mapping[str, str] = field(default_factory=dict)
    is_open: bool = True
    pace_s: int = 180
    return_after: int = 3
    credits: Mapping[str, int] = field(default_factory=lambda: dict(CREDITS_MIN))
    hours: Mapping[str, tuple[WrittenSpan, ...]] | None = None
    daily_quota: int | None = None
    must_arrive: bool = False
    place_kept_min: int = 15


@dataclass(frozen=True, slots=True)
class HolidayPlan:
    """A day ("2026-12-25") on which a department, or every department, gives out no numbers."""

    day: str
    name: str
    department: str | None = None


@dataclass(frozen=True, slots=True)
class ShiftPlan:
    """A doctor (login) is expected in a room on a weekday ("mon"), from and until as "09:00"."""

    doctor: str
    room: str
    weekday: str
    begins: str
    ends: str


@dataclass(frozen=True, slots=True)
class DisplayPlan:
    """A board. `departments` and `languages` are empty for all; `quiet` are spans without sound, past midnight too.

    `abha_code`: the department whose code for ABHA apps stands there until the first call; empty for none.
    """

    name: str
    title: str = ""
    departments: tuple[str, ...] = ()
    layout: str = "auto"
    distance_m: int = 8
    screen_inches: int = 43
    languages: tuple[str, ...] = ()
    volume: int = 100
    quiet: tuple[WrittenSpan, ...] = ()
    notices: Mapping[str, str] = field(default_factory=dict)
    abha_code: str = ""


def written(plan: Any) -> dict[str, Any]:
    """The plan as plain JSON."""
    made: dict[str, Any] = _plain(asdict(plan))
    return made


def read_clinic(reader: Reader, languages: Collection[str], regions: Collection[str]) -> ClinicPlan:
    """The clinic's settings, as they were sent."""
    reader.known(*ClinicPlan.__dataclass_fields__)
    zone = reader.text("time_zone", 64)
    if zone and not _is_zone(zone):
        reader.wrong("time_zone", "unknown", value=shortened(zone))
    chosen = reader.choices("languages", languages)
    if not chosen:
        reader.wrong("languages", "required")
    return ClinicPlan(
        name=reader.text("name", LONGEST_NAME),
        time_zone=zone,
        roll_over=_roll_over(reader),
        languages=chosen,
        phone_region=reader.choice("phone_region", regions, "IN"),
        papers_by_slip=reader.flag("papers_by_slip", default=True),
    )


def read_department(reader: Reader, languages: Collection[str]) -> DepartmentPlan:
    """A department, as it was sent."""
    reader.known(*DepartmentPlan.__dataclass_fields__)
    names = reader.texts("names", LONGEST_DEPARTMENT, languages)
    if not names:
        reader.wrong("names.en", "required")
    return DepartmentPlan(
        code=_word(reader, "code", 12),
        prefix=_word(reader, "prefix", 4),
        names=names,
        icon=reader.choice("icon", ICONS, "general"),
        colour=reader.choice("colour", COLOURS, "teal"),
        private_names=reader.texts("private_names", LONGEST_DEPARTMENT, languages),
        is_open=reader.flag("is_open", default=True),
        pace_s=reader.number("pace_s", 10, 7200, 180),
        return_after=reader.number("return_after", 0, 50, 3),
        credits=_credits(reader),
        hours=_hours(reader),
        daily_quota=reader.optional_number("daily_quota", 1, 9999),
        must_arrive=reader.flag("must_arrive", default=False),
        place_kept_min=reader.number("place_kept_min", 0, 240, 15),
    )


def read_holiday(reader: Reader, departments: Collection[str], today: date | None = None) -> HolidayPlan:
    """A holiday, as it was sent; with `today`, one that is not in the past."""
    reader.known("day", "name", "department")
    sent = reader.text("day", 40)
    day = _day(sent)
    if sent and day is None:
        reader.wrong("day", "not_a_day", value=shortened(sent))
    elif day and today and day < today:
        reader.wrong("day", "past", value=day.isoformat())
    department = reader.reference("department", departments) if reader.sent.get("department") else None
    return HolidayPlan(day.isoformat() if day else sent, reader.text("name", LONGEST_NAME), department)


def read_shift(reader: Reader, doctors: Collection[str], rooms: Collection[str]) -> ShiftPlan:
    """A line of the duty roster, as it was sent."""
    reader.known("doctor", "room", "weekday", "begins", "ends")
    begins, ends = reader.text("begins", 20), reader.text("ends", 20)
    from_, until = _minute(reader, "begins", begins), _minute(reader, "ends", ends)
    if from_ is not None and until is not None and not from_ < until:
        reader.wrong("ends", "backwards", value=shortened(ends))
    return ShiftPlan(
        doctor=reader.reference("doctor", doctors),
        room=reader.reference("room", rooms),
        weekday=reader.choice("weekday", WEEKDAYS, "mon"),
        begins=_clock(from_, begins),
        ends=_clock(until, ends),
    )


def read_display(reader: Reader, departments: Collection[str], languages: Collection[str]) -> DisplayPlan:
    """A display, as it was sent."""
    reader.known(*DisplayPlan.__dataclass_fields__)
    name = reader.text("name", 32).lower()
    if name and not re.fullmatch(r"[a-z0-9-]+", name):
        reader.wrong("name", "letters_only")
    return DisplayPlan(
        name=name,
        title=reader.text("title", LONGEST_NAME, is_required=False),
        departments=reader.choices("departments", departments),
        layout=reader.choice("layout", LAYOUTS, "auto"),
        distance_m=reader.number("distance_m", 1, 30, 8),
        screen_inches=reader.number("screen_inches", 7, 120, 43),
        languages=reader.choices("languages", languages),
        volume=reader.number("volume", 0, 100, 100),
        quiet=_spans(reader, "quiet", reader.sent.get("quiet"), may_pass_midnight=True),
        notices=reader.texts("notices", LONGEST_NOTICE, languages),
        abha_code=reader.reference("abha_code", departments) if reader.sent.get("abha_code") else "",
    )


def clashing(shifts: Iterable[ShiftPlan]) -> list[tuple[int, int, str]]:
    """Pairs of lines (counted from 0) that want one doctor, or one room, twice at the same time, and which it is."""
    known = list(shifts)
    found = []
    for later, shift in enumerate(known):
        for earlier, other in enumerate(known[:later]):
            is_same_time = shift.weekday == other.weekday and shift.begins < other.ends and other.begins < shift.ends
            if is_same_time and shift.doctor == other.doctor:
                found.append((earlier, later, "doctor"))
            elif is_same_time and shift.room == other.room:
                found.append((earlier, later, "room"))
    return found


def spans_of(text: str) -> list[list[str]]:
    """The spans of a line such as "9:00–13:00, 14:00–17:00"; what is no span stays in its place to be complained of."""
    joined = re.sub(r"\s+(?=[ap]\.?m)", "", re.sub(r"\s*[-–—]\s*|\s+to\s+", "–", clean(text)), flags=re.IGNORECASE)
    parts = [part for part in re.split(r"[,;\s]+", joined) if part]
    return [part.split("–") for part in parts]


def line_of(spans: Iterable[Iterable[str]]) -> str:
    """The spans as `spans_of` reads them."""
    return ", ".join("–".join(span) for span in spans)


def _hours(reader: Reader) -> dict[str, tuple[WrittenSpan, ...]] | None:
    sent = reader.sent.get("hours")
    if sent is None:
        return None
    inner = Reader(sent, reader.problems, f"{reader.path}hours.")
    for day in sorted(set(map(str, inner.sent)) - set(WEEKDAYS)):
        inner.wrong(shortened(day), "unknown", value=shortened(day))
    found = {day: _spans(inner, day, inner.sent[day]) for day in WEEKDAYS if inner.sent.get(day)}
    return {day: spans for day, spans in found.items() if spans}


def _spans(reader: Reader, name: str, sent: Any, *, may_pass_midnight: bool = False) -> tuple[WrittenSpan, ...]:
    if sent is None:
        return ()
    if not isinstance(sent, list | tuple) or not all(isinstance(span, list | tuple) for span in sent):
        reader.wrong(name, "not_a_list")
        return ()
    spans = []
    for span in sent:
        if len(span) != 2:
            reader.wrong(name, "not_a_time", value=shortened("–".join(map(str, span))))
            continue
        begin, end = (_minute(reader, name, str(edge)) for edge in span)
        if begin is None or end is None:
            continue
        if begin == end or (end < begin and not may_pass_midnight):
            reader.wrong(name, "backwards", value=shortened(span[1]))
            continue
        spans.append((begin, end))
    if any(after[0] < before[1] for before, after in pairwise(spans)) and not may_pass_midnight:
        reader.wrong(name, "overlap")
    return tuple((_clock(begin, ""), _clock(end, "")) for begin, end in spans)


def _minute(reader: Reader, name: str, text: str) -> int | None:
    """Minutes since midnight, of "16:30" as of "4.30 pm"; 24:00 is the day's end."""
    found = re.fullmatch(r"(\d{1,2})(?:[:.](\d{2}))?(?:\s*([ap])\.?m\.?)?", text.strip(), re.IGNORECASE)
    hour, minute = (int(found[1]), int(found[2] or 0)) if found and text.isascii() else (99, 0)
    if found and found[3]:
        # Noon is 12 pm, midnight 12 am; there is no 13 pm.
        hour = hour % 12 + (12 if found[3].lower() == "p" else 0) if 1 <= hour <= 12 else 99
    if text and (minute > 59 or hour * 60 + minute > DAY_MIN):
        reader.wrong(name, "not_a_time", value=shortened(text))
        return None
    return hour * 60 + minute if text else None


def _clock(minute: int | None, default: str) -> str:
    return default if minute is None else f"{minute // 60:02d}:{minute % 60:02d}"


def _roll_over(reader: Reader) -> str:
    """Between midnight and noon: later, the clinic's own day would be cut in two."""
    sent = reader.text("roll_over", 20, default="04:00")
    minute = _minute(reader, "roll_over", sent)
    if minute is not None and minute > 12 * 60:
        reader.wrong("roll_over", "out_of_range", lowest="00:00", highest="12:00")
    return _clock(minute, sent)


def _credits(reader: Reader) -> dict[str, int]:
    sent = reader.sent.get("credits")
    inner = Reader({} if sent is None else sent, reader.problems, f"{reader.path}credits.")
    inner.known(*CREDITS_MIN)
    most = {name: 480 if minutes else 0 for name, minutes in CREDITS_MIN.items()}
    return {name: inner.number(name, 0, most[name], minutes) for name, minutes in CREDITS_MIN.items()}


def _word(reader: Reader, name: str, longest: int) -> str:
    word = reader.text(name, longest).upper()
    if word and not re.fullmatch(r"[A-Z0-9]+", word):
        reader.wrong(name, "letters_only")
    return word


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text) else None
    except ValueError:
        return None


def _is_zone(name: str) -> bool:
    try:
        return bool(re.fullmatch(r"[A-Za-z0-9_+/-]+", name)) and ZoneInfo(name) is not None
    except (LookupError, OSError, ValueError):
        return False


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    return value
