"""REST v1: tokens, rooms, queues and the journal for other programs."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from queue_server.api.models import (
    ActionRequest,
    CallNext,
    Enrolled,
    EnrolmentCode,
    Events,
    NewToken,
    QueueView,
    TokenView,
)
from queue_server.api.openapi import Operation, Parameter
from queue_server.domain.errors import BadInput
from queue_server.domain.tokens import Action
from queue_server.services.actors import Actor
from queue_server.services.calling import ANYBODY
from queue_server.services.issuing import IssueRequest
from queue_server.web import identity
from queue_server.web.bodies import idempotency_key, parsed, path_number, whole_number


async def issue_token(request: Request) -> Response:
    """Issue a token."""
    by = await identity.one_of(request, "program", "admin", "desk", "kiosk")
    sent = await parsed(request, NewToken)
    asked = IssueRequest(sent.department, sent.priority, sent.reason, sent.language, sent.place)
    issued = await identity.services(request).issuing.issue(asked, by=by, key=idempotency_key(request))
    return await _token(request, issued.token_id, 201)


async def get_token(request: Request) -> Response:
    """Say where a token stands."""
    await _program(request)
    return await _token(request, path_number(request, "token"))


async def act_on_token(request: Request) -> Response:
    """Do an action to a token: call, recall, start, attend, miss, requeue, hold, resume, transfer, cancel, undo."""
    by = await _program(request)
    token_id, action = path_number(request, "token"), _action(request)
    sent = await parsed(request, ActionRequest)
    calling, key = identity.services(request).calling, idempotency_key(request)
    match action:
        case Action.CALL:
            await calling.call(token_id, _needed(sent.room, "room"), by=by, key=key)
        case Action.RECALL:
            await calling.recall(token_id, by=by, key=key)
        case Action.TRANSFER:
            department = _needed(sent.department, "department")
            await calling.transfer(token_id, department, by=by, returning=sent.returning, room_code=sent.room, key=key)
        case Action.UNDO:
            await calling.undo_token(token_id, by=by)
        case _:
            await calling.act(token_id, action, by=by, room_code=sent.room, key=key)
    return await _token(request, token_id)


async def call_next(request: Request) -> Response:
    """Attend whoever is in the room and call the next patient there; 204 when nobody waits."""
    by = await _program(request)
    sent = await parsed(request, CallNext)
    expected = sent.expected if "expected" in sent.model_fields_set else ANYBODY
    calling = identity.services(request).calling
    entry = await calling.call_next(request.path_params["room"], by=by, expected=expected, key=idempotency_key(request))
    return await _token(request, entry.token_id) if entry else Response(status_code=204)


async def get_queue(request: Request) -> Response:
    """List a department's live tokens in order."""
    await _program(request)
    return JSONResponse(await identity.services(request).status.queue(request.path_params["department"]))


async def get_events(request: Request) -> Response:
    """Read the journal from a cursor on."""
    await _program(request)
    after = whole_number(request.query_params.get("after"), "after", lowest=0, highest=2**53, default=0)
    limit = whole_number(request.query_params.get("limit"), "limit", lowest=1, highest=1000, default=100)
    events = await identity.services(request).reports.events(after, limit)
    return JSONResponse({"events": events, "next": events[-1]["number"] if events else after})


async def enrol_device(request: Request) -> Response:
    """Exchange an enrolment code for a device's key."""
    sent = await parsed(request, EnrolmentCode)
    key, enrolment = await identity.services(request).devices.enrol(sent.code)
    body = {"key": key, "name": enrolment.name, "kind": enrolment.kind, "place": enrolment.place}
    return JSONResponse(body, 201, {"Cache-Control": "no-store"})


async def _program(request: Request) -> Actor:
    return await identity.one_of(request, "program", "admin")


async def _token(request: Request, token_id: int, status: int = 200) -> Response:
    view = await identity.services(request).status.program(token_id)
    link = f"{str(request.base_url).rstrip('/')}/t/{view.pop('key')}"
    return JSONResponse(view | {"status_url": link}, status)


def _action(request: Request) -> Action:
    name = request.path_params["action"]
    if name not in set(Action) - {Action.ISSUE}:
        raise BadInput("action", f"There is no action {name!r}.")
    return Action(name)


def _needed(value: str | None, field: str) -> str:
    if value is None:
        raise BadInput(field, f"This action needs the field {field!r}.")
    return value


_CURSOR = (
    Parameter("after", "the number of the last line that is known", 0, 2**53),
    Parameter("limit", "how many lines at most", 1, 1000),
)

OPERATIONS = (
    Operation(
        "POST",
        "/api/v1/tokens",
        issue_token,
        {201: TokenView},
        NewToken,
        errors=(401, 403, 404, 409, 413, 422),
        is_idempotent=True,
    ),
    Operation("GET", "/api/v1/tokens/{token:int}", get_token, {200: TokenView}, errors=(401, 403, 404)),
    Operation(
        "POST",
        "/api/v1/tokens/{token:int}/{action}",
        act_on_token,
        {200: TokenView},
        ActionRequest,
        errors=(401, 403, 404, 409, 413, 422),
        is_idempotent=True,
    ),
    Operation(
        "POST",
        "/api/v1/rooms/{room}/call-next",
        call_next,
        {200: TokenView, 204: None},
        CallNext,
        errors=(401, 403, 404, 409, 413, 422),
        is_idempotent=True,
    ),
    Operation("GET", "/api/v1/departments/{department}/queue", get_queue, {200: QueueView}, errors=(401, 403, 404)),
    Operation("GET", "/api/v1/events", get_events, {200: Events}, query=_CURSOR, errors=(401, 403, 422)),
    Operation(
        "POST",
        "/api/v1/devices/enrol",
        enrol_device,
        {201: Enrolled},
        EnrolmentCode,
        errors=(401, 413, 422),
        is_open=True,
    ),
)
