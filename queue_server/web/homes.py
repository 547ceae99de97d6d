"""Where each member of staff works: the page to which a login leads, and to which every other page leads back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from queue_server.domain.access.actors import Actor, ActorKind
from queue_server.domain.access.authorisation import rights_of
from queue_server.domain.access.rights import May
from queue_server.domain.access.roles import WHOLE_CLINIC
from queue_server.web.bodies import own_path


def _(sentence: str) -> str:
    """Marks a text for the catalogues; it is translated where it is shown."""
    return sentence


@dataclass(frozen=True, slots=True)
class Home:
    """A role's own page: its address, its name, and what the role is called."""

    path: str
    name: str
    role: str


HOMES: Mapping[ActorKind, Home] = {
    ActorKind.ADMIN: Home("/admin", _("Administration"), _("Administrator")),
    ActorKind.DOCTOR: Home("/doctor", _("Doctor console"), _("Doctor")),
    ActorKind.DESK: Home("/desk", _("Desk"), _("Desk")),
}


#: What opens each page; one of these rights is enough.
_OPENING: Mapping[ActorKind, frozenset[May]] = {
    ActorKind.DOCTOR: frozenset({May.OPEN_CONSOLE}),
    ActorKind.DESK: frozenset({May.RUN_DESK}),
    ActorKind.ADMIN: WHOLE_CLINIC | {May.RUN_CLINIC},
}


def home_of(who: Actor) -> Home:
    """Where this member of staff works: the page of the kind, or the first that a role of the clinic's own opens."""
    rights = rights_of(who)
    kinds = (who.kind, *_OPENING)
    opened = next((HOMES[kind] for kind in kinds if _OPENING[kind] & rights), Home("/account", _("My account"), ""))
    return replace(opened, role=who.role.name if who.role else HOMES[who.kind].role)


def destination(asked: str, who: Actor) -> str:
    """The page of this site that was asked for; the page where `who` works when none was, or somebody else's site."""
    path = own_path(asked)
    return home_of(who).path if path == "/" else path
