"""Tokens: issue, look up, and act on them."""

from __future__ import annotations

from starlette.responses import Response

from queue_server.api.models import ActionRequest, CallNext, NewToken, TokenRecords, TokenView
from queue_server.api.openapi import Operation, Parameter
from queue_server.api.request_context import PAGE, cursor, day_of, paged, tagged, wanted_version
from queue_server.domain.access.authorisation import May
from queue_server.domain.errors import BadInput
from queue_server.domain.queue.tokens import Action
from queue_server.services.queue.calling import ANYBODY
from queue_server.services.queue.issuing import IssueRequest
from queue_server.web.bodies import idempotency_key, parsed, path_number
from queue_server.web.identity import allowed, services
from queue_server.web.limits import count_issue
from queue_server.web.state import Request


async def issue_token(request: Request) -> Response:
    """Issue a token."""
    by = await allowed(request, May.ISSUE)
    count_issue(request, by)
    sent = await parsed(request, NewToken)
    asked = IssueRequest(sent.department, sent.priority, sent.reason, sent.language, sent.place, is_here=sent.is_here)
    issued = await services(request).queue.issuing.issue(asked, by=by, key=idempotency_key(request))
    return await _token(request, issued.token_id, 201)


async def list_tokens(request: Request) -> Response:
    """List the tokens of a service day in the order of their issue; today's, if no day is named."""
    await allowed(request, May.READ_QUEUES)
    department = request.query_params.get("department")
    if department == "":
        raise BadInput("department", "department is empty; leave it out for all departments.")
    return paged("tokens", await services(request).screens.lists.tokens(day_of(request), department, *cursor(request)))


async def get_token(request: Request) -> Response:
    """Say where a token stands."""
    await allowed(request, May.READ_QUEUES)
    return await _token(request, path_number(request, "token"))


async def act_on_token(request: Request) -> Response:
    """Do an action to a token: arrive, call, recall, start, attend, miss, requeue, hold, resume, transfer, cancel, …

    With If-Match the action is done only if the token is still at that version; without, to whatever it is now.
    """
    by = await allowed(request, May.RUN_QUEUE)
    token_id, action = path_number(request, "token"), _action(request)
    sent = await parsed(request, ActionRequest)
    calling, key, match = services(request).queue.calling, idempotency_key(request), wanted_version(request)
    match action:
        case Action.CALL:
            room = _needed(sent.room, "room")
            await calling.call(token_id, room, by=by, was_seen=sent.was_seen, key=key, match=match)
        case Action.RECALL:
            await calling.recall(token_id, by=by, key=key, match=match)
        case Action.TRANSFER:
            target = _needed(sent.department, "department")
            await calling.transfer(
                token_id, target, by=by, returning=sent.returning, room_code=sent.room, key=key, match=match
            )
        case Action.UNDO:
            await calling.undo_token(token_id, by=by, key=key, match=match)
        case _:
            is_afterwards = sent.afterwards
            await calling.act(
                token_id, action, by=by, room_code=sent.room, is_afterwards=is_afterwards, key=key, match=match
            )
    return await _token(request, token_id)


async def call_next(request: Request) -> Response:
    """Finish whoever is in the room and call the next patient there; 204 when nobody waits.

    Whoever was called there and not begun with is missed, unless `was_seen` says otherwise.
    """
    by = await allowed(request, May.RUN_QUEUE)
    sent = await parsed(request, CallNext)
    expected = sent.expected if "expected" in sent.model_fields_set else ANYBODY
    calling, room = services(request).queue.calling, request.path_params["room"]
    key = idempotency_key(request)
    entry = await calling.call_next(room, by=by, expected=expected, was_seen=sent.was_seen, key=key)
    return await _token(request, entry.token_id) if entry else Response(status_code=204)


async def _token(request: Request, token_id: int, status: int = 200) -> Response:
    view, version = await services(request).screens.token_pages.program_at(token_id)
    shown = {name: value for name, value in view.items() if name != "key"}
    link = f"{request.state['settings'].phone_url}/t/{view['key']}"
    return tagged(shown | {"status_url": link}, version, status)


def _action(request: Request) -> Action:
    name = request.path_params["action"]
    if name not in set(Action) - {Action.ISSUE}:
        raise BadInput("action", f"There is no action {name!r}.")
    return Action(name)


def _needed(value: str | None, field: str) -> str:
    if value is None:
        raise BadInput(field, f"This action needs the field {field!r}.")
    return value


_OF_A_DAY = (
    Parameter("day", "a service day, such as 2026-11-22", kind="date"),
    Parameter("department", "the code of the department where the tokens are", kind="string"),
)

OPERATIONS = (
    Operation(
        "GET",
        "/api/v1/tokens",
        list_tokens,
        {200: TokenRecords},
        may=May.READ_QUEUES,
        query=(*_OF_A_DAY, *PAGE),
        errors=(404, 422),
    ),
    Operation(
        "POST",
        "/api/v1/tokens",
        issue_token,
        {201: TokenView},
        NewToken,
        may=May.ISSUE,
        errors=(404, 409, 413, 422, 429),
        has_version=True,
    ),
    Operation(
        "GET",
        "/api/v1/tokens/{token:int}",
        get_token,
        {200: TokenView},
        may=May.READ_QUEUES,
        errors=(404,),
        has_version=True,
    ),
    Operation(
        "POST",
        "/api/v1/tokens/{token:int}/{action}",
        act_on_token,
        {200: TokenView},
        ActionRequest,
        may=May.RUN_QUEUE,
        errors=(404, 409, 413, 422),
        has_version=True,
        match="may",
    ),
    Operation(
        "POST",
        "/api/v1/rooms/{room}/call-next",
        call_next,
        {200: TokenView, 204: None},
        CallNext,
        may=May.RUN_QUEUE,
        errors=(404, 409, 413, 422),
        has_version=True,
    ),
)
