"""Pages of the administration in their common frame."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from queue_server.admin.navigation import Group, entry_at, groups_for
from queue_server.domain.access.actors import Actor
from queue_server.domain.access.authorisation import May
from queue_server.web.identity import allowed, services
from queue_server.web.pages import Page, page
from queue_server.web.state import Request


@dataclass(frozen=True)
class Frame(Page):
    """Around every page of the administration. `here` is the address of the entry that is open."""

    template = "admin/layout.html"

    groups: list[Group]
    here: str
    clock_doubted: bool


@dataclass(frozen=True)
class AdminHomePage(Page):
    """Every page of the administration at a glance, as the frame lists them."""

    template = "admin/home.html"


def framed(request: Request, by: Actor, shown: Page, status: int = 200) -> Response:
    """The page in the administration's frame, with the navigation for `by`."""
    groups = groups_for(by)
    here = entry_at(request.url.path, groups)
    address = here.path if here else "/admin"
    doubt = services(request).clinic.queues.is_clock_wrong
    return page(request, shown, status, frame=Frame(groups, address, doubt))


async def home(request: Request) -> Response:
    """Every page of the administration at a glance."""
    return framed(request, await allowed(request, May.RUN_CLINIC), AdminHomePage())


routes: list[BaseRoute] = [Route("/admin", home)]
