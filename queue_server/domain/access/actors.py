"""Who acts: a member of staff, a device, another program, a patient, or the system itself."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Self

from queue_server.domain.access.roles import OwnRole
from queue_server.domain.access.scopes import Scope

#: What somebody who is logged in has to do before anything else.
UNLOCKING = "unlocking"
CODE = "the code of the second factor"
NEW_FACTOR = "a second factor"
NEW_PASSWORD = "a new password"  # noqa: S105  (no password)


class ActorKind(StrEnum):
    """Everything that may act; the roles of staff and the kinds of devices are among them, by the same words."""

    ADMIN = "admin"
    DOCTOR = "doctor"
    DESK = "desk"
    KIOSK = "kiosk"
    DISPLAY = "display"
    AGENT = "agent"
    PROGRAM = "program"
    PATIENT = "patient"
    SYSTEM = "system"


STAFF = frozenset({ActorKind.ADMIN, ActorKind.DOCTOR, ActorKind.DESK})
DEVICES = frozenset({ActorKind.KIOSK, ActorKind.DISPLAY, ActorKind.AGENT})


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody or something that acts. Two are equal when kind and id are; these are what the journal keeps.

    `id` is 0 where there is only one (the system) or it is not known which one it was. `name` is what colleagues see,
    `place` a device's place, `scopes` what a program's key opens. `session` names the login of a member of staff
    inside the server, and `waits_for` what has to be done there first (empty: nothing). `role` is the role of the
    clinic's own that the person has, if any; the kind alone decides without one.
    """

    kind: ActorKind
    id: int = 0
    name: str = field(default="", compare=False)
    place: str = field(default="", compare=False)
    scopes: frozenset[Scope] = field(default=frozenset(), compare=False)
    session: str = field(default="", compare=False, repr=False)
    waits_for: str = field(default="", compare=False)
    role: OwnRole | None = field(default=None, compare=False)

    @property
    def departments(self) -> frozenset[str]:
        """The codes of the departments for which the actor's rights hold; with none they hold everywhere."""
        return self.role.departments if self.role else frozenset()

    @classmethod
    def parse(cls, text: str) -> Self:
        """The actor as the journal writes it: `doctor:3`, or `system`. Raises `ValueError` for anything else."""
        kind, colon, number = text.partition(":")
        if colon and not (number.isascii() and number.isdecimal()):
            raise ValueError(f"{text!r} is no actor: after the colon stands its id")
        return cls(ActorKind(kind), int(number or 0))

    def __str__(self) -> str:
        return f"{self.kind}:{self.id}" if self.id else self.kind.value

    @property
    def is_staff(self) -> bool:
        """Whether this is a person with a login."""
        return self.kind in STAFF

    @property
    def line_owner(self) -> str:
        """Whose a live line is, so that it can be cut: the actor's, of staff one login's."""
        return f"{self}/{self.session}" if self.session else str(self)


SYSTEM = Actor(ActorKind.SYSTEM)
PATIENT = Actor(ActorKind.PATIENT)
