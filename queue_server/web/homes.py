"""Where each member of staff works: the page to which a login leads, and to which every other page leads back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from queue_server.domain.access.actors import Actor, ActorKind
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


def destination(asked: str, who: Actor) -> str:
    """The page of this site that was asked for; the page where `who` works when none was, or somebody else's site."""
    path = own_path(asked)
    return HOMES[who.kind].path if path == "/" else path
