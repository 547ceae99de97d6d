"""Scopes, as they are asked for and kept."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queue_server.domain.access.scopes import ALL_SCOPES, EVERYTHING, Scope, kept_scopes, parse_scopes
from queue_server.domain.errors import BadInput


@given(st.frozensets(st.sampled_from(Scope), min_size=1))
def test_what_is_kept_is_read_as_the_same_scopes(scopes: frozenset[Scope]) -> None:
    assert parse_scopes(kept_scopes(scopes)) == scopes


def test_a_key_with_everything_has_the_scopes_of_later_versions_too() -> None:
    assert kept_scopes(ALL_SCOPES) == [EVERYTHING]
    assert parse_scopes([EVERYTHING, "events:read"]) == ALL_SCOPES


def test_scopes_are_kept_in_one_order() -> None:
    asked = [Scope.EVENTS_READ, Scope.TOKENS_WRITE, Scope.EVENTS_READ]

    assert kept_scopes(asked) == ["tokens:write", "events:read"]


@pytest.mark.parametrize("words", [[], ["tokens:burn"], ["tokens:write", "TOKENS:WRITE"], [""]])
def test_no_scope_or_an_unknown_one_is_refused(words: list[str]) -> None:
    with pytest.raises(BadInput) as refused:
        parse_scopes(words)

    assert refused.value.details["field"] == "scopes"


def test_an_unknown_scope_is_told_in_part_and_with_those_there_are() -> None:
    with pytest.raises(BadInput) as refused:
        parse_scopes(["x" * 5000])

    assert "'" + "x" * 32 + "'" in refused.value.message
    assert all(scope in refused.value.message for scope in Scope)
