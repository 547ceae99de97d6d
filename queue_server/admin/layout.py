"""Pages of the administration in their common frame."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from queue_server.admin.backups import BackupsShown, backups_shown
from queue_server.admin.navigation import Group, entry_at, groups_for
from queue_server.domain.access.actors import Actor
from queue_server.domain.access.authorisation import May, rights_of
from queue_server.domain.devices.troubles import TroubleView
from queue_server.live import topic_names
from queue_server.live.json_views import trouble_view
from queue_server.web.identity import allowed, member_of_staff, services
from queue_server.web.pages import Page, page
from queue_server.web.state import HTTPConnection, Request
from queue_server.web.watching import Watch, watched


@dataclass(frozen=True)
class Frame(Page):
    """Around every page of the administration. `here`: the address of the open entry, `troubles`: what is wrong."""

    template = "admin/layout.html"

    groups: list[Group]
    here: str
    clock_doubted: bool
    troubles: list[TroubleView]


@dataclass(frozen=True)
class AdminHomePage(Page):
    """The clinic today, which comes over the live line, and every page of the administration at a glance."""

    template = "admin/home.html"

    time_zone: str
    backups: BackupsShown


def framed(request: Request, by: Actor, shown: Page, status: int = 200) -> Response:
    """The page in the administration's frame, with the navigation for `by`."""
    groups = groups_for(by, with_abdm=services(request).programs.abdm is not None)
    here = entry_at(request.url.path, groups)
    address = here.path if here else "/admin"
    doubt = services(request).clinic.queues.is_clock_wrong
    troubles = [trouble_view(trouble) for trouble in services(request).alerts.troubles.known]
    return page(request, shown, status, frame=Frame(groups, address, doubt, troubles))


async def home(request: Request) -> Response:
    """The clinic today, how the backups stand, and every page of the administration at a glance.

    Whoever may open some pages of the administration, and not this one, is led to the first of them.
    """
    who = await member_of_staff(request)
    if who is not None and May.SEE_CLINIC not in rights_of(who) and (groups := groups_for(who)):
        return RedirectResponse(groups[0].entries[0].path, 303)
    by = await allowed(request, May.SEE_CLINIC)
    zone = (await services(request).clinic.queues.clinic()).zone
    return framed(request, by, AdminHomePage(str(zone), await backups_shown(request)))


async def live(connection: HTTPConnection) -> Watch:
    """The frames of the clinic today."""
    return Watch(topic_names.DASHBOARD, await allowed(connection, May.SEE_CLINIC))


routes: list[BaseRoute] = [Route("/admin", home), *watched("/admin", live)]
