"""The devices of the clinic: enrolled, listed, revoked."""

from __future__ import annotations

from starlette.responses import JSONResponse, Response

from queue_server.api.models import Enrolled, EnrolmentCode
from queue_server.api.openapi import Operation
from queue_server.api.request_context import PAGE, sliced
from queue_server.api.set_up_models import Devices, NewDevice, OfferedCode
from queue_server.domain.access.authorisation import May
from queue_server.domain.devices.devices import DeviceKind
from queue_server.live.json_views import moment
from queue_server.web import identity
from queue_server.web.bodies import parsed, path_number
from queue_server.web.identity import allowed, services
from queue_server.web.state import Request


async def enrol_device(request: Request) -> Response:
    """Exchange an enrolment code for a device's key.

    The code itself can be used once, so this takes no Idempotency-Key: an answer that holds a key is not kept.
    """
    sent = await parsed(request, EnrolmentCode)
    key, enrolment = await identity.enrolled(request, sent.code, sent.kind)
    body = {"key": key, "name": enrolment.name, "kind": enrolment.kind, "place": enrolment.place}
    return JSONResponse(body, 201, {"Cache-Control": "no-store"})


async def list_devices(request: Request) -> Response:
    """List the devices that may act."""
    await allowed(request, May.SET_UP)
    views = [
        {
            "id": one.id,
            "kind": one.kind,
            "name": one.name,
            "place": one.place,
            "printer": one.printer if one.kind is DeviceKind.AGENT else None,
            "seen_at": moment(one.seen_at),
        }
        for one in await services(request).devices.registry.all()
    ]
    return sliced(request, "devices", views)


async def offer_code(request: Request) -> Response:
    """Make a code that enrols one device. An answer that holds a code is not kept, so this takes no Idempotency-Key."""
    by = await allowed(request, May.SET_UP)
    sent = await parsed(request, NewDevice)
    code = await services(request).devices.registry.offer(sent.kind, sent.name, sent.place, by=by)
    return JSONResponse({"code": code}, 201)


async def revoke_device(request: Request) -> Response:
    """Revoke a device's key, and close its lines."""
    by = await allowed(request, May.SET_UP)
    await services(request).devices.registry.revoke(path_number(request, "device"), by=by)
    return Response(status_code=204)


_MAY = May.SET_UP

OPERATIONS = (
    Operation("GET", "/api/v1/devices", list_devices, {200: Devices}, may=_MAY, query=PAGE, errors=(422,)),
    Operation(
        "POST",
        "/api/v1/devices/codes",
        offer_code,
        {201: OfferedCode},
        NewDevice,
        may=_MAY,
        errors=(413, 422),
        is_idempotent=False,
    ),
    Operation("DELETE", "/api/v1/devices/{device:int}", revoke_device, {204: None}, may=_MAY, errors=(404,)),
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
