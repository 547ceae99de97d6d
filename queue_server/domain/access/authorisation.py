"""Who may do what: the one table, and the one question that every face asks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

from queue_server.domain.access.actors import CODE, NEW_FACTOR, NEW_PASSWORD, UNLOCKING, Actor, ActorKind
from queue_server.domain.access.rights import May, Reach
from queue_server.domain.access.roles import OwnRole
from queue_server.domain.access.scopes import Scope
from queue_server.domain.errors import (
    CodeRequired,
    FactorRequired,
    Locked,
    LoginRequired,
    NotAllowed,
    PasswordChangeRequired,
    QueueError,
    RoomTaken,
    UnknownBoard,
    UnknownDocument,
    UnknownToken,
)

__all__ = [
    "BEFORE_NEW_FACTOR",
    "BEFORE_NEW_PASSWORD",
    "RIGHTS",
    "SCOPES",
    "WHILE_LOCKED",
    "AttendedToken",
    "Board",
    "HeldRoom",
    "May",
    "Owned",
    "Reach",
    "Record",
    "authorise",
    "check_department",
    "is_for",
    "reach_of",
    "rights_of",
]


class Owned(Protocol):
    """An object that belongs to somebody."""

    def is_of(self, actor: Actor) -> bool:
        """Whether it is this actor's own."""

    def refusal(self) -> QueueError:
        """What whoever it does not belong to is told."""


@dataclass(frozen=True, slots=True)
class Board:
    """A board; it is its display's own. Others are not told whether it exists."""

    name: str

    def is_of(self, actor: Actor) -> bool:
        return actor.place == self.name

    def refusal(self) -> QueueError:
        return UnknownBoard(self.name)


@dataclass(frozen=True, slots=True)
class HeldRoom:
    """A room and the doctor who has taken it, if any. Rooms are no secret: a doctor is told that it is taken."""

    code: str
    doctor_id: int | None

    def is_of(self, actor: Actor) -> bool:
        return actor.id == self.doctor_id

    def refusal(self) -> QueueError:
        if self.doctor_id is None:
            return NotAllowed(f"Nobody is on duty in room {self.code}; take the room first.", room=self.code)
        return RoomTaken(self.code)


@dataclass(frozen=True, slots=True)
class Record:
    """Something of a patient's records, and who may read it. Others are not told whether it exists."""

    readers: frozenset[Actor]

    def is_of(self, actor: Actor) -> bool:
        return actor in self.readers

    def refusal(self) -> QueueError:
        return UnknownDocument()


@dataclass(frozen=True, slots=True)
class AttendedToken:
    """A token and the doctors who have had its patient in a room; to others it does not exist."""

    doctors: frozenset[int]

    def is_of(self, actor: Actor) -> bool:
        return actor.id in self.doctors

    def refusal(self) -> QueueError:
        return UnknownToken()


#: Every right there is: what → who → how far. Whoever is not named may not. A link's key (a phone's page) is a right
#: in itself and is not in this table; neither is what everybody may do.
RIGHTS: Mapping[May, Mapping[ActorKind, Reach]] = {
    May.USE_KIOSK: {ActorKind.KIOSK: Reach.ANY},
    May.ISSUE: {
        ActorKind.PROGRAM: Reach.ANY,
        ActorKind.ADMIN: Reach.ANY,
        ActorKind.DESK: Reach.ANY,
        ActorKind.KIOSK: Reach.ANY,
    },
    May.RUN_QUEUE: {ActorKind.PROGRAM: Reach.ANY, ActorKind.ADMIN: Reach.ANY},
    May.READ_QUEUES: {ActorKind.PROGRAM: Reach.ANY, ActorKind.ADMIN: Reach.ANY},
    May.READ_PATIENTS: {ActorKind.PROGRAM: Reach.ANY},
    May.REGISTER_PATIENTS: {ActorKind.PROGRAM: Reach.ANY},
    May.READ_EVENTS: {ActorKind.PROGRAM: Reach.ANY, ActorKind.ADMIN: Reach.ANY},
    May.READ_METRICS: {ActorKind.PROGRAM: Reach.ANY, ActorKind.ADMIN: Reach.ANY},
    May.KEEP_WEBHOOKS: {ActorKind.PROGRAM: Reach.OWN},
    May.SET_UP: {ActorKind.PROGRAM: Reach.ANY, ActorKind.ADMIN: Reach.ANY},
    May.SEE_ROOM: {
        ActorKind.DOCTOR: Reach.ANY,
        ActorKind.ADMIN: Reach.ANY,
        ActorKind.DESK: Reach.ANY,
        ActorKind.PROGRAM: Reach.ANY,
    },
    May.OPEN_CONSOLE: {ActorKind.DOCTOR: Reach.ANY, ActorKind.ADMIN: Reach.ANY},
    May.WORK_IN_ROOM: {ActorKind.DOCTOR: Reach.OWN, ActorKind.ADMIN: Reach.ANY},
    May.SEE_BOARD: {
        ActorKind.DISPLAY: Reach.OWN,
        ActorKind.PROGRAM: Reach.ANY,
        ActorKind.ADMIN: Reach.ANY,
        ActorKind.DOCTOR: Reach.ANY,
        ActorKind.DESK: Reach.ANY,
    },
    May.RUN_DESK: {ActorKind.DESK: Reach.ANY, ActorKind.ADMIN: Reach.ANY},
    May.RESET_PINS: {ActorKind.DESK: Reach.ANY, ActorKind.ADMIN: Reach.ANY},
    May.MERGE_PATIENTS: {
        ActorKind.DESK: Reach.ANY,
        ActorKind.ADMIN: Reach.ANY,
        ActorKind.PROGRAM: Reach.ANY,
    },
    May.DELETE_TOKENS: {ActorKind.ADMIN: Reach.ANY},
    May.PRINT_SLIPS: {ActorKind.AGENT: Reach.ANY},
    May.FETCH_RELEASE: {ActorKind.KIOSK: Reach.ANY, ActorKind.DISPLAY: Reach.ANY, ActorKind.AGENT: Reach.ANY},
    May.KEEP_ACCOUNT: {ActorKind.ADMIN: Reach.ANY, ActorKind.DOCTOR: Reach.ANY, ActorKind.DESK: Reach.ANY},
    May.RUN_CLINIC: {ActorKind.ADMIN: Reach.ANY},
    May.SEE_CLINIC: {ActorKind.ADMIN: Reach.ANY},
    May.KEEP_PLACES: {ActorKind.ADMIN: Reach.ANY},
    May.KEEP_ROSTER: {ActorKind.ADMIN: Reach.ANY},
    May.KEEP_PAPERS: {ActorKind.ADMIN: Reach.ANY},
    May.KEEP_SCREENS: {ActorKind.ADMIN: Reach.ANY},
    May.SEE_FIGURES: {ActorKind.ADMIN: Reach.ANY},
    May.READ_RECORD: {ActorKind.PATIENT: Reach.OWN, ActorKind.DOCTOR: Reach.OWN, ActorKind.ADMIN: Reach.OWN},
    May.READ_DOCUMENTS: {ActorKind.PROGRAM: Reach.ANY},
    May.ADD_DOCUMENTS: {ActorKind.PROGRAM: Reach.ANY},
    May.WRITE_RECORDS: {ActorKind.DOCTOR: Reach.OWN},
}

#: What a program needs beside being one: each of its rights asks for a scope of its key.
SCOPES: Mapping[May, Scope] = {
    May.ISSUE: Scope.TOKENS_WRITE,
    May.RUN_QUEUE: Scope.TOKENS_WRITE,
    May.READ_QUEUES: Scope.QUEUES_READ,
    May.SEE_ROOM: Scope.QUEUES_READ,
    May.SEE_BOARD: Scope.QUEUES_READ,
    May.READ_PATIENTS: Scope.PATIENTS_READ,
    May.REGISTER_PATIENTS: Scope.PATIENTS_WRITE,
    May.MERGE_PATIENTS: Scope.PATIENTS_WRITE,
    May.READ_DOCUMENTS: Scope.DOCUMENTS_READ,
    May.ADD_DOCUMENTS: Scope.DOCUMENTS_WRITE,
    May.READ_EVENTS: Scope.EVENTS_READ,
    May.READ_METRICS: Scope.METRICS_READ,
    May.KEEP_WEBHOOKS: Scope.WEBHOOKS_WRITE,
    May.SET_UP: Scope.ADMIN_WRITE,
}
#: What may be done behind a locked screen, since everybody in the waiting room sees it anyway.
WHILE_LOCKED = frozenset({May.SEE_BOARD})
#: What may be done before the first password is changed: that, and to see the displays.
BEFORE_NEW_PASSWORD = frozenset({May.SEE_BOARD, May.KEEP_ACCOUNT})
#: The same for an administrator who needs a second factor and has none.
BEFORE_NEW_FACTOR = BEFORE_NEW_PASSWORD


def authorise(actor: Actor | None, may: May, thing: Owned | None = None) -> Actor:
    """The actor, who may do this to the thing.

    Raises `LoginRequired` for nobody, `NotAllowed` for somebody without the right, `Locked` behind a locked screen,
    `CodeRequired` before the second factor, `FactorRequired` where one has to be set up, `PasswordChangeRequired`
    before the first password is changed, and the thing's own refusal for somebody else's
    thing: `NotFound` where its existence is none of the asker's business.
    """
    if actor is None:
        raise LoginRequired("This needs a login or a key.")
    reach = reach_of(actor, may)
    if reach is None:
        raise NotAllowed(f"{actor.role.name if actor.role else actor.kind} may not {may}.")
    if actor.kind is ActorKind.PROGRAM and SCOPES[may] not in actor.scopes:
        raise NotAllowed(f"This key may not {may}; it has not the scope {SCOPES[may]}.", scope=SCOPES[may])
    if actor.waits_for == UNLOCKING and may not in WHILE_LOCKED:
        raise Locked
    if actor.waits_for == CODE:
        raise CodeRequired
    if actor.waits_for == NEW_FACTOR and may not in BEFORE_NEW_FACTOR:
        raise FactorRequired
    if actor.waits_for == NEW_PASSWORD and may not in BEFORE_NEW_PASSWORD:
        raise PasswordChangeRequired
    if reach is Reach.OWN and thing is not None and not thing.is_of(actor):
        raise thing.refusal()
    return actor


def reach_of(actor: Actor, may: May) -> Reach | None:
    """How far the actor's right goes; none without it. A role of the clinic's own narrows a kind, or widens it."""
    if actor.role is None:
        return RIGHTS[may].get(actor.kind)
    if not actor.role.holds(may):
        return None
    return RIGHTS[may].get(actor.kind, Reach.ANY)


def check_department(actor: Actor, code: str) -> None:
    """Raises `NotAllowed` for an actor whose role is for other departments than the one with this code."""
    if actor.role is not None and not is_for(actor, code):
        raise NotAllowed(f"{actor.role.name} is a role for other departments.", department=code)


def is_for(actor: Actor, code: str) -> bool:
    """Whether the actor's rights hold in the department with this code."""
    return actor.role is None or actor.role.is_for(code)


def rights_of(actor: Actor) -> frozenset[May]:
    """All rights of this actor, however far they go; a program's scopes are not asked."""
    return _rights(actor.kind, actor.role)


@lru_cache(maxsize=256)
def _rights(kind: ActorKind, role: OwnRole | None) -> frozenset[May]:
    actor = Actor(kind, role=role)
    return frozenset(may for may in May if reach_of(actor, may) is not None)
