"""What gateways report of the messages that they were given. The address holds a secret, and opens nothing else."""

from __future__ import annotations

import secrets
from collections.abc import Mapping

from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from queue_server.domain.errors import BadInput, NotFound
from queue_server.web.bodies import json_body, sent_form
from queue_server.web.identity import services
from queue_server.web.state import Request

#: The names under which gateways send our id, their own, the state and the reason; the first that is there counts.
OURS = ("message", "ref", "reference", "client_ref")
THEIRS = ("MessageSid", "SmsSid", "requestId", "request_id", "message_id", "id")
STATUS = ("MessageStatus", "SmsStatus", "status", "state", "desc")
REASON = ("ErrorCode", "error_code", "reason", "error")


async def report(request: Request) -> Response:
    """Note what became of a message. What is not understood is taken without a word: a gateway would repeat it."""
    alerts = services(request).alerts.preferences
    known = alerts.reports_secret
    given = str(request.path_params["secret"])
    if not known or not secrets.compare_digest(given.encode(), known.encode()):
        raise NotFound("There is nothing at this address.")
    fields = {**await _sent(request), **request.query_params}
    await alerts.report(
        key=_first(fields, OURS),
        provider_id=_first(fields, THEIRS),
        status=_first(fields, STATUS) or "",
        reason=_first(fields, REASON),
    )
    return Response(status_code=204)


async def _sent(request: Request) -> dict[str, str]:
    """The fields of a form, or of a JSON object (the first one of a list); nothing of anything else."""
    if request.method == "GET":
        return {}
    if "json" not in request.headers.get("content-type", ""):
        async with sent_form(request, max_files=0, max_fields=60) as sent:
            return {name: value for name, value in sent.items() if isinstance(value, str)}
    try:
        read = await json_body(request)
    except BadInput:
        return {}
    if isinstance(read, list) and read:
        read = read[0]
    if not isinstance(read, dict):
        return {}
    return {str(name): str(value) for name, value in read.items() if isinstance(value, str | int)}


def _first(fields: Mapping[str, str], names: tuple[str, ...]) -> str | None:
    return next((fields[name][:200] for name in names if fields.get(name)), None)


routes: list[BaseRoute] = [Route("/alerts/reports/{secret}", report, methods=["GET", "POST"])]
