"""Why a token has its place, and why nobody calls, in words."""

import pytest

from queue_server.domain.clinic.presence import Away, AwayView
from queue_server.domain.queue.ordering import PlaceReason, PlaceView
from queue_server.locale import texts
from queue_server.locale.places import (
    away_sentences,
    away_words,
    own_place_words,
    place_sentences,
    place_words,
)

ENGLISH = texts("en").gettext


def a_place(reason: PlaceReason, minutes: int = 0, people: int = 0) -> PlaceView:
    return {"reason": reason, "minutes": minutes, "people": people}


def test_staff_read_the_reason_with_its_figure() -> None:
    assert place_words(ENGLISH, a_place(PlaceReason.ASSISTED, minutes=20)) == "counted 20 minutes earlier: needs help"
    back = a_place(PlaceReason.RETURNED, people=3)
    assert place_words(ENGLISH, back) == "came back after a miss: after the next 3"
    assert place_words(ENGLISH, None) == ""


def test_a_patient_reads_it_as_said_to_the_patient_and_by_arrival_unless_told() -> None:
    assert own_place_words(ENGLISH, a_place(PlaceReason.URGENT, minutes=60)).startswith("You count as having come 60")
    assert own_place_words(ENGLISH, None).startswith("Numbers are called in order of arrival")


@pytest.mark.parametrize("language", ["en", "hi"])
def test_scripts_get_a_sentence_for_every_reason_that_they_may_be_sent(language: str) -> None:
    gettext = texts(language).gettext

    assert set(place_sentences(gettext)) == {f"place_{reason}" for reason in PlaceReason}
    # Nobody follows a number on the phone while it is not waiting; a chosen one is called.
    own = {f"place_{reason}" for reason in PlaceReason if reason is not PlaceReason.CHOSEN}
    assert set(place_sentences(gettext, own=True)) == own
    assert {f"away_{why}" for why in Away} <= {key.removesuffix("_at") for key in away_sentences(gettext)}


def test_the_announced_time_is_said_where_there_is_one() -> None:
    late: AwayView = {"why": Away.LATE, "at": "2026-11-22T04:30:00Z"}

    assert away_words(ENGLISH, late, "10:00") == "The doctor is late: expected at 10:00."
    assert away_words(ENGLISH, {"why": Away.NOBODY, "at": None}, "") == "No doctor is here now."
    assert away_words(ENGLISH, None, "") == ""
