"""Who acts: a member of staff, a device, another program, a patient, or the system itself."""

from __future__ import annotations

from dataclasses import dataclass, field

from queue_server.domain.scopes import Scope

#: What somebody who is logged in has to do before anything else.
UNLOCKING = "unlocking"
NEW_PASSWORD = "a new password"  # noqa: S105  (no password)


@dataclass(frozen=True, slots=True)
class Actor:
    """`kind` is admin, doctor, desk, kiosk, display, agent, program, patient or system; the journal keeps kind and id.

    `name` is what colleagues see, `place` a device's place, `scopes` what a program's key opens; none of them is
    written into the journal. `session` names the login of a member of staff inside the server, and `waits_for` what
    has to be done there first (empty: nothing).
    """

    kind: str
    id: int = 0
    name: str = ""
    place: str = ""
    scopes: frozenset[Scope] = frozenset()
    session: str = field(default="", compare=False, repr=False)
    waits_for: str = field(default="", compare=False)

    def __str__(self) -> str:
        return f"{self.kind}:{self.id}" if self.id else self.kind

    @property
    def is_staff(self) -> bool:
        """Whether this is a person with a login."""
        return self.kind in {"admin", "doctor", "desk"}

    @property
    def line_owner(self) -> str:
        """Whose a live line is, so that it can be cut: the actor's, of staff one login's."""
        return f"{self}/{self.session}" if self.session else str(self)


SYSTEM = Actor("system")
PATIENT = Actor("patient")
