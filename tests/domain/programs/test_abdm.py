"""Whatever comes from ABDM's gateway can be read, and what it is told has its form."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queue_server.domain.errors import BadInput
from queue_server.domain.people.patients import Sex
from queue_server.domain.programs.abdm import (
    code_link,
    counter_of,
    gateway_fault,
    is_final,
    read_share,
    sent_at,
    shape,
    written,
)
from tests.abdm.stand_in import HIP, SHAPES, a_profile

ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=20,
)


BODIES = st.text(max_size=60) | st.sampled_from([body for _, body in SHAPES.values()]) | ANY_JSON.map(json.dumps)


def test_a_profile_is_read_as_it_was_seen() -> None:
    share = read_share("a-share", a_profile(), 2026)

    assert share.profile is not None
    assert (share.hip_id, share.counter) == (HIP, "GEN")
    assert (share.profile.number, share.profile.sex, share.profile.birth_year) == ("91123456789012", Sex.FEMALE, 1988)


@pytest.mark.parametrize("request_id", ["", "x" * 65, "a\nb", "ä"])
def test_a_share_to_which_nothing_can_be_answered_is_refused(request_id: str) -> None:
    with pytest.raises(BadInput):
        read_share(request_id, a_profile(), 2026)


def test_the_shape_of_a_body_tells_nothing_of_its_content() -> None:
    told = shape(a_profile("asha@sbx"))

    assert "abhaAddress: str" in told
    assert "asha" not in told.lower()


def test_a_counters_code_names_the_clinic_and_the_department() -> None:
    link = code_link("https://phr.example/share-profile", HIP, counter_of("GEN", HIP) or "")

    assert link == f"https://phr.example/share-profile?hip-id={HIP}&counter-id=GEN"


def test_no_counter_is_called_as_the_clinic_or_the_trial() -> None:
    assert counter_of("IN2710000042", HIP) is None
    assert counter_of("TRIAL", HIP) is None


def test_moments_are_written_as_the_gateway_wants_them_and_read_back() -> None:
    moment = datetime(2026, 9, 16, 10, 12, 48, 483_000, tzinfo=UTC)

    assert written(moment) == "2026-09-16T10:12:48.483Z"
    assert sent_at(written(moment)) == moment
    assert sent_at("yesterday") is None


@given(st.integers(100, 599), BODIES)
def test_every_answer_can_be_read(status: int, body: str) -> None:
    error = gateway_fault(status, body)

    assert len(error.code) <= 40
    assert not error.code.endswith((":", " "))
    assert isinstance(is_final(error), bool)


@given(ANY_JSON)
def test_every_body_can_be_read(body: object) -> None:
    assert read_share("a-share", body, 2026).request_id == "a-share"
    assert shape(body)


@given(st.dictionaries(st.sampled_from(list(a_profile()["profile"]["patient"])), ANY_JSON, max_size=9))
def test_every_profile_with_an_address_can_be_read(changed: dict[str, object]) -> None:
    shared = a_profile()
    shared["profile"]["patient"] |= changed | {"abhaAddress": "asha@sbx"}

    profile = read_share("a-share", shared, 2026).profile

    assert profile is not None
    assert profile.name.strip()
    assert profile.number is None or len(profile.number) == 14
