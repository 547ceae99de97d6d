"""Displays, for programs that may set them up: what each shows, and how. Screens show each change at once."""

from __future__ import annotations

from starlette.responses import Response

from queue_server.api.openapi import Operation
from queue_server.api.request_context import PAGE, at_version, sliced, tagged, version_of
from queue_server.api.set_up_models import DisplayChange, DisplayPlan, Displays, NewDisplay
from queue_server.domain.access.authorisation import May
from queue_server.web.bodies import idempotency_key, parsed
from queue_server.web.identity import allowed, services
from queue_server.web.state import Request


async def list_displays(request: Request) -> Response:
    """List the displays, with what hangs there; the main one first."""
    await allowed(request, May.SET_UP)
    return sliced(request, "displays", await services(request).clinic.displays.all())


async def add_display(request: Request) -> Response:
    """Add a display; what is left out is as for a new one on the page of displays."""
    by = await allowed(request, May.SET_UP)
    sent = await parsed(request, NewDisplay)
    known, key = services(request).clinic.displays, idempotency_key(request)
    return await _display(request, await known.add(sent.model_dump(exclude_none=True), by=by, key=key), 201)


async def get_display(request: Request) -> Response:
    """Read how a display is set up."""
    await allowed(request, May.SET_UP)
    return await _display(request, request.path_params["display"])


async def change_display(request: Request) -> Response:
    """Change how a display is set up; what is left out stays."""
    by = await allowed(request, May.SET_UP)
    sent, known, name = await parsed(request, DisplayChange), services(request).clinic.displays, _name(request)
    seen = await known.one(name)
    with at_version(request, seen):
        await known.save(name, seen | sent.model_dump(exclude_unset=True), seen, by=by)
    return await _display(request, name)


async def remove_display(request: Request) -> Response:
    """Remove a display that no device shows; the main one is always there."""
    by = await allowed(request, May.SET_UP)
    known, name = services(request).clinic.displays, _name(request)
    seen = await known.one(name)
    with at_version(request, seen):
        await known.remove(name, seen, by=by)
    return Response(status_code=204)


def _name(request: Request) -> str:
    return str(request.path_params["display"])


async def _display(request: Request, name: str, status: int = 200) -> Response:
    plan = await services(request).clinic.displays.one(name)
    return tagged(plan, version_of(plan), status)


_MAY, _PATH, _ONE = May.SET_UP, "/api/v1/displays", "/api/v1/displays/{display}"

OPERATIONS = (
    Operation("GET", _PATH, list_displays, {200: Displays}, may=_MAY, query=PAGE, errors=(422,)),
    Operation("POST", _PATH, add_display, {201: DisplayPlan}, NewDisplay, may=_MAY, errors=(409, 413, 422)),
    Operation("GET", _ONE, get_display, {200: DisplayPlan}, may=_MAY, errors=(404,), has_version=True),
    Operation(
        "PATCH",
        _ONE,
        change_display,
        {200: DisplayPlan},
        DisplayChange,
        may=_MAY,
        errors=(404, 413, 422),
        has_version=True,
        match="must",
    ),
    Operation("DELETE", _ONE, remove_display, {204: None}, may=_MAY, errors=(404, 409), match="must"),
)
