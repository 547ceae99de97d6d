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
    """Whether a program on this machine asks for itself, and no proxy here for somebody elsewhere.

    Not every proxy says that it is one. Where people reach the server at another port or over another scheme than its
    own there is one; nginx before 1.29.7 is known by its HTTP/1.0; and no program here calls the machine by a name.
    """
    if any(_tells_of_a_proxy(name) for name in connection.headers) or connection.scope.get("http_version") == "1.0":
        return False
    if connection.state["settings"].is_behind_proxy or not connection.client:
        return False
    return _is_loopback(connection.client.host) and _is_loopback(connection.url.hostname or "")


def _tells_of_a_proxy(header: str) -> bool:
    return header.startswith("x-forwarded-") or header in {"forwarded", "x-real-ip", "via"}


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


routes: list[BaseRoute] = [Route("/metrics", metrics)]
