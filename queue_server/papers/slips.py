"""The slip that a patient takes home, composed in the patient's language."""

from __future__ import annotations

from typing import TypedDict

from babel.dates import format_date, format_time

from queue_server.domain.clinic.clinic import Clinic, Department
from queue_server.domain.clinic.letterhead import SlipExtras
from queue_server.domain.devices.print_jobs import PrintJob
from queue_server.domain.queue.tokens import Priority, Token
from queue_server.locale import Texts, texts


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
) -> SlipDocument:
    """The slip of the job, in the token's language."""
    words = texts(token.language)
    at = token.issued_at.astimezone(clinic.zone)
    ahead = token.ahead_at_issue
    return {
        "number": token.number,
        "url": f"{public_url}/t/{token.key}",
        "clinic": clinic.name,
        "department": department.name(token.language),
        "department_en": department.name("en"),
        "issued_at": f"{format_date(at, 'd MMM y', locale=token.language)}, {format_time(at, 'HH:mm', locale='en')}",
        "ahead_text": _ahead(words, ahead),
        "wait_text": wait_text,
        "sentence": words.gettext("Please sit. Your number will be called to a room."),
        "language": token.language,
        "copy": job.copy,
        "copy_text": words.gettext("COPY %(count)s", count=job.copy) if job.copy > 1 else None,
        "priority_text": words.gettext("You will be called earlier") if priority is not Priority.NORMAL else None,
        "extra_text": extras.text,
        "logo": extras.logo,
        "code_text": words.gettext("Scan this code to follow your turn on your phone"),
    }


def _ahead(words: Texts, ahead: int) -> str:
    if ahead == 0:
        return words.gettext("You are next")
    return words.ngettext("%(count)s person ahead of you", "%(count)s people ahead of you", ahead)
