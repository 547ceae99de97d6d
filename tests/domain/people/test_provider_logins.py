"""What groups over there mean here, and what a new account is called."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queue_server.domain.people.provider_logins import free_login, groups_in, read_mapping, role_for
from queue_server.domain.people.staff import new_login

MAPPED = read_mapping(" it = admin ; clinic-doctors=doctor;ward=Ward desk;")


def test_of_several_groups_the_one_named_first_counts() -> None:
    assert role_for({"ward", "clinic-doctors"}, MAPPED) == "doctor"
    assert role_for({"ward"}, MAPPED) == "Ward desk"
    assert role_for({"IT", "visitors"}, MAPPED) is None


@pytest.mark.parametrize("text", ["doctor", "=doctor", "x=", "a=b;c"])
def test_what_is_no_mapping_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="must be a list"):
        read_mapping(text)


@pytest.mark.parametrize(
    ("claims", "path", "found"),
    [
        ({"groups": ["a", "b", 7]}, "groups", {"a", "b"}),
        ({"groups": "a"}, "groups", {"a"}),
        ({"realm_access": {"roles": ["a"]}}, "realm_access.roles", {"a"}),
        ({"realm_access": ["a"]}, "realm_access.roles", set()),
        ({}, "groups", set()),
        ({"groups": {"a": 1}}, "groups", set()),
    ],
)
def test_groups_are_found_where_the_setting_says(claims: dict[str, object], path: str, found: set[str]) -> None:
    assert groups_in(claims, path) == found


@given(st.text(max_size=80), st.sets(st.sampled_from(["anna", "anna2", "staff"])))
def test_a_new_account_has_a_login_that_is_free_and_may_be_typed(wanted: str, taken: set[str]) -> None:
    login = free_login(wanted, taken)

    assert login not in taken
    assert new_login(login) == login


def test_the_name_before_the_at_is_taken() -> None:
    assert free_login("Anna.Berg@hospital.example", {"anna.berg"}) == "anna.berg2"
