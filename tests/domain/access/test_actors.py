"""Who acts, as it is written and read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queue_server.domain.access.actors import DEVICES, STAFF, SYSTEM, Actor, ActorKind
from queue_server.domain.devices.devices import DeviceKind
from queue_server.domain.people.staff import Role


@given(st.sampled_from(ActorKind), st.integers(0, 2**63 - 1))
def test_an_actor_is_read_as_it_was_written(kind: ActorKind, number: int) -> None:
    actor = Actor(kind, number)

    assert Actor.parse(str(actor)) == actor


@pytest.mark.parametrize(
    "text", ["", "nobody", "doctor:", "doctor:x", "doctor:-1", "doctor:३", "Doctor:1", "doctor:1:2"]
)
def test_what_is_no_actor_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"no actor|not a valid ActorKind"):
        Actor.parse(text)


def test_two_actors_are_the_same_when_the_journal_would_write_them_alike() -> None:
    logged_in = Actor(ActorKind.DOCTOR, 3, "Dr Rao", session="a login")

    assert logged_in == Actor.parse("doctor:3")
    assert logged_in != Actor.parse("admin:3")


def test_every_role_and_every_kind_of_device_may_act() -> None:
    assert {ActorKind(role) for role in Role} == STAFF
    assert {ActorKind(kind) for kind in DeviceKind} == DEVICES


def test_staff_are_those_with_a_login() -> None:
    assert Actor(ActorKind.DESK, 1).is_staff
    assert not SYSTEM.is_staff
