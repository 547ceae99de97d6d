"""How the backups stand, for the administration's front page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import tzinfo

from queue_server.domain.clinic.backup_plan import Complaint
from queue_server.paths import PROGRAM
from queue_server.services.clinic.backups import STICK_LABEL, Place, PlaceStatus
from queue_server.web.identity import services
from queue_server.web.pages import moment
from queue_server.web.state import Request


@dataclass(frozen=True)
class BackupsShown:
    """What `templates/admin/backups.html` puts into words. `last`, and the moments of `places`: empty where there is no
    backup, none where there is no disk. `problem`: why one has failed."""

    is_on: bool
    last: str
    places: list[tuple[Place, str | None]]
    complaints: list[Complaint]
    problem: str
    label: str
    command: str


async def backups_shown(request: Request) -> BackupsShown:
    """As the disks say now."""
    status = await services(request).clinic.backups.status()
    zone = (await services(request).clinic.queues.clinic()).zone
    return BackupsShown(
        is_on=status.is_on,
        last=moment(request, status.newest.made_at, zone) if status.newest else "",
        places=[(place.place, _stands(request, place, zone)) for place in status.places],
        complaints=status.complaints,
        problem=next((place.problem for place in status.places if place.problem), ""),
        label=STICK_LABEL,
        command=f"{PROGRAM} keys copy",
    )


def _stands(request: Request, place: PlaceStatus, zone: tzinfo) -> str | None:
    if place.folder is None:
        return None
    return moment(request, place.newest.made_at, zone) if place.newest else ""
