"""Pages of the administration in their common frame."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from queue_server.admin.navigation import entry_at, groups_for
from queue_server.domain.access.actors import Actor
from queue_server.domain.access.authorisation import May
from queue_server.web.identity import allowed, services
from queue_server.web.pages import page
from queue_server.web.state import Request


def framed(request: Request, by: Actor, template: str, status: int = 200, **context: Any) -> Response:
    """The template, which extends `admin/layout.html`, with the navigation for `by`."""
    groups = groups_for(by)
    here = entry_at(request.url.path, groups)
    address = here.path if here else "/admin"
    doubt = services(request).clinic.queues.is_clock_wrong
    return page(request, template, status, who=by.name, groups=groups, here=address, clock_doubted=doubt, **context)


async def home(request: Request) -> Response:
    """Every page of the administration at a glance."""
    return framed(request, await allowed(request, May.RUN_CLINIC), "admin/home.html")


routes: list[BaseRoute] = [Route("/admin", home)]
