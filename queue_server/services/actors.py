"""Who acts: a member of staff, a device, another program, a patient, or the system itself."""

from __future__ import annotations

from dataclasses import dataclass

from queue_server.domain.scopes import Scope


@dataclass(frozen=True, slots=True)
class Actor:
    """`kind` is admin, doctor, desk, kiosk, display, agent, program, patient or system; the journal keeps kind and id.

    `name` is what colleagues see, `place` a device's place, `scopes` what a program's key opens; none of them is
    written into the journal.
    """

    kind: str
    id: int = 0
    name: str = ""
    place: str = ""
    scopes: frozenset[Scope] = frozenset()

    def __str__(self) -> str:
        return f"{self.kind}:{self.id}" if self.id else self.kind

    @property
    def is_staff(self) -> bool:
        """Whether this is a person with a login."""
        return self.kind in {"admin", "doctor", "desk"}


SYSTEM = Actor("system")
PATIENT = Actor("patient")
