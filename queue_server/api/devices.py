"""Enrolling a device."""

from __future__ import annotations

from starlette.responses import JSONResponse, Response

from queue_server.api.models import Enrolled, EnrolmentCode
from queue_server.api.openapi import Operation
from queue_server.web import identity
from queue_server.web.bodies import parsed
from queue_server.web.state import Request


async def enrol_device(request: Request) -> Response:
    """Exchange an enrolment code for a device's key.

    The code itself can be used once, so this takes no Idempotency-Key: an answer that holds a key is not kept.
    """
    sent = await parsed(request, EnrolmentCode)
    key, enrolment = await identity.enrolled(request, sent.code, sent.kind)
    body = {"key": key, "name": enrolment.name, "kind": enrolment.kind, "place": enrolment.place}
    return JSONResponse(body, 201, {"Cache-Control": "no-store"})


OPERATIONS = (
    Operation(
        "POST",
        "/api/v1/devices/enrol",
        enrol_device,
        {201: Enrolled},
        EnrolmentCode,
        errors=(401, 413, 422, 429),
        is_idempotent=False,
    ),
)
