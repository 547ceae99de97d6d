"""The table of rights, asked directly; `tests/web/test_access_matrix.py` asks it through every door."""

from __future__ import annotations

from dataclasses import replace

import pytest

from queue_server.domain.access.actors import NEW_PASSWORD, UNLOCKING, Actor, ActorKind
from queue_server.domain.access.authorisation import (
    BEFORE_NEW_PASSWORD,
    RIGHTS,
    SCOPES,
    WHILE_LOCKED,
    AttendedToken,
    Board,
    HeldRoom,
    May,
    Owned,
    Reach,
    Record,
    authorise,
    rights_of,
)
from queue_server.domain.access.scopes import ALL_SCOPES, Scope
from queue_server.domain.errors import (
    Locked,
    LoginRequired,
    NotAllowed,
    NotFound,
    PasswordChangeRequired,
    QueueError,
    RoomTaken,
)

DOCTOR = Actor(ActorKind.DOCTOR, 3)


def test_every_right_of_programs_asks_for_a_scope() -> None:
    assert {may for may, who in RIGHTS.items() if "program" in who} == set(SCOPES)
    assert set(SCOPES.values()) == ALL_SCOPES


@pytest.mark.parametrize("may", May)
def test_a_right_is_of_those_in_the_table_and_of_nobody_else(may: May) -> None:
    for kind in ActorKind:
        actor = Actor(kind, 1, scopes=ALL_SCOPES)
        if kind in RIGHTS[may]:
            assert authorise(actor, may) is actor
        else:
            with pytest.raises(NotAllowed, match=f"{kind} may not"):
                authorise(actor, may)


def test_the_rights_of_a_kind_are_the_tables_columns() -> None:
    found = {(kind, may) for kind in ActorKind for may in rights_of(Actor(kind))}

    assert found == {(kind, may) for may, reaches in RIGHTS.items() for kind in reaches}


def test_every_right_is_somebodys() -> None:
    assert all(RIGHTS[may] for may in May)


@pytest.mark.parametrize("may", May)
def test_nobody_is_asked_to_log_in(may: May) -> None:
    with pytest.raises(LoginRequired):
        authorise(None, may)


def test_a_program_is_told_the_scope_that_its_key_lacks() -> None:
    narrow = Actor(ActorKind.PROGRAM, 1, scopes=frozenset({Scope.EVENTS_READ}))

    with pytest.raises(NotAllowed) as refused:
        authorise(narrow, May.ISSUE)

    assert refused.value.details == {"scope": Scope.TOKENS_WRITE}


@pytest.mark.parametrize(
    ("waits_for", "allowed", "refusal"),
    [(UNLOCKING, WHILE_LOCKED, Locked), (NEW_PASSWORD, BEFORE_NEW_PASSWORD, PasswordChangeRequired)],
)
def test_behind_a_lock_or_before_a_new_password_little_may_be_done(
    waits_for: str, allowed: frozenset[May], refusal: type[QueueError]
) -> None:
    doctor = replace(DOCTOR, waits_for=waits_for)

    for may in rights_of(DOCTOR):
        if may in allowed:
            assert authorise(doctor, may) is doctor
        else:
            with pytest.raises(refusal):
                authorise(doctor, may)


@pytest.mark.parametrize(
    ("actor", "may", "own", "foreign", "refusal"),
    [
        (DOCTOR, May.WORK_IN_ROOM, HeldRoom("1", 3), HeldRoom("1", 4), RoomTaken),
        (DOCTOR, May.WORK_IN_ROOM, HeldRoom("1", 3), HeldRoom("1", None), NotAllowed),
        (DOCTOR, May.READ_RECORD, Record(frozenset({DOCTOR})), Record(frozenset()), NotFound),
        (DOCTOR, May.WRITE_RECORDS, AttendedToken(frozenset({3})), AttendedToken(frozenset({4})), NotFound),
        (Actor(ActorKind.DISPLAY, 1, place="main"), May.SEE_BOARD, Board("main"), Board("upstairs"), NotFound),
    ],
)
def test_who_may_only_have_their_own_is_refused_what_is_somebody_elses(
    actor: Actor, may: May, own: Owned, foreign: Owned, refusal: type[QueueError]
) -> None:
    assert RIGHTS[may][actor.kind] is Reach.OWN
    assert authorise(actor, may, own) is actor
    with pytest.raises(refusal):
        authorise(actor, may, foreign)


def test_who_may_have_all_is_not_asked_whose_it_is() -> None:
    boss = Actor(ActorKind.ADMIN, 9)

    assert authorise(boss, May.WORK_IN_ROOM, HeldRoom("1", 3)) is boss


def test_a_patient_with_a_doctors_number_reads_nothing_of_the_doctors() -> None:
    with pytest.raises(NotFound):
        authorise(Actor(ActorKind.PATIENT, 3), May.READ_RECORD, Record(frozenset({DOCTOR})))
