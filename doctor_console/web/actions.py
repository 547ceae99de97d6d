"""What the console's buttons ask for. Each answers `{}`; the new state comes over the live line."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from doctor_console.web.bodies import Chosen, DutyChange, Next, Nothing, Onward, Scanned, moment_of
from doctor_console.web.room_access import at_room, check_room, with_token
from queue_server.domain.access.authorisation import May
from queue_server.domain.queue.tokens import Action
from queue_server.web.bodies import idempotency_key, parsed
from queue_server.web.identity import allowed, services
from queue_server.web.limits import reading_slip
from queue_server.web.state import Request

#: Actions that the address may name.
ACTIONS = frozenset(
    {
        *(Action.ARRIVE, Action.START, Action.ATTEND, Action.MISS, Action.REQUEUE, Action.HOLD, Action.RESUME),
        Action.CANCEL,
    }
)


async def call_next(request: Request) -> Response:
    """Finish whoever is in the room and call the next."""
    doctor, room = await at_room(request)
    asked = await parsed(request, Next)
    await services(request).queue.calling.call_next(
        room.code, by=doctor, expected=asked.expected, was_seen=asked.was_seen, key=idempotency_key(request)
    )
    return JSONResponse({})


async def call(request: Request) -> Response:
    """Finish whoever is in the room and call the chosen patient."""
    doctor, room = await at_room(request)
    asked = await parsed(request, Chosen)
    await services(request).queue.calling.call(
        asked.token,
        room.code,
        by=doctor,
        expected=asked.expected,
        was_seen=asked.was_seen,
        key=idempotency_key(request),
    )
    return JSONResponse({})


async def recall(request: Request) -> Response:
    """Announce the patient who was called once more."""
    doctor, _, token_id = await with_token(request)
    await parsed(request, Nothing)
    await services(request).queue.calling.recall(token_id, by=doctor, key=idempotency_key(request))
    return JSONResponse({})


async def act(request: Request) -> Response:
    """Do what the address says: arrive, start, attend, miss, requeue, hold, resume or cancel."""
    doctor, room, token_id = await with_token(request)
    await parsed(request, Nothing)
    if request.path_params["action"] not in ACTIONS:
        raise HTTPException(404)
    action = Action(request.path_params["action"])
    key = idempotency_key(request)
    await services(request).queue.calling.act(token_id, action, by=doctor, room_code=room.code, key=key)
    return JSONResponse({})


async def transfer(request: Request) -> Response:
    """Send the patient on to another department, and back here afterwards if so wished."""
    doctor, room, token_id = await with_token(request)
    asked = await parsed(request, Onward)
    await services(request).queue.calling.transfer(
        token_id,
        asked.department,
        by=doctor,
        returning=asked.returning,
        room_code=room.code,
        key=idempotency_key(request),
    )
    return JSONResponse({})


async def scan(request: Request) -> Response:
    """Whose slip this is; nothing is done to its token."""
    doctor = await allowed(request, May.OPEN_CONSOLE)
    await check_room(request, doctor, request.path_params["room"])
    scanned = await parsed(request, Scanned)
    with reading_slip(request, scanned.key):
        found = await services(request).screens.scanned_slips.found(scanned.key)
    return JSONResponse(found)


async def undo(request: Request) -> Response:
    """Take the room's last action back."""
    doctor, room = await at_room(request)
    await parsed(request, Nothing)
    await services(request).queue.calling.undo(room.code, by=doctor)
    return JSONResponse({})


async def change_duty(request: Request) -> Response:
    """Take the room, go on a break, come back, or go off duty."""
    doctor = await allowed(request, May.WORK_IN_ROOM)
    asked = await parsed(request, DutyChange)
    known = services(request)
    back_at = moment_of(asked.back_at, known.clinic.queues.now(), (await known.clinic.queues.clinic()).zone)
    room = request.path_params["room"]
    await check_room(request, doctor, room)
    await known.queue.duties.change(room, asked.state, doctor=doctor, reason=asked.reason, back_at=back_at)
    return JSONResponse({})
