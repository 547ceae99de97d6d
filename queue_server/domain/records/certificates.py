"""Certificates: the clinic's own wording with places to fill, the dates that make sense, and the number."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from queue_server.domain.errors import BadInput
from queue_server.domain.records.prescribing import NOBODY, TypedPerson
from queue_server.domain.records.records import CertificateKind

#: Nobody certifies an illness that began longer ago, or ends later.
EARLIEST = timedelta(days=30)
LATEST = timedelta(days=365)
LONGEST_TITLE = 80
LONGEST_TEXT = 4000
LONGEST_REMARK = 500

#: What a wording may hold in braces: `{patient}`.
PLACES = (
    "patient",
    "age",
    "sex",
    "doctor",
    "clinic",
    "department",
    "token",
    "seen_on",
    "today",
    "from_date",
    "to_date",
    "days",
    "diagnosis",
    "remarks",
    "to_whom",
)

#: Which of the kind's dates the doctor gives: from, to.
DATES: Mapping[CertificateKind, tuple[bool, bool]] = {
    CertificateKind.SICK_LEAVE: (True, True),
    CertificateKind.FITNESS: (True, False),
    CertificateKind.ATTENDANCE: (False, False),
    CertificateKind.REFERRAL: (False, False),
}

_PLACE = re.compile(r"\{([a-z_]*)\}")


@dataclass(frozen=True, slots=True)
class Wording:
    """A kind's title and text in one language, with places in braces; paragraphs are parted by empty lines."""

    kind: CertificateKind
    language: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class TypedCertificate:
    """A certificate as it stands in the doctor's fields; dates are `2026-11-23` or empty."""

    kind: str = CertificateKind.SICK_LEAVE
    language: str = "en"
    from_date: str = ""
    to_date: str = ""
    diagnosis: str = ""
    remarks: str = ""
    to_whom: str = ""
    person: TypedPerson = NOBODY


def check_wording(wording: Wording) -> Wording:
    """The wording, trimmed. Raises `BadInput` for an empty or endless one, and for a place that does not exist."""
    title, text = wording.title.strip(), "\n".join(line.rstrip() for line in wording.text.strip().splitlines())
    for field, value, limit in (("title", title, LONGEST_TITLE), ("text", text, LONGEST_TEXT)):
        if not value or len(value) > limit:
            raise BadInput(field, f"The {field} needs 1 to {limit} characters.")
        unknown = next((place for place in _PLACE.findall(value) if place not in PLACES), None)
        if unknown is not None:
            raise BadInput(field, f"There is no place {{{unknown}}}; there are {{{'}, {'.join(PLACES)}}}.")
        if "{" in _PLACE.sub("", value) or "}" in _PLACE.sub("", value):
            raise BadInput(field, f"The {field} has a brace without its partner.")
    return Wording(wording.kind, wording.language, title, text)


def fill(text: str, values: Mapping[str, str]) -> str:
    """The text with every place filled; a sentence in double brackets `[[…]]` goes when a place in it is empty.

    Values are never read as places again.
    """
    kept = re.sub(
        r"\[\[(.*?)\]\]",
        lambda match: match[1] if all(values.get(place) for place in _PLACE.findall(match[1])) else "",
        text,
        flags=re.DOTALL,
    )
    filled = _PLACE.sub(lambda match: values.get(match[1], ""), kept)
    lines = [re.sub(r"[ \t]+", " ", line).strip() for line in filled.splitlines()]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def dates_of(typed: TypedCertificate, kind: CertificateKind, today: date) -> tuple[date | None, date | None]:
    """From and to, as the kind needs them. Raises `BadInput` for no date, one long past or far off, or none at all."""
    has_from, has_to = DATES[kind]
    begins = _day("from_date", typed.from_date, today) if has_from else None
    ends = _day("to_date", typed.to_date, today) if has_to else None
    if begins and ends and ends < begins:
        raise BadInput("to_date", f"The last day, {ends}, is before the first, {begins}.")
    return begins, ends


def days_between(begins: date | None, ends: date | None) -> int | None:
    """How many days, the first and the last included."""
    return (ends - begins).days + 1 if begins and ends else None


def certificate_number(year: int, count: int) -> str:
    """`2026-0017`."""
    return f"{year}-{count:04d}"


def check_typed(typed: TypedCertificate) -> CertificateKind:
    """A draft may be unfinished, and not endless. Raises `BadInput` naming the field."""
    if typed.kind not in set(CertificateKind):
        raise BadInput("kind", f"There is no certificate of the kind {typed.kind!r}.")
    for field, value in (("diagnosis", typed.diagnosis), ("remarks", typed.remarks), ("to_whom", typed.to_whom)):
        if len(value) > LONGEST_REMARK:
            raise BadInput(field, f"{field} has {len(value)} characters; {LONGEST_REMARK} are the most.")
    return CertificateKind(typed.kind)


def _day(field: str, text: str, today: date) -> date:
    try:
        day = date.fromisoformat(text.strip())
    except ValueError as error:
        raise BadInput(field, f"{text[:20]!r} is no date." if text.strip() else "A date is missing.") from error
    if not today - EARLIEST <= day <= today + LATEST:
        earliest, latest = today - EARLIEST, today + LATEST
        raise BadInput(field, f"{day} is too far away; dates from {earliest} to {latest} are possible.")
    return day
