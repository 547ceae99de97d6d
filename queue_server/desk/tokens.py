"""What the desk does to tokens: add one, find one, show its history, change it, end the day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from queue_server.domain.access.actors import Actor
from queue_server.domain.access.authorisation import May, check_department, is_for, rights_of
from queue_server.domain.clinic.clinic import Department
from queue_server.domain.errors import BadInput, ChangedMeanwhile, Conflict, QueueError, UnknownPatient, WhichPatient
from queue_server.domain.queue.tokens import Action, Priority
from queue_server.live.list_types import FoundView, TokenHistory
from queue_server.services.queue.issuing import IssueRequest
from queue_server.web.bodies import form, idempotency_key, path_number
from queue_server.web.errors import STATUS, looked_up, wants_json
from queue_server.web.identity import allowed, services
from queue_server.web.limits import trying_digits_at_desk
from queue_server.web.pages import Page, language_of, moment, page, say
from queue_server.web.state import Request

NEW_FIELDS = ("department", "priority", "reason", "q", "patient", "place")


@dataclass(frozen=True)
class NewTokenPage(Page):
    """A token by hand. `people` are the patients among whom to choose."""

    template = "desk/new_token.html"

    typed: dict[str, str]
    departments: object
    people: Sequence[Mapping[str, object]] = ()
    error: str = ""


@dataclass(frozen=True)
class FoundPart(Page):
    """What a search has found: tokens and patients."""

    template = "desk/found.html"

    text: str
    found: FoundView


@dataclass(frozen=True)
class FindPage(FoundPart):
    """A search and what it has found, as a page of its own."""

    template = "desk/find.html"


@dataclass(frozen=True)
class TokenPart(Page):
    """A token: where it stands, what can be done, its history."""

    template = "desk/token_panel.html"

    token: TokenHistory
    may_delete: bool
    error: str = ""


@dataclass(frozen=True)
class TokenPage(TokenPart):
    """A token as a page of its own."""

    template = "desk/token.html"


@dataclass(frozen=True)
class EndOfDayPage(Page):
    """How many are left in the `department` (all without one), and how many have just been expired, if any."""

    template = "desk/end_of_day.html"

    department: str
    count: int
    departments: list[Department]
    done: int | None = None
    error: str = ""


async def new(request: Request) -> Response:
    """The form for a token by hand."""
    return await _new(request, await allowed(request, May.RUN_DESK), {"priority": "normal"})


async def add(request: Request) -> Response:
    """The token is there; scripts get its id and number, a form leads to its page."""
    by = await allowed(request, May.RUN_DESK)
    typed = await form(request, *NEW_FIELDS)
    if typed["department"]:
        check_department(by, typed["department"])
    known = services(request)
    try:
        asked = IssueRequest(
            department=typed["department"],
            priority=_priority(typed["priority"]),
            reason=typed["reason"],
            language=language_of(request),
            place=typed["place"] or None,
            patient_id=await known.screens.desk.patient(typed["q"], typed["patient"], by=by),
        )
        issued = await known.queue.issuing.issue(asked, by=by, key=idempotency_key(request))
    except (BadInput, Conflict, UnknownPatient) as error:
        if wants_json(request):
            raise
        return await _new(request, by, typed, error)
    if wants_json(request):
        return JSONResponse({"id": issued.token_id, "number": issued.number}, 201)
    return RedirectResponse(f"/desk/tokens/{issued.token_id}", 303)


async def find(request: Request) -> Response:
    """Tokens by number, patients by name or phone; `part` leaves out the page round the list."""
    by = await allowed(request, May.RUN_DESK)
    text = request.query_params.get("q", "")
    found = await services(request).screens.desk.find(text, by=by)
    shown = FoundPart if "part" in request.query_params else FindPage
    return page(request, shown(text, found))


async def token(request: Request) -> Response:
    """The token's whole history; `part` leaves out the page round it."""
    return await _token(request, await _at_token(request))


async def change(request: Request) -> Response:
    """What the buttons and small forms of a token's page do."""
    by = await _at_token(request)
    token_id, what = path_number(request, "token"), request.path_params["action"]
    typed = await form(request, "reason", "priority", "department", "place", "language", "digits")
    try:
        await _change(request, token_id, what, typed, by)
    except (BadInput, Conflict) as error:
        if wants_json(request):
            raise
        return await _token(request, by, error)
    return JSONResponse({}) if wants_json(request) else RedirectResponse(f"/desk/tokens/{token_id}", 303)


async def end_of_day(request: Request) -> Response:
    """How many still stand in the queues, and the question whether they are to be expired."""
    by = await allowed(request, May.RUN_DESK)
    return await _end_of_day(request, by, request.query_params.get("department", ""))


async def end_day(request: Request) -> Response:
    """They are expired, unless there are more than were agreed to."""
    by = await allowed(request, May.RUN_DESK)
    typed = await form(request, "department", "count")
    check_department(by, typed["department"])
    count = int(typed["count"][:6]) if typed["count"].isascii() and typed["count"].isdecimal() else 0
    try:
        done = await services(request).screens.desk.end_day(typed["department"] or None, count, by=by)
    except ChangedMeanwhile:
        error = say(request, "More tokens have come meanwhile. Please look again.")
        return await _end_of_day(request, by, typed["department"], 409, error=error)
    return await _end_of_day(request, by, typed["department"], done=done)


async def _at_token(request: Request) -> Actor:
    """Who asks, and may do what the desk does to the token of the address. Raises `UnknownToken`, `NotAllowed`."""
    by = await allowed(request, May.RUN_DESK)
    check_department(by, await services(request).screens.desk.department_of(path_number(request, "token")))
    return by


async def _change(request: Request, token_id: int, what: str, typed: Mapping[str, str], by: Actor) -> None:
    known = services(request)
    if what == "priority":
        await known.screens.desk.change_priority(token_id, _priority(typed["priority"]), typed["reason"], by=by)
    elif what == "transfer":
        await known.queue.calling.transfer(token_id, typed["department"], by=by)
    elif what == "print":
        await known.screens.desk.print_slip(token_id, typed["place"], by=by)
    elif what == "medicines":
        with trying_digits_at_desk(request, by):
            await known.records.slip_papers.print_at_desk(token_id, typed["digits"], typed["place"], by=by)
    elif what == "edit":
        await known.screens.desk.edit(token_id, typed["language"], by=by)
    elif what == "delete":
        await allowed(request, May.DELETE_TOKENS)
        await known.screens.desk.delete(token_id, typed["reason"], by=by)
    elif what in set(Action):
        await known.queue.calling.act(token_id, Action(what), by=by)
    else:
        raise BadInput("action", f"There is no action {what[:20]!r}.")


async def _new(request: Request, by: Actor, typed: Mapping[str, Any], error: QueueError | None = None) -> Response:
    known = services(request)
    status = looked_up(STATUS, type(error)) if error else 200
    shown = NewTokenPage(
        typed={name: typed.get(name, "") for name in NEW_FIELDS},
        departments=(await known.screens.desk.queues(by.departments)).data["departments"],
        people=error.patients if isinstance(error, WhichPatient) else (),
        error=_words(request, error) if error else "",
    )
    return page(request, shown, status)


async def _token(request: Request, by: Actor, error: QueueError | None = None) -> Response:
    known = services(request)
    history = await known.screens.desk.history(path_number(request, "token"), by=by)
    zone = (await known.clinic.queues.clinic()).zone
    for line in [*history["events"], *history["slips"]]:
        line["time"] = moment(request, line["at"], zone)
    shown = TokenPart if "part" in request.query_params else TokenPage
    may_delete = May.DELETE_TOKENS in rights_of(by) and not history["is_deleted"]
    status = looked_up(STATUS, type(error)) if error else 200
    words = _words(request, error) if error else ""
    return page(request, shown(history, may_delete, words), status)


async def _end_of_day(
    request: Request, by: Actor, department: str, status: int = 200, *, done: int | None = None, error: str = ""
) -> Response:
    known = services(request)
    departments = [one for one in await known.clinic.queues.departments() if is_for(by, one.code)]
    if by.departments and not department:
        # A role for some departments ends the day of one of them at a time.
        department = departments[0].code if departments else ""
    check_department(by, department)
    left = len(await known.screens.desk.left(department or None))
    return page(request, EndOfDayPage(department, left, departments, done, error), status)


def _priority(word: str) -> Priority:
    if word not in set(Priority):
        raise BadInput("priority", f"There is no priority {word[:20]!r}.")
    return Priority(word)


def _words(request: Request, error: QueueError) -> str:
    """Why it did not work, in the reader's language."""
    if isinstance(error, WhichPatient):
        return say(request, "Several patients match. Please choose one.")
    if isinstance(error, UnknownPatient):
        return say(request, "No patient matches. Leave it empty, or register the patient first.")
    if isinstance(error, BadInput) and error.details.get("field") == "reason":
        return say(request, "Please give a reason.")
    words = {
        "wrong_digits": say(request, "These are not the digits of this slip."),
        "department_closed": say(request, "This department is closed."),
        "illegal_transition": say(request, "This is not possible any more; the token has changed."),
        "changed_meanwhile": say(request, "This is not possible any more; the token has changed."),
    }
    return words.get(error.code, say(request, "That did not work"))


routes: list[BaseRoute] = [
    Route("/desk/new", new),
    Route("/desk/new", add, methods=["POST"]),
    Route("/desk/find", find),
    Route("/desk/tokens/{token:int}", token),
    Route("/desk/tokens/{token:int}/{action}", change, methods=["POST"]),
    Route("/desk/end-of-day", end_of_day),
    Route("/desk/end-of-day", end_day, methods=["POST"]),
]
