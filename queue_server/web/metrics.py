"""The page of figures that Prometheus reads."""

from __future__ import annotations

import ipaddress

from prometheus_client.exposition import CONTENT_TYPE_LATEST
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from queue_server.domain.access.authorisation import May
from queue_server.web.identity import allowed, services
from queue_server.web.state import HTTPConnection, Request


async def metrics(request: Request) -> Response:
    """The figures, for this machine itself, for a key with the scope metrics:read, and for administrators."""
    if not is_on_this_machine(request):
        await allowed(request, May.READ_METRICS)
    figures = await services(request).analytics.gauges.read()
    text = request.state["metrics"].text(figures, request.state["hub"].watchers())
    return Response(text, headers={"Content-Type": CONTENT_TYPE_LATEST, "Cache-Control": "no-store"})


def is_on_this_machine(connection: HTTPConnection) -> bool:
    """Whether the asker is on this machine itself, and not somebody elsewhere for whom a proxy here asks."""
    if any(name in connection.headers for name in ("forwarded", "x-forwarded-for", "x-real-ip", "via")):
        return False
    try:
        address = ipaddress.ip_address(connection.client.host if connection.client else "")
    except ValueError:
        return False
    return address.is_loopback


routes: list[BaseRoute] = [Route("/metrics", metrics)]
