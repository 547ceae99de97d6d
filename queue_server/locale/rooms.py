"""Rooms in words, for pages, messages and scripts.

The rule, in one place: **people** read and hear a room's name where it has one ("Pharmacy window"), else "Room 3" with
its code. That is so on displays, phones, slips, the desk, consoles and in messages, and in `static/js/shared/rooms.js`.
**Programs** are told the code, in addresses, in the API, in webhooks and in the journal, and never have to know a name.
"""

from __future__ import annotations

from queue_server.locale.waits import GetText


def room_words(gettext: GetText, code: str, name: str | None = "") -> str:
    """`Pharmacy window`, or `Room 3`."""
    return name or gettext("Room %(room)s", room=code)


def go_words(gettext: GetText, code: str, name: str | None = "") -> str:
    """`Please go to: Pharmacy window`, or `Please go to room 3`."""
    return gettext("Please go to: %(place)s", place=name) if name else gettext("Please go to room %(room)s", room=code)


def room_sentences(gettext: GetText) -> dict[str, str]:
    """The sentences for scripts; the places `%(name)s` stay in them."""
    return {
        "room": room_words(gettext, "%(room)s"),
        "go": go_words(gettext, "%(room)s"),
        "go_named": go_words(gettext, "", "%(place)s"),
    }
