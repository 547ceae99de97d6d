"""The wording, dates and numbers of certificates."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queue_server.domain.errors import BadInput
from queue_server.domain.records.certificates import (
    EARLIEST,
    LATEST,
    PLACES,
    TypedCertificate,
    Wording,
    certificate_number,
    check_typed,
    check_wording,
    dates_of,
    days_between,
    fill,
)
from queue_server.domain.records.records import CertificateKind

TODAY = date(2026, 11, 23)
SICK = CertificateKind.SICK_LEAVE


def wording(text: str, title: str = "Certificate") -> Wording:
    return Wording(SICK, "en", title, text)


def test_places_are_filled_and_never_read_again() -> None:
    filled = fill("{patient} was seen on {seen_on}.", {"patient": "{doctor}", "seen_on": "23 Nov 2026", "doctor": "X"})

    assert filled == "{doctor} was seen on 23 Nov 2026."


def test_a_sentence_in_brackets_goes_with_its_empty_place() -> None:
    text = "Seen.[[ Diagnosis: {diagnosis}.]]\n\n[[{remarks}]]\n\nEnd."

    assert fill(text, {"diagnosis": "", "remarks": "Rest."}) == "Seen.\n\nRest.\n\nEnd."
    assert fill(text, {"diagnosis": "fever"}) == "Seen. Diagnosis: fever.\n\nEnd."


@pytest.mark.parametrize("text", ["", "  ", "{name} was here", "{patient", "patient}", "{}", "x" * 5000])
def test_a_wording_that_cannot_be_filled_is_refused(text: str) -> None:
    with pytest.raises(BadInput) as refused:
        check_wording(wording(text))

    assert refused.value.details["field"] == "text"


def test_a_wording_is_trimmed_and_may_use_every_place() -> None:
    text = " ".join(f"{{{place}}}" for place in PLACES)

    assert check_wording(wording(f"\n{text}  \n", " Leave ")) == wording(text, "Leave")


def test_sick_leave_has_two_dates_in_order() -> None:
    typed = TypedCertificate(from_date="2026-11-22", to_date="2026-11-24")

    begins, ends = dates_of(typed, SICK, TODAY)

    assert days_between(begins, ends) == 3
    with pytest.raises(BadInput, match="before the first"):
        dates_of(TypedCertificate(from_date="2026-11-24", to_date="2026-11-22"), SICK, TODAY)


def test_attendance_needs_no_dates() -> None:
    assert dates_of(TypedCertificate(from_date="nonsense"), CertificateKind.ATTENDANCE, TODAY) == (None, None)
    assert days_between(None, None) is None


@pytest.mark.parametrize("day", ["", "yesterday", "2026-02-30", "2016-11-23", "2126-11-23", "23/11/26", "99999-01-01"])
def test_dates_that_are_none_or_far_away_are_refused(day: str) -> None:
    with pytest.raises(BadInput) as refused:
        dates_of(TypedCertificate(from_date=day), CertificateKind.FITNESS, TODAY)

    assert refused.value.details["field"] == "from_date"


@given(st.integers(-5000, 5000))
def test_only_days_near_today_are_possible(distance: int) -> None:
    day = TODAY + timedelta(days=distance)
    typed = TypedCertificate(from_date=day.isoformat())

    if -EARLIEST <= timedelta(days=distance) <= LATEST:
        assert dates_of(typed, CertificateKind.FITNESS, TODAY) == (day, None)
    else:
        with pytest.raises(BadInput):
            dates_of(typed, CertificateKind.FITNESS, TODAY)


@given(st.text(max_size=300), st.dictionaries(st.sampled_from(PLACES), st.text(max_size=20)))
def test_any_wording_that_is_accepted_fills_without_a_place_left(text: str, values: dict[str, str]) -> None:
    try:
        accepted = check_wording(wording(text))
    except BadInput:
        return
    clean = {name: value.replace("{", "").replace("}", "") for name, value in values.items()}
    assert "{" not in fill(accepted.text, clean)


def test_numbers_count_within_a_year() -> None:
    assert certificate_number(2026, 17) == "2026-0017"
    assert certificate_number(2026, 12345) == "2026-12345"


def test_a_kind_that_does_not_exist_is_refused() -> None:
    assert check_typed(TypedCertificate(kind="referral")) is CertificateKind.REFERRAL
    for typed in (TypedCertificate(kind="birth"), TypedCertificate(remarks="x" * 1000)):
        with pytest.raises(BadInput):
            check_typed(typed)
