"""Every text of the touch screen, in one language at a time.

The page is given all languages at once, so that it changes its language without asking the server.
"""

from __future__ import annotations

from queue_server.locale import Texts
from queue_server.locale.places import away_sentences, first_sentences
from queue_server.locale.rooms import room_sentences
from queue_server.locale.waits import wait_sentences

Words = dict[str, str | dict[str, str]]


def words(texts: Texts) -> Words:
    """Texts by their key in the scripts; a place `%(name)s` stays in them, a count has one text for each form."""
    choosing = _choosing(texts) | _taking(texts)
    number = _number(texts) | _keeping(texts) | _slip(texts) | _held_slip(texts) | _papers(texts) | _waits(texts)
    return choosing | number | _leaving(texts)


def _choosing(texts: Texts) -> Words:
    _ = texts.gettext
    return {
        "start": _("Touch here to take a number"),
        "choose": _("Choose a department"),
        "back": _("Back"),
        "more": _("More departments"),
        "hear": _("Listen: %(words)s", words="%(words)s"),
        "hear_this": _("Listen"),
        "listen_mode": _("Listening with three keys"),
        "listen_language": _("For this language, press Choose. For the next one, press Next."),
        "listen_keys": _("Three large keys lie below one another: Choose, then Next, and at the very bottom Back."),
        "choose_key": _("Choose"),
        "stronger": _("Stronger colours and larger letters"),
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
        **first_sentences(_),
        "ahead": {
            "one": texts.ngettext(
                "%(people)s person ahead of you", "%(people)s people ahead of you", 1, people="%(people)s"
            ),
            "other": texts.ngettext(
                "%(people)s person ahead of you", "%(people)s people ahead of you", 2, people="%(people)s"
            ),
        },
        "kept_later": _("The screen will show your number a little later."),
        "may_change": _("This may change"),
        "sit": _("Please sit. Your number will be called to a room."),
        "scan": _("Scan this code to follow your turn on your phone"),
        "abha": _("Take a number with your phone"),
        "abha_code": _("Code for your ABHA app"),
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


def _held_slip(texts: Texts) -> Words:
    _ = texts.gettext
    return {
        **room_sentences(_),
        "have_slip": _("I have a slip"),
        "scan_title": _("Show the code of your slip"),
        "scan_camera": _("Hold the code on your slip or phone in front of the camera."),
        "scan_scanner": _(
            "Hold the code on your slip or phone under the scanner. If there is no scanner, ask at the desk."
        ),
        "slip_unknown": _(
            "This is not the code of a slip of this clinic. Hold it flat and try again, or ask at the desk."
        ),
        "slip_old": _("This slip is from another day. Please take a new number."),
        "slip_later": _("Too many codes were tried here. Please ask at the desk."),
        "slip_changed": _("This is not possible now. Please look at the number again."),
        "slip_serving": _("You are with the doctor"),
        "slip_held": _("Your place is kept"),
        "slip_held_why": _("You are on hold for a test or a form. You will be called again."),
        "slip_missed": _("Your number was called, and you were not there"),
        "slip_return": _(
            "Are you here now? Press the button. You keep your number and come after the next few people."
        ),
        "slip_no_return": _("Please ask at the desk. They can put you in the queue again."),
        "slip_attended": _("Your visit is done"),
        "slip_cancelled": _("This number was cancelled"),
        "slip_mistake": _("If that was a mistake, please ask at the desk."),
        "slip_expired": _("This number is no longer valid"),
        "slip_arrive": _("Are you here now? Press the button."),
        "turn_passed": _("Your turn has passed"),
        "im_here": _("I am here"),
        "im_back": _("I'm back"),
        "give_up": _("Cancel my number"),
        "give_up_title": _("Cancel this number?"),
        "give_up_words": _("You will not be called. This cannot be undone."),
        "keep_number": _("Keep my number"),
        "doctor_wrote": _("What the doctor wrote"),
    }


def _papers(texts: Texts) -> Words:
    _ = texts.gettext
    return {
        "papers_title": _("Your medicines"),
        "papers_digits": _("The four digits on your slip"),
        "papers_print": _("Print"),
        "papers_wrong": _("These are not the digits of this slip."),
        "papers_later": _("Too many wrong digits. Please ask at the desk."),
        "papers_none": _("There are no medicines to print for this slip. Please ask at the desk."),
        "papers_printing": _("Your medicines are being printed…"),
        "papers_printed": _("Please take the paper with your medicines"),
        "papers_unconfirmed": _("The printer did not confirm. If no paper came, please ask at the desk."),
        "papers_failed": _("The printer does not work. Please ask at the desk."),
    }


def _waits(texts: Texts) -> Words:
    _ = texts.gettext
    return {
        **wait_sentences(_),
        **away_sentences(_),
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
        "away_fault": _("No numbers can be given at the moment. Please go to the desk."),
        "fetching": _("Updates every %(seconds)s seconds", seconds="%(seconds)s"),
        "away_trying": _("This screen keeps trying and comes back by itself."),
    }
