"""What the patient's app shows when there is no number: the reason in words, and what to do."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_time

from queue_server.domain.clinic.clinic import Department
from queue_server.domain.errors import Conflict, OutsideHours, QuotaReached, UnknownDepartment, WrongClock
from queue_server.locale import Texts


def refusal(error: Exception, department: Department | None, words: Texts, now: datetime, zone: ZoneInfo) -> str:
    """The words for this refusal. What is our own fault is not explained: there is a desk."""
    name = department.name(words.language) if department else ""
    if isinstance(error, OutsideHours):
        return f"{name}: {words.gettext('Closed now')}. {_opens(error, words, now, zone)}".strip()
    if isinstance(error, QuotaReached):
        return f"{name}: {words.gettext('No more numbers today')}."
    if isinstance(error, Conflict):
        return f"{name}: {words.gettext('Closed now')}."
    if isinstance(error, UnknownDepartment):
        return words.gettext("This code is no longer in use. Please take a number at the desk.")
    if isinstance(error, WrongClock):
        return words.gettext("The clinic's clock is wrong. Please take a number at the desk.")
    return words.gettext("No number could be given. Please take one at the desk.")


def tried(words: Texts) -> str:
    """What the app of whoever tries the line shows."""
    return words.gettext("The trial has worked: the clinic hears your app.")


def what_to_do(words: Texts) -> tuple[str, str]:
    """What stands beside a counter's code: a title, and a sentence."""
    return (
        words.gettext("Take a number with your phone"),
        words.gettext(
            "Scan this code with your ABHA app and agree to share your profile. Your number appears in the app."
        ),
    )


def agreement(words: Texts) -> str:
    """What a poster says where the link is sent: nobody is sent anything without having read it."""
    return words.gettext("By scanning you agree to one SMS with your number.")


def _opens(error: OutsideHours, words: Texts, now: datetime, zone: ZoneInfo) -> str:
    told = error.details.get("opens_at")
    if not told:
        return ""
    at = datetime.fromisoformat(str(told)).astimezone(zone)
    time = format_time(at, "HH:mm", locale=words.language)
    if at.date() == now.astimezone(zone).date():
        return words.gettext("Opens at %(time)s", time=time) + "."
    day = format_date(at, "EEEE, d MMMM", locale=words.language)
    return words.gettext("Opens on %(day)s at %(time)s", day=day, time=time) + "."
