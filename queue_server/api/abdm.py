"""Where ABDM's gateway hands over what a patient shares at a counter's code. Without its settings nothing is here."""

from __future__ import annotations

import logging

from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from queue_server.abdm.states import NotProven
from queue_server.domain.errors import BadInput, LoginRequired, NotFound
from queue_server.domain.programs.abdm import read_share, sent_at, shape
from queue_server.web.bodies import json_body
from queue_server.web.identity import services
from queue_server.web.state import Request

logger = logging.getLogger(__name__)

#: The gateway adds this to the address that was registered for the clinic.
PATH = "/api/v3/hip/patient/share"


async def share(request: Request) -> Response:
    """Take the share, and answer before anything is done: the gateway only wants to know that it has arrived."""
    known = services(request).programs.abdm
    if known is None:
        raise NotFound("There is nothing at this address.")
    try:
        await known.gateway.prove(request.headers.get("authorization", ""))
    except NotProven as error:
        logger.warning("Refused a callback that is not ABDM's: %s.", error)
        raise LoginRequired("Only ABDM's gateway may share profiles here.") from error
    queues = services(request).clinic.queues
    this_year = queues.now().astimezone((await queues.clinic()).zone).year
    try:
        body = await json_body(request)
    except BadInput:
        body = None
    taken = read_share(request.headers.get("request-id", ""), body, this_year)
    if taken.profile is None:
        logger.warning("A share of another shape: %s.", shape(body))
    known.take(taken, sent_at(request.headers.get("timestamp", "")))
    return Response(status_code=200)


routes: list[BaseRoute] = [Route(PATH, share, methods=["POST"])]
