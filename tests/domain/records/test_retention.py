"""For how many years things are kept."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queue_server.domain.errors import BadInput
from queue_server.domain.records.retention import (
    LONGEST_YEARS,
    SHORTEST_YEARS,
    RetentionPeriods,
    years_after,
    years_before,
)

YEARS = st.integers(SHORTEST_YEARS, LONGEST_YEARS)


def test_years_end_on_the_same_day() -> None:
    assert years_after(date(2024, 2, 29), 3) == date(2027, 2, 28)
    assert years_before(datetime(2024, 2, 29, tzinfo=UTC), 1) == datetime(2023, 2, 28, tzinfo=UTC)


@given(st.builds(RetentionPeriods, YEARS, YEARS, YEARS))
def test_every_choice_the_law_allows_is_read_as_it_was_stored(chosen: RetentionPeriods) -> None:
    assert RetentionPeriods.of(chosen.checked().as_setting()) == chosen


def test_what_a_setting_does_not_name_has_the_default() -> None:
    assert RetentionPeriods.of(None) == RetentionPeriods()
    assert RetentionPeriods.of({"reads": 4, "of_an_older_version": 1}) == RetentionPeriods(reads=4)


@pytest.mark.parametrize("years", [SHORTEST_YEARS - 1, LONGEST_YEARS + 1])
@pytest.mark.parametrize("field", ["documents", "visits", "reads"])
def test_fewer_years_than_the_law_asks_or_more_than_a_lifetime_are_refused_by_name(field: str, years: int) -> None:
    with pytest.raises(BadInput) as refused:
        RetentionPeriods.of({field: years}).checked()

    assert refused.value.details["field"] == field
