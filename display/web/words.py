"""Every text of the display, in one language at a time: the display shows all of the board's languages together."""

from __future__ import annotations

from queue_server.locale import Texts
from queue_server.locale.waits import wait_sentences


def words(texts: Texts) -> dict[str, str]:
    """Texts by their key in the scripts; a place `%(name)s` stays in them."""
    _ = texts.gettext
    return {
        "room": _("Room"),
        "room_number": _("Room %(room)s", room="%(room)s"),
        "waiting": _("waiting"),
        "closed": _("Closed now"),
        "opens_at": _("Opens at %(time)s", time="%(time)s"),
        "opens_on": _("Opens on %(day)s at %(time)s", day="%(day)s", time="%(time)s"),
        "all_given": _("No more numbers today"),
        "nobody_yet": _("No doctor on duty yet"),
        "closing": _("Closing soon"),
        **wait_sentences(_),
        "on_duty": _("On duty"),
        "on_break": _("On a break"),
        "on_break_at": _("Back at %(time)s", time="%(time)s"),
        "expected": _("Not here yet"),
        "expected_at": _("From %(time)s", time="%(time)s"),
        "off_duty": _("Off duty"),
        "here_code": _("Code for “I am here”"),
        "welcome": _("Welcome. Please sit, your number will be called here."),
        "abha": _("Take a number with your phone"),
        "abha_agreed": _("By scanning you agree to one SMS with your number."),
        "not_live": _("Not up to date since %(time)s", time="%(time)s"),
        "fetching": _("Updates every %(seconds)s seconds", seconds="%(seconds)s"),
        "not_set_up": _("This screen is not set up. Please tell the staff."),
    }
