"""What every member of staff does for himself: password, PIN, own logins, locking and unlocking the screen."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from queue_server.domain.access.actors import NEW_PASSWORD, UNLOCKING, Actor
from queue_server.domain.access.authorisation import May
from queue_server.domain.errors import BadInput, LoginRequired, RateLimited, WeakPassword
from queue_server.domain.people.staff import SHORTEST_PASSWORD, Staff
from queue_server.live.json_views import Json
from queue_server.services.people.accounts import mark_of
from queue_server.web.bodies import Body, form, own_path, parsed
from queue_server.web.errors import STATUS, looked_up, retry_after
from queue_server.web.homes import destination
from queue_server.web.identity import allowed, member_of_staff, services
from queue_server.web.limits import WRONG_PASSWORDS, address, limits
from queue_server.web.pages import Page, moment, page, say
from queue_server.web.state import Request

PATH = "/account"


@dataclass(frozen=True)
class AccountPage(Page):
    """Own account. `minutes`: until the screen locks; `wrong`: field → sentence."""

    template = "shared/account.html"

    me: Staff
    sessions: list[Json]
    minutes: int
    wrong: dict[str, str]


@dataclass(frozen=True)
class PasswordPage(Page):
    """Another password. `is_first`: somebody else knows the present one; `count`: the shortest."""

    template = "shared/password.html"

    next: str
    is_first: bool
    count: int
    wrong: dict[str, str]


@dataclass(frozen=True)
class UnlockPage(Page):
    """The screen is locked. `next` is where to go on."""

    template = "shared/unlock.html"

    name: str
    has_pin: bool
    next: str
    error: str


class UnlockRequest(Body):
    """The PIN or the password."""

    secret: str


async def account(request: Request) -> Response:
    """Own logins, password and PIN."""
    return await _page(request, await allowed(request, May.KEEP_ACCOUNT))


async def password_page(request: Request) -> Response:
    """Ask for the present and for another password."""
    who = await allowed(request, May.KEEP_ACCOUNT)
    return _password(request, who, own_path(request.query_params.get("next", PATH)))


async def change_password(request: Request) -> Response:
    """The account has another password; logins elsewhere are over."""
    who = await allowed(request, May.KEEP_ACCOUNT)
    fields = await form(request, "old", "password", "again", "next")
    after = own_path(fields["next"] or PATH)
    if fields["password"] != fields["again"]:
        wrong = {"again": say(request, "This is not the same password as above.")}
        return _password(request, who, after, 422, wrong)
    try:
        with counted_wrong(request, who):
            await services(request).people.accounts.change_password(who, fields["old"], fields["password"])
    except BadInput as error:
        return _password(request, who, after, 422, password_wrong(request, error))
    return RedirectResponse(after, 303)


async def set_pin(request: Request) -> Response:
    """This PIN unlocks the own screens from now on; an empty one takes it away."""
    who = await allowed(request, May.KEEP_ACCOUNT)
    fields = await form(request, "password", "pin")
    try:
        with counted_wrong(request, who):
            await services(request).people.locking.set_pin(who, fields["password"], fields["pin"])
    except BadInput as error:
        field = str(error.details["field"])
        wrong = {
            "pin": say(request, "A PIN has 4 to 6 digits, not all the same and not in a row such as 1234."),
            "password": say(request, "This is not your password."),
        }
        return await _page(request, who, 422, wrong={field: wrong[field]})
    return RedirectResponse(PATH, 303)


async def end_session(request: Request) -> Response:
    """One of the own logins is over."""
    who = await allowed(request, May.KEEP_ACCOUNT)
    await services(request).people.accounts.end_session(who.id, request.path_params["mark"], by=who)
    return RedirectResponse(PATH, 303)


async def end_sessions(request: Request) -> Response:
    """Every own login is over, this one too."""
    who = await allowed(request, May.KEEP_ACCOUNT)
    await services(request).people.accounts.end_sessions(who.id, by=who)
    return RedirectResponse("/login", 303, {"Clear-Site-Data": '"cache"'})


async def unlock_page(request: Request) -> Response:
    """Ask for the PIN or the password; whoever is not locked out goes on."""
    who = await member_of_staff(request)
    if who is None:
        raise LoginRequired("This needs a login.")
    after = destination(request.query_params.get("next", ""), who)
    if who.waits_for != UNLOCKING:
        return RedirectResponse(after, 303)
    return await _unlock(request, who, after)


async def unlock(request: Request) -> Response:
    """The screen is open again: a page for a form, `{}` for a script whose page stays as it is."""
    who = await member_of_staff(request)
    if who is None:
        raise LoginRequired("This needs a login.")
    is_form = "json" not in request.headers.get("content-type", "")
    fields = (
        await form(request, "secret", "next") if is_form else {"secret": (await parsed(request, UnlockRequest)).secret}
    )
    try:
        with counted_wrong(request, who):
            await services(request).people.locking.unlock(who, fields["secret"])
    except (BadInput, RateLimited) as error:
        if not is_form:
            raise
        return await _unlock(request, who, destination(fields["next"], who), error)
    return RedirectResponse(destination(fields["next"], who), 303) if is_form else JSONResponse({})


async def lock(request: Request) -> Response:
    """The screen shows nothing until it is unlocked."""
    who = await allowed(request, May.KEEP_ACCOUNT)
    await services(request).people.locking.lock(who)
    is_form = "json" not in request.headers.get("content-type", "")
    return RedirectResponse("/unlock", 303) if is_form else JSONResponse({})


async def stay(request: Request) -> Response:
    """Somebody has touched the screen: it stays open."""
    await allowed(request, May.KEEP_ACCOUNT)
    return Response(status_code=204)


@contextmanager
def counted_wrong(request: Request, who: Actor) -> Iterator[None]:
    """Inside, a wrong password or PIN of this person counts. Raises `RateLimited` before anything is compared."""
    with limits(request).trying(_is_wrong_secret, (WRONG_PASSWORDS, "own", (str(who), address(request)))):
        yield


def _is_wrong_secret(error: Exception) -> bool:
    if not isinstance(error, BadInput) or isinstance(error, WeakPassword):
        return False
    return error.details["field"] in {"secret", "old", "password"}


def password_wrong(request: Request, error: BadInput) -> dict[str, str]:
    """Field → what is wrong with it, in the reader's words."""
    if not isinstance(error, WeakPassword):
        field = str(error.details["field"])
        if field == "old":
            return {"old": say(request, "This is not your current password.")}
        return {"password": say(request, "This is your current password. Please choose another one.")}
    rule = str(error.details["rule"])
    words = {
        "short": say(
            request, "This is too short: a password needs at least %(count)s letters.", count=SHORTEST_PASSWORD
        ),
        "long": say(request, "This is too long."),
        "simple": say(request, "This is too simple: the same letters repeated, or a sequence such as 12345678."),
        "common": say(request, "This password is among the first that people guess. Please choose another one."),
        "own": say(request, "Your name or login is easy to guess. Please choose another one."),
    }
    return {"password": words[rule]}


async def session_rows(request: Request, staff_id: int, *, here: str = "") -> list[Json]:
    """The account's logins as a page shows them; `is_here` marks the one that is asking."""
    known = services(request)
    zone = (await known.clinic.queues.clinic()).zone
    return [
        {
            "mark": mark_of(session),
            "browser": session.browser or say(request, "Unknown browser"),
            "seen": moment(request, session.seen_at, zone),
            "since": moment(request, session.created_at, zone),
            "is_here": session.secret_hash == here,
        }
        for session in await known.people.accounts.sessions(staff_id)
    ]


async def _page(request: Request, who: Actor, status: int = 200, wrong: dict[str, str] | None = None) -> Response:
    me = await services(request).people.accounts.me(who)
    sessions = await session_rows(request, who.id, here=who.session)
    minutes = int(services(request).people.accounts.lock_after.total_seconds() // 60)
    return page(request, AccountPage(me, sessions, minutes, wrong or {}), status)


def _password(
    request: Request, who: Actor, after: str, status: int = 200, wrong: dict[str, str] | None = None
) -> Response:
    shown = PasswordPage(after, who.waits_for == NEW_PASSWORD, SHORTEST_PASSWORD, wrong or {})
    return page(request, shown, status)


async def _unlock(request: Request, who: Actor, after: str, error: BadInput | RateLimited | None = None) -> Response:
    status = looked_up(STATUS, type(error)) if error else 200
    said = ""
    if isinstance(error, RateLimited):
        seconds = error.details["retry_after_s"]
        said = say(request, "Too many wrong tries. Use your password, or wait %(count)s seconds.", count=seconds)
    elif error:
        said = say(request, "This PIN or password is wrong.")
    has_pin = (await services(request).people.accounts.me(who)).has_unlock_pin
    headers = retry_after(error) if isinstance(error, RateLimited) else {}
    return page(request, UnlockPage(who.name, has_pin, after, said), status, headers=headers)


routes: list[BaseRoute] = [
    Route(PATH, account),
    Route(f"{PATH}/password", password_page),
    Route(f"{PATH}/password", change_password, methods=["POST"]),
    Route(f"{PATH}/pin", set_pin, methods=["POST"]),
    Route(f"{PATH}/sessions/end", end_sessions, methods=["POST"]),
    Route(f"{PATH}/sessions/{{mark}}/end", end_session, methods=["POST"]),
    Route("/unlock", unlock_page),
    Route("/unlock", unlock, methods=["POST"]),
    Route("/lock", lock, methods=["POST"]),
    Route("/session/stay", stay, methods=["POST"]),
]
