"""Roles of the clinic's own: what they may hold, where they hold it, and that nobody gets more by them."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queue_server.domain.access.actors import Actor, ActorKind
from queue_server.domain.access.authorisation import RIGHTS, May, Reach, authorise, check_department, rights_of
from queue_server.domain.access.roles import (
    ALWAYS,
    GRANTABLE,
    WHOLE_CLINIC,
    Base,
    OwnRole,
    read_role,
    word_of,
    written,
)
from queue_server.domain.errors import NotAllowed
from queue_server.domain.form_reading import Problem, Reader

#: What only administrators may do: whoever had one of these could have all.
KEPT = {May.RUN_CLINIC, May.SET_UP, May.READ_EVENTS, May.READ_METRICS, May.RUN_QUEUE, May.READ_QUEUES}


def read(sent: dict[str, Any]) -> tuple[OwnRole, dict[str, str]]:
    """The role, and field → rule of what is wrong with it."""
    problems: list[Problem] = []
    made = read_role(Reader(sent, problems), ["GEN", "LAB"])
    return made, {problem.field: problem.rule for problem in problems}


def test_a_role_narrows_a_doctor_and_widens_the_desk() -> None:
    nurse = OwnRole("Nurse", Base.DOCTOR, frozenset({May.OPEN_CONSOLE, May.SEE_ROOM}))
    lead = OwnRole("Lead", Base.DESK, frozenset({May.RUN_DESK, May.SEE_FIGURES}))

    assert rights_of(Actor(ActorKind.DOCTOR, 3, role=nurse)) == {May.OPEN_CONSOLE, May.SEE_ROOM} | ALWAYS
    assert rights_of(Actor(ActorKind.DESK, 4, role=lead)) == {May.RUN_DESK, May.SEE_FIGURES} | ALWAYS
    with pytest.raises(NotAllowed, match="Nurse may not write prescriptions"):
        authorise(Actor(ActorKind.DOCTOR, 3, role=nurse), May.WRITE_RECORDS)


@given(st.sampled_from(Base), st.frozensets(st.sampled_from(May)))
def test_whatever_is_stored_no_role_reaches_what_only_administrators_may(base: Base, stored: frozenset[May]) -> None:
    actor = Actor(ActorKind(base.value), 3, role=OwnRole("Any", base, stored))

    held = rights_of(actor)

    assert held <= GRANTABLE[base] | ALWAYS
    assert not held & KEPT


def test_no_right_of_administrators_alone_can_be_granted() -> None:
    assert not KEPT & (GRANTABLE[Base.DOCTOR] | GRANTABLE[Base.DESK])
    assert not {May.READ_RECORD, May.WRITE_RECORDS} & GRANTABLE[Base.DESK]


def test_a_doctors_own_stays_the_own() -> None:
    everything = OwnRole("All", Base.DOCTOR, GRANTABLE[Base.DOCTOR])

    for may in (May.WORK_IN_ROOM, May.READ_RECORD, May.WRITE_RECORDS):
        assert RIGHTS[may][ActorKind.DOCTOR] is Reach.OWN
        assert everything.holds(may)


def test_a_right_comes_with_those_that_it_needs() -> None:
    made, wrong = read({"name": "Nurse", "base": "doctor", "rights": ["write_records"]})

    assert wrong == {}
    assert made.rights == {May.WRITE_RECORDS, May.READ_RECORD, May.WORK_IN_ROOM, May.OPEN_CONSOLE, May.SEE_ROOM}


def test_a_role_for_some_departments_is_refused_in_the_others() -> None:
    actor = Actor(ActorKind.DESK, 3, role=OwnRole("Lab desk", Base.DESK, frozenset({May.RUN_DESK}), frozenset({"LAB"})))

    check_department(actor, "LAB")
    for other in ("GEN", ""):
        with pytest.raises(NotAllowed, match="other departments"):
            check_department(actor, other)
    check_department(Actor(ActorKind.DESK, 3), "GEN")


@pytest.mark.parametrize(
    ("changed", "wrong"),
    [
        ({"name": " "}, {"name": "required"}),
        ({"name": "Admin"}, {"name": "in_use"}),
        ({"rights": []}, {"rights": "required"}),
        ({"rights": ["run_clinic"]}, {"rights": "required"}),
        ({"rights": ["run_desk", "write_records"]}, {"rights": "unknown"}),
        ({"departments": ["XYZ"]}, {"departments": "unknown"}),
        ({"rights": ["see_figures"], "departments": ["LAB"]}, {"departments": "whole_clinic"}),
        ({"base": "admin"}, {"base": "unknown"}),
        ({"owner": True}, {"owner": "nonsense"}),
    ],
)
def test_what_cannot_be_is_said_at_its_field(changed: dict[str, Any], wrong: dict[str, str]) -> None:
    assert read({"name": "Ward desk", "base": "desk", "rights": ["run_desk"]} | changed)[1] == wrong


@given(
    st.sampled_from(Base).flatmap(
        lambda base: st.tuples(
            st.just(base),
            st.frozensets(st.sampled_from(sorted(GRANTABLE[base] - WHOLE_CLINIC)), min_size=1),
            st.frozensets(st.sampled_from(["GEN", "LAB"])),
        )
    )
)
def test_what_was_read_is_written_so_that_it_is_read_the_same(
    role: tuple[Base, frozenset[May], frozenset[str]],
) -> None:
    base, rights, departments = role
    sent = {"name": "One", "base": base.value, "rights": [*map(word_of, rights)], "departments": [*departments]}
    made, wrong = read(sent)

    assert wrong == {}
    assert read(written(made)) == (made, {})
