"""The medicines of a prescription for the slip printer: signs and words, in the patient's language and in English."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TypedDict

from babel.dates import format_date, format_time

from queue_server.domain.clinic.letterhead import Letterhead
from queue_server.domain.records.records import Bearer, Line, Signer
from queue_server.locale import texts
from queue_server.papers.phrases import TIMES, is_applied, phrase, total
from queue_server.papers.words import Words, words, written

_ENGLISH = words("en")
#: Signs of a longer amount have no room beneath a sun; the words say it.
_LONGEST_AMOUNT = 8


class MedicineLineDocument(TypedDict):
    """One medicine; `signs` are pairs of a time of the day and the amount then."""

    name: str
    words: str
    signs: list[list[str]]
    english: str | None
    note: str | None
    total: str | None


class MedicinesDocument(TypedDict):
    """What a print agent lays out; all texts are ready to be read."""

    kind: str
    number: str
    language: str
    clinic: str
    title: str
    issued_at: str
    patient: str | None
    doctor: str
    advice: str | None
    url: str | None
    url_text: str | None
    end_text: str
    lines: list[MedicineLineDocument]


def medicines(
    number: str,
    language: str,
    letterhead: Letterhead,
    doctor: Signer,
    bearer: Bearer,
    lines: Sequence[Line],
    *,
    signed_at: datetime,
    advice: str,
    verify: str | None,
) -> MedicinesDocument:
    """The prescription of the token with this number. `verify`: key and hash of the signed paper, for its QR."""
    said, spoken = texts(language), words(language)
    at = signed_at.astimezone(letterhead.zone)
    return {
        "kind": "medicines",
        "number": number,
        "language": language,
        "clinic": letterhead.name,
        "title": said.gettext("Your medicines"),
        "issued_at": f"{format_date(at, 'd MMM y', locale=language)}, {format_time(at, 'HH:mm', locale='en')}",
        "patient": _patient(bearer, spoken),
        "doctor": " · ".join(part for part in (doctor.name, doctor.qualification, _registration(doctor)) if part),
        "advice": " ".join(advice.split()) or None,
        "url": f"{letterhead.verify_at}/{verify}" if verify else None,
        "url_text": spoken["scan"] if verify else None,
        "end_text": said.gettext(
            "This is a copy. The signed prescription is a PDF; your slip opens it on a phone today."
        ),
        "lines": [_line(number, line, spoken) for number, line in enumerate(lines, start=1)],
    }


def _line(number: int, line: Line, spoken: Words) -> MedicineLineDocument:
    medicine = line.medicine
    name = " ".join(part for part in (medicine.generic, medicine.strength) if part)
    return {
        "name": f"{number}. {name}, {medicine.form}" if medicine.form else f"{number}. {name}",
        "words": phrase(line, spoken),
        "signs": _signs(line),
        "english": phrase(line, _ENGLISH) if spoken is not _ENGLISH else None,
        "note": line.note or None,
        "total": f"{_ENGLISH['total']}: {total(line, _ENGLISH)}" if line.quantity is not None else None,
    }


def _signs(line: Line) -> list[list[str]]:
    """None for a dose that has no time of the day; evening only where it is used."""
    if line.dose.single:
        return []
    amounts = dict(zip(TIMES, line.dose.parts, strict=True))
    shown = {time: amount for time, amount in amounts.items() if amount or time != "evening"}
    told = [[time, _amount(line, written(amount))] for time, amount in shown.items()]
    return told if all(len(amount) <= _LONGEST_AMOUNT for _, amount in told) else []


def _amount(line: Line, amount: str) -> str:
    if amount == "0":
        return "–"
    return "•" if is_applied(line) else amount


def _patient(bearer: Bearer, spoken: Words) -> str | None:
    age = [spoken["age"] % bearer.age] if bearer.age is not None else []
    return " · ".join([bearer.name, *age]) if bearer.name else None


def _registration(doctor: Signer) -> str:
    return f"Reg. No. {doctor.registration}" if doctor.registration else ""
