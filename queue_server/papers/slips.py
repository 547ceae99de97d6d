"""The slip that a patient takes home, composed in the patient's language."""

from __future__ import annotations

from datetime import date, datetime
from typing import NotRequired, TypedDict

from babel.dates import format_date, format_time

from queue_server.domain.clinic.clinic import Clinic, Department
from queue_server.domain.clinic.letterhead import SlipExtras
from queue_server.domain.clinic.presence import AwayView
from queue_server.domain.devices.print_jobs import TEST, PrintJob
from queue_server.domain.queue.tokens import Priority, Token
from queue_server.locale import Texts, texts
from queue_server.locale.places import first_words


class SlipDocument(TypedDict):
    """The document that a print agent lays out; all texts are ready to be read, `copy` counts from 1."""

    number: str
    url: str
    clinic: str
    department: str
    department_en: str
    issued_at: str
    ahead_text: str
    wait_text: str | None
    sentence: str
    language: str
    copy: int
    copy_text: str | None
    priority_text: str | None
    extra_text: str | None
    logo: str | None
    code_text: str
    papers_text: str | None
    #: Only on a test slip: a scale from edge to edge is printed.
    ruler: NotRequired[bool]


class KeptSlip(TypedDict):
    """A slip without number, link, department and moment; and what it says for assisted patients, and on a second."""

    slip: SlipDocument
    assisted: str
    copy: str


def test_slip(clinic: Clinic, now: datetime, public_url: str) -> SlipDocument:
    """A slip that shows whether everything is on the paper, in the clinic's first language."""
    words = texts(clinic.languages[0])
    return {
        "number": TEST,
        "url": f"{public_url}/",
        "clinic": clinic.name,
        "department": words.gettext("Test slip"),
        "department_en": "Test slip",
        "issued_at": _moment(now.astimezone(clinic.zone), words.language),
        "ahead_text": words.gettext("Both thick bars must be on the paper"),
        "wait_text": None,
        "sentence": words.gettext(
            "If the right one is cut off, start the print agent with --dots and the last whole number at the top."
        ),
        "language": words.language,
        "copy": 1,
        "copy_text": None,
        "priority_text": None,
        "extra_text": None,
        "logo": None,
        "code_text": words.gettext("This code must be readable"),
        "papers_text": None,
        "ruler": True,
    }


def slip(
    token: Token,
    job: PrintJob,
    clinic: Clinic,
    department: Department,
    *,
    priority: Priority,
    wait_text: str | None,
    public_url: str,
    extras: SlipExtras,
    digits: str | None = None,
    away: AwayView | None = None,
) -> SlipDocument:
    """The slip of the job, in the token's language; `digits` open the visit's papers, none where nothing does.

    `away` when nobody calls the first of the line.
    """
    words = texts(token.language)
    at = token.issued_at.astimezone(clinic.zone)
    ahead = token.ahead_at_issue
    return {
        "number": token.number,
        "url": f"{public_url}/t/{token.key}",
        "clinic": clinic.name,
        "department": department.name(token.language),
        "department_en": department.name("en"),
        "issued_at": _moment(at, token.language),
        "ahead_text": _ahead(words, ahead, away),
        "wait_text": wait_text,
        "sentence": words.gettext("Please sit. Your number will be called to a room."),
        "language": token.language,
        "copy": job.copy,
        "copy_text": words.gettext("COPY %(count)s", count=job.copy) if job.copy > 1 else None,
        "priority_text": words.gettext("You will be called earlier") if priority is not Priority.NORMAL else None,
        "extra_text": extras.text,
        "logo": extras.logo,
        "code_text": words.gettext("Scan this code to follow your turn on your phone"),
        "papers_text": _papers(words, digits),
    }


def kept_slip(clinic: Clinic, language: str, extras: SlipExtras) -> KeptSlip:
    """What a keeper prints in this language while the server is away; it fills in what its numbers differ in.

    Nothing is said of people ahead or of waiting, which nobody knows then; and no digits, which only the server has.
    """
    words = texts(language)
    slip: SlipDocument = {
        "number": "",
        "url": "",
        "clinic": clinic.name,
        "department": "",
        "department_en": "",
        "issued_at": "",
        "ahead_text": words.gettext("The screen will show your number a little later."),
        "wait_text": None,
        "sentence": words.gettext("Please sit. Your number will be called to a room."),
        "language": language,
        "copy": 1,
        "copy_text": None,
        "priority_text": None,
        "extra_text": extras.text,
        "logo": extras.logo,
        "code_text": words.gettext("Scan this code a little later to follow your turn on your phone"),
        "papers_text": None,
    }
    return {
        "slip": slip,
        "assisted": words.gettext("You will be called earlier"),
        "copy": words.gettext("COPY %(count)s", count=2),
    }


def day_words(day: date, language: str) -> str:
    """A date as slips write it."""
    return format_date(day, "d MMM y", locale=language)


def _papers(words: Texts, digits: str | None) -> str | None:
    if digits is None:
        return None
    return words.gettext("For your medicines and papers, keep this slip. Digits: %(digits)s", digits=digits)


def _moment(at: datetime, language: str) -> str:
    return f"{day_words(at, language)}, {format_time(at, 'HH:mm', locale='en')}"


def _ahead(words: Texts, ahead: int, away: AwayView | None) -> str:
    if ahead == 0:
        return first_words(words.gettext, away)
    return words.ngettext("%(count)s person ahead of you", "%(count)s people ahead of you", ahead)
