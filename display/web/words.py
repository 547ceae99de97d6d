"""Every text of the display, in one language at a time: the display shows all of the board's languages together."""

from __future__ import annotations

from queue_server.locale import Texts


def words(texts: Texts) -> dict[str, str]:
    """Texts by their key in the scripts; a place `%(name)s` stays in them."""
    _ = texts.gettext
    return {
        "room": _("Room"),
        "room_number": _("Room %(room)s", room="%(room)s"),
        "waiting": _("waiting"),
        "closed": _("Closed now"),
        "closing": _("Closing soon"),
        "wait_range": _("about %(low)s–%(high)s minutes", low="%(low)s", high="%(high)s"),
        "wait_wide": _("about %(likely)s minutes, seldom more than %(high)s", likely="%(likely)s", high="%(high)s"),
        "wait_short": _("less than %(high)s minutes", high="%(high)s"),
        "wait_clock": _("about %(from)s–%(until)s", **{"from": "%(from)s", "until": "%(until)s"}),
        "on_duty": _("On duty"),
        "on_break": _("On a break"),
        "on_break_at": _("Back at %(time)s", time="%(time)s"),
        "expected": _("Not here yet"),
        "expected_at": _("From %(time)s", time="%(time)s"),
        "off_duty": _("Off duty"),
        "welcome": _("Welcome. Please sit, your number will be called here."),
        "not_live": _("Not up to date since %(time)s", time="%(time)s"),
        "fetching": _("Updates every %(seconds)s seconds", seconds="%(seconds)s"),
        "not_set_up": _("This screen is not set up. Please tell the staff."),
    }
