"""The desk: the queues side by side, live; and on a page of their own what became of the slips and the printers."""

from __future__ import annotations

from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from queue_server.domain.access.authorisation import May
from queue_server.live import topic_names
from queue_server.web.bodies import Body, idempotency_key, parsed, path_number
from queue_server.web.identity import allowed, services
from queue_server.web.pages import page
from queue_server.web.state import HTTPConnection, Request
from queue_server.web.watching import Watch, watched


class Again(Body):
    """Where the further slip is printed."""

    place: str


async def desk(request: Request) -> Response:
    """The queues as they are now; scripts keep them so."""
    who = await allowed(request, May.RUN_DESK)
    known = services(request)
    view = (await known.screens.desk.queues()).data
    zone = (await known.clinic.queues.clinic()).zone
    return page(request, "desk/desk.html", who=who, view=view, data={"time_zone": str(zone)})


async def slips(request: Request) -> Response:
    """Slips and printers; the contents come over the live line."""
    who = await allowed(request, May.RUN_DESK)
    clinic = await services(request).clinic.queues.clinic()
    return page(request, "desk/slips.html", name=who.name, data={"time_zone": str(clinic.zone)})


async def print_again(request: Request) -> Response:
    """Print a further slip of this job's token, marked as a copy."""
    who = await allowed(request, May.RUN_DESK)
    asked = await parsed(request, Again)
    key = idempotency_key(request)
    job = await services(request).devices.printing.again(path_number(request, "job"), asked.place, by=who, key=key)
    return JSONResponse({"print_job": job}, 201)


async def live(connection: HTTPConnection) -> Watch:
    """The frames of slips and printers."""
    return Watch(topic_names.DESK_SLIPS, await allowed(connection, May.RUN_DESK))


async def live_queues(connection: HTTPConnection) -> Watch:
    """The frames of the queues."""
    return Watch(topic_names.DESK_QUEUES, await allowed(connection, May.RUN_DESK))


routes: list[BaseRoute] = [
    Route("/desk", desk),
    Route("/desk/slips", slips),
    Route("/desk/prints/{job:int}/again", print_again, methods=["POST"]),
    *watched("/desk", live),
    *watched("/desk/queues", live_queues),
]
