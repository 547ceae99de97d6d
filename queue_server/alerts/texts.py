"""What an alert says, in the reader's language, short enough for one SMS where it can be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from queue_server.alerts.troubles import trouble_words
from queue_server.domain.alerts.alerts import AlertKind, Channel
from queue_server.domain.devices.troubles import TroubleKind
from queue_server.locale import Texts, texts


@dataclass(frozen=True, slots=True)
class Composed:
    """The texts of one message; `subject` is for channels that have one."""

    subject: str
    body: str


def sentence(kind: AlertKind, words: Texts, data: Mapping[str, Any]) -> str:
    """The one sentence of the alert. `data` holds what its place-holders need; Latin digits, as everywhere."""
    number = data.get("number", "")
    match kind:
        case AlertKind.SOON:
            say = _soon(words, data)
        case AlertKind.NEXT:
            say = words.gettext("%(number)s: you are next. Please wait near the room.", number=number)
        case AlertKind.CALLED:
            say = _called(words, data)
        case AlertKind.MISSED:
            say = words.gettext("%(number)s: you were called. Please come back to %(department)s.", **_of(data))
        case AlertKind.DELAYED:
            say = _delayed(words, data)
        case AlertKind.CANCELLED:
            say = words.gettext("%(number)s was cancelled. You can take a new number.", number=number)
        case AlertKind.EXPIRED:
            say = words.gettext("%(number)s is no longer valid. Please take a new number.", number=number)
        case AlertKind.DOCUMENT:
            say = _document(words, number)
        case AlertKind.PIN_RESET:
            say = words.gettext("%(code)s is your code for a new PIN. Tell it to nobody.", **_of(data))
        case AlertKind.TEST:
            say = words.gettext("This is a test message from %(clinic)s.", **_of(data))
        case AlertKind.LINK:
            # Beside the sentence: what keeps Latin letters together in Urdu must not stand within an address.
            said = words.gettext("Your number is %(number)s:", number=number)
            say = f"{said} {data.get('link', '')}"
        case AlertKind.TROUBLE | AlertKind.REPORT:
            say = _to_staff(words, data)
    return say + _arriving(words, data)


def compose(
    kind: AlertKind, channel: Channel, language: str, data: Mapping[str, Any], *, clinic: str, link: str | None
) -> Composed:
    """The subject and the body. An SMS is the sentence; an e-mail names the clinic and has the link."""
    words = texts(language)
    if kind is AlertKind.REPORT:
        subject = f"{clinic}: {words.gettext('The day of %(day)s', day=data['day'])}"
        return Composed(subject, f"{subject}\n\n{data['text']}\n")
    said = sentence(kind, words, {"clinic": clinic, "link": link or "", **data})
    if channel is not Channel.EMAIL:
        return Composed(clinic, said)
    # A code belongs into the letter, not into the subject that a locked phone shows.
    subject = f"{clinic}: {words.gettext('Your code')}" if kind is AlertKind.PIN_RESET else f"{clinic}: {said}"
    paragraphs = [said, *([link] if link else []), clinic]
    return Composed(subject, "\n\n".join(paragraphs) + "\n")


def _to_staff(words: Texts, data: Mapping[str, Any]) -> str:
    """What is wrong; the daily report is no sentence."""
    if "trouble" not in data:
        return ""
    return trouble_words(words.gettext, {"kind": TroubleKind(data["trouble"]), "name": str(data["name"])})


def _document(words: Texts, number: str) -> str:
    if not number:
        return words.gettext("A document is ready for you. Log in to see it.")
    return words.gettext("%(number)s: a document is ready for you. Log in to see it.", number=number)


def _arriving(words: Texts, data: Mapping[str, Any]) -> str:
    """What somebody has to do who is not here yet."""
    if "must_arrive" not in data:
        return ""
    return " " + words.gettext("At the clinic, say on the page of your number that you are here.")


def _soon(words: Texts, data: Mapping[str, Any]) -> str:
    if "minutes" in data:
        return words.gettext("%(number)s: about %(minutes)s minutes left. Please come now.", **_of(data))
    return words.ngettext(
        "%(number)s: %(count)s person ahead of you. Please come now.",
        "%(number)s: %(count)s people ahead of you. Please come now.",
        int(data.get("ahead", 0)),
        number=data.get("number", ""),
    )


def _called(words: Texts, data: Mapping[str, Any]) -> str:
    if data.get("room_name"):
        return words.gettext("%(number)s: please come now: %(room_name)s.", **_of(data))
    return words.gettext("%(number)s: please come to room %(room)s now.", **_of(data))


def _delayed(words: Texts, data: Mapping[str, Any]) -> str:
    if data.get("time"):
        return words.gettext("%(number)s: the doctor is late, expected at about %(time)s.", **_of(data))
    return words.gettext("%(number)s: the doctor is late. We will tell you when to come.", **_of(data))


def _of(data: Mapping[str, Any]) -> dict[str, object]:
    """The values for a sentence; a missing one is an empty place rather than a message that is never sent."""
    named = ("number", "minutes", "room", "room_name", "department", "time", "code", "clinic")
    return {name: data.get(name, "") for name in named}
