"""Why a token has its place, and why nobody calls, in words: for staff and for patients."""

from __future__ import annotations

from collections.abc import Mapping

from queue_server.domain.clinic.presence import Away, AwayView
from queue_server.domain.queue.ordering import PlaceReason, PlaceView
from queue_server.locale.waits import GetText, sentences


def _(sentence: str) -> str:
    """Marks a text for the catalogues; it is translated where it is said."""
    return sentence


_FOR_STAFF: Mapping[PlaceReason, str] = {
    PlaceReason.ARRIVAL: _("in order of arrival"),
    PlaceReason.ASSISTED: _("counted %(minutes)s minutes earlier: needs help"),
    PlaceReason.URGENT: _("counted %(minutes)s minutes earlier: urgent"),
    PlaceReason.EMERGENCY: _("goes first: emergency"),
    PlaceReason.RETURNED: _("came back after a miss: after the next %(people)s"),
    PlaceReason.LATE: _("arrived after the turn: after the next %(people)s"),
    PlaceReason.CAME_BACK: _("back from another department: keeps the earlier place"),
    PlaceReason.CHOSEN: _("chosen by hand: another patient was next"),
}

_FOR_PATIENTS: Mapping[PlaceReason, str] = {
    PlaceReason.ARRIVAL: _("Numbers are called in order of arrival; whoever needs help may go earlier."),
    PlaceReason.ASSISTED: _("You count as having come %(minutes)s minutes earlier, because you need help."),
    PlaceReason.URGENT: _("You count as having come %(minutes)s minutes earlier, because it is urgent."),
    PlaceReason.EMERGENCY: _("You go first, because it is an emergency."),
    PlaceReason.RETURNED: _("You were called and not there, so you come after the next %(people)s."),
    PlaceReason.LATE: _("You came after your turn, so you come after the next %(people)s."),
    PlaceReason.CAME_BACK: _("You are back from another department and keep your place."),
}

_BY_ARRIVAL: PlaceView = {"reason": PlaceReason.ARRIVAL, "minutes": 0, "people": 0}

#: By the reason, and whether a time was announced.
_AWAY: Mapping[tuple[Away, bool], str] = {
    (Away.ON_BREAK, True): _("The doctor is on a break, back at %(time)s."),
    (Away.ON_BREAK, False): _("The doctor is on a break."),
    (Away.EXPECTED, True): _("The doctor comes at %(time)s."),
    (Away.EXPECTED, False): _("The doctor is not here yet."),
    (Away.LATE, True): _("The doctor is late: expected at %(time)s."),
    (Away.NOBODY, False): _("No doctor is here now."),
}


def place_words(gettext: GetText, place: PlaceView | None) -> str:
    """Why the token has its place, for staff: `counted 20 minutes earlier: needs help`."""
    return _filled(gettext, _FOR_STAFF, place) if place else ""


def own_place_words(gettext: GetText, place: PlaceView | None) -> str:
    """Why the reader has this place in the queue; by arrival where nothing else is known."""
    return _filled(gettext, _FOR_PATIENTS, place or _BY_ARRIVAL)


def _filled(gettext: GetText, told: Mapping[PlaceReason, str], place: PlaceView) -> str:
    sentence = told[place["reason"]]
    return gettext(sentence, minutes=place["minutes"], people=place["people"])


def first_words(gettext: GetText, away: AwayView | None) -> str:
    """What the first of the line is told: that they are next, only while somebody calls."""
    return gettext(_("You are first in the line")) if away else gettext(_("You are next"))


def first_sentences(gettext: GetText) -> dict[str, str]:
    """The sentences for scripts: `next`, and `first` while nobody calls."""
    return {"next": gettext("You are next"), "first": gettext("You are first in the line")}


def away_words(gettext: GetText, away: AwayView | None, time: str) -> str:
    """Why nobody calls; `time` is the announced one on the clinic's clock."""
    if away is None:
        return ""
    sentence = _AWAY[away["why"], away["at"] is not None]
    return gettext(sentence, time=time)


def place_sentences(gettext: GetText, *, own: bool = False) -> dict[str, str]:
    """The sentences for scripts: `place_` and the reason."""
    told = _FOR_PATIENTS if own else _FOR_STAFF
    return sentences(gettext, {f"place_{reason}": sentence for reason, sentence in told.items()})


def away_sentences(gettext: GetText) -> dict[str, str]:
    """The sentences for scripts: `away_`, the reason, and `_at` where a time was announced."""
    return sentences(
        gettext, {f"away_{why}{'_at' if has_time else ''}": sentence for (why, has_time), sentence in _AWAY.items()}
    )
