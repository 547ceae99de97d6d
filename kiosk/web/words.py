"""Every text of the touch screen, in one language at a time.

The page is given all languages at once, so that it changes its language without asking the server.
"""

from __future__ import annotations

from queue_server.locale import Texts

Words = dict[str, str | dict[str, str]]


def words(texts: Texts) -> Words:
    """Texts by their key in the scripts; a place `%(name)s` stays in them, a count has one text for each form."""
    choosing = _choosing(texts) | _taking(texts)
    number = _number(texts) | _keeping(texts) | _slip(texts) | _waits(texts)
    return choosing | number | _leaving(texts)


def _choosing(texts: Texts) -> Words:
    _ = texts.gettext
    return {
        "start": _("Touch here to take a number"),
        "choose": _("Choose a department"),
        "back": _("Back"),
        "more": _("More departments"),
        "hear": _("Listen: %(words)s", words="%(words)s"),
        "waiting_none": _("Nobody is waiting"),
        "waiting": {
            "one": texts.ngettext(
                "%(people)s person is waiting", "%(people)s people are waiting", 1, people="%(people)s"
            ),
            "other": texts.ngettext(
                "%(people)s person is waiting", "%(people)s people are waiting", 2, people="%(people)s"
            ),
        },
        "closed": _("Closed now"),
        "closed_why": _("Please ask at the desk."),
        "opens_at": _("Opens at %(time)s", time="%(time)s"),
        "all_given": _("No more numbers today"),
        "just_closed": _("%(department)s is closed now. Please ask at the desk.", department="%(department)s"),
        "all_closed": _("All departments are closed now. Please ask at the desk."),
        "assist": _("I need help"),
        "assist_who": _("Elderly, pregnant, disabled, or with an infant"),
        "assist_on": _("You will be called earlier"),
        "no_slips": _("No slips are printed now. Your number will be shown on this screen."),
    }


def _taking(texts: Texts) -> Words:
    _ = texts.gettext
    return {
        "wait": _("Please wait…"),
        "wait_slow": _("This takes a little longer than usual."),
        "wait_away": _("The queue system does not answer. We keep trying. If you cannot wait, please go to the desk."),
        "stop": _("Stop waiting"),
        "failed": _("That did not work. Please try once more, or go to the desk."),
        "ok": _("OK"),
    }


def _number(texts: Texts) -> Words:
    _ = texts.gettext
    return {
        "your_number": _("Your number"),
        "ahead_none": _("You are next"),
        "ahead": {
            "one": texts.ngettext(
                "%(people)s person ahead of you", "%(people)s people ahead of you", 1, people="%(people)s"
            ),
            "other": texts.ngettext(
                "%(people)s person ahead of you", "%(people)s people ahead of you", 2, people="%(people)s"
            ),
        },
        "may_change": _("This may change"),
        "sit": _("Please sit. Your number will be called to a room."),
        "scan": _("Scan this code to follow your turn on your phone"),
        "assisted": _("You will be called earlier"),
        "done": _("Done"),
    }


def _keeping(texts: Texts) -> Words:
    _ = texts.gettext
    return {
        "keep": _("I have an account: keep this number in it"),
        "keep_title": _("Keep this number in your account"),
        "keep_phone": _("Phone number"),
        "keep_pin": _("PIN"),
        "keep_next": _("Next"),
        "keep_delete": _("Delete"),
        "keep_who": _("Who is the visit for?"),
        "keep_done": _("Kept in your account"),
        "keep_wrong": _("Phone number or PIN is wrong."),
        "keep_code_wrong": _("This code was already used or has expired. The phone can show a new one."),
        "keep_not_a_phone": _("This is not a phone number. Please check the digits."),
        "keep_taken": _("You have a number in this department already. Please ask at the desk."),
        "keep_later": _("Too many wrong PINs. Please ask at the desk."),
    }


def _slip(texts: Texts) -> Words:
    _ = texts.gettext
    return {
        "slip_printing": _("Your slip is being printed…"),
        "slip_printed": _("Please take your slip"),
        "slip_unconfirmed": _("The printer did not confirm. If no slip came, keep this number or scan the code."),
        "slip_none": _("No slip: note or photograph this number"),
    }


def _waits(texts: Texts) -> Words:
    _ = texts.gettext
    return {
        "wait_range": _("about %(low)s–%(high)s minutes", low="%(low)s", high="%(high)s"),
        "wait_wide": _("about %(likely)s minutes, seldom more than %(high)s", likely="%(likely)s", high="%(high)s"),
        "wait_short": _("less than %(high)s minutes", high="%(high)s"),
        "wait_clock": _("about %(from)s–%(until)s", **{"from": "%(from)s", "until": "%(until)s"}),
        "closing": _("Closing soon: you may not be seen today."),
        "closing_soon": _("Closing soon"),
        "closing_take": _("Take a number anyway"),
    }


def _leaving(texts: Texts) -> Words:
    _ = texts.gettext
    return {
        "still_there": _("Are you still there?"),
        "starts_again": _("This screen starts again in %(seconds)s seconds.", seconds="%(seconds)s"),
        "stay": _("Yes, go on"),
        "leave": _("Start again"),
        "away": _("The queue system is not reachable. Please go to the desk."),
        "fetching": _("Updates every %(seconds)s seconds", seconds="%(seconds)s"),
        "away_trying": _("This screen keeps trying and comes back by itself."),
    }
