"""The second factor: its code after the password, and on the own account how it is set up and turned off."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass

from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from queue_server import qr_codes
from queue_server.domain.access.actors import CODE, NEW_FACTOR, Actor
from queue_server.domain.access.authorisation import May
from queue_server.domain.errors import BadInput, LoginRequired, NotFound, QueueError, RateLimited
from queue_server.domain.people.second_factor import address_for_app, letters_of
from queue_server.services.people.second_factors import FactorState
from queue_server.web import identity
from queue_server.web.bodies import form
from queue_server.web.errors import STATUS, looked_up, retry_after
from queue_server.web.homes import destination
from queue_server.web.identity import allowed, services
from queue_server.web.own_account import counted_wrong
from queue_server.web.pages import Page, page, say
from queue_server.web.state import Request

PATH = "/account/second-factor"
CODE_PATH = "/login/code"


@dataclass(frozen=True)
class CodePage(Page):
    """The password was right; now the code. `next` is where to go on."""

    template = "shared/code.html"

    name: str
    next: str
    error: str


@dataclass(frozen=True)
class FactorPage(Page):
    """How the own account stands. `letters`: a new secret that waits for its first code; `codes`: shown once."""

    template = "shared/second_factor.html"

    state: FactorState
    is_required: bool
    letters: str
    codes: Sequence[str]
    wrong: Mapping[str, str]


async def code_page(request: Request) -> Response:
    """Ask for the code; whoever needs to give none goes on."""
    who = await _waiting(request)
    after = destination(request.query_params.get("next", ""), who)
    return _code(request, who, after) if who.waits_for == CODE else RedirectResponse(after, 303)


async def give_code(request: Request) -> Response:
    """The login is whole, and the browser is known as its owner's."""
    who = await _waiting(request)
    fields = await form(request, "code", "remember", "next")
    after = destination(fields["next"], who)
    known, login = services(request).people, (await services(request).people.accounts.me(who)).login
    browser = request.cookies.get(identity.STAFF_BROWSER_COOKIE, "")
    is_owners = bool(browser) and await known.accounts.is_known_browser(login, browser)
    try:
        await known.factors.prove(who, fields["code"], browser=browser if is_owners else "")
    except (LoginRequired, RateLimited) as error:
        return _code(request, who, after, error)
    response = RedirectResponse(after, 303)
    if not is_owners:
        browser = await known.accounts.know_browser(login)
        identity.keep_browser(response, request, browser)
    if fields["remember"]:
        await known.factors.remember(browser)
    return response


async def factor_page(request: Request) -> Response:
    """How the own account stands."""
    return await _page(request, await allowed(request, May.KEEP_ACCOUNT))


async def begin(request: Request) -> Response:
    """A new secret for an app; it counts when the app has given a code."""
    who = await allowed(request, May.KEEP_ACCOUNT)
    fields = await form(request, "password")
    try:
        with counted_wrong(request, who):
            await services(request).people.factors.begin(who, fields["password"])
    except BadInput as error:
        return await _page(request, who, 422, wrong=_wrong(request, error, "begin"))
    return RedirectResponse(f"{PATH}#new", 303)


async def qr(request: Request) -> Response:
    """What the app reads, as long as the secret waits for its first code."""
    who = await allowed(request, May.KEEP_ACCOUNT)
    secret = await services(request).people.factors.beginning(who)
    if secret is None:
        raise NotFound("No second factor is being set up.")
    login = (await services(request).people.accounts.me(who)).login
    clinic = (await services(request).clinic.queues.clinic()).name
    picture = qr_codes.svg(address_for_app(secret, login, clinic))
    return Response(picture, media_type="image/svg+xml", headers={"Cache-Control": "no-store"})


async def confirm(request: Request) -> Response:
    """The app's code was right: it is asked for from now on, and the recovery codes are shown once."""
    return await _new_codes(request, "confirm", "code", services(request).people.factors.confirm)


async def renew(request: Request) -> Response:
    """Other recovery codes, shown once."""
    return await _new_codes(request, "renew", "password", services(request).people.factors.renew_recovery)


async def _new_codes(
    request: Request, where: str, proof: str, make: Callable[[Actor, str], Awaitable[Sequence[str]]]
) -> Response:
    """Recovery codes for whoever has given the proof, a code or the password; else what is wrong with it."""
    who = await allowed(request, May.KEEP_ACCOUNT)
    fields = await form(request, proof)
    try:
        with counted_wrong(request, who):
            codes = await make(who, fields[proof])
    except BadInput as error:
        return await _page(request, who, 422, wrong=_wrong(request, error, where))
    return await _page(request, who, codes=codes)


async def turn_off(request: Request) -> Response:
    """The password is enough again."""
    who = await allowed(request, May.KEEP_ACCOUNT)
    fields = await form(request, "password", "code")
    try:
        with counted_wrong(request, who):
            await services(request).people.factors.turn_off(who, fields["password"], fields["code"])
    except (BadInput, RateLimited) as error:
        status = looked_up(STATUS, type(error))
        return await _page(request, who, status, wrong=_wrong(request, error, "off"), headers=retry_after(error))
    return RedirectResponse(PATH, 303)


async def _waiting(request: Request) -> Actor:
    who = await identity.member_of_staff(request)
    if who is None:
        raise LoginRequired("This needs a login.")
    return who


def _code(request: Request, who: Actor, after: str, error: LoginRequired | RateLimited | None = None) -> Response:
    status = looked_up(STATUS, type(error)) if error else 200
    said = ""
    if isinstance(error, RateLimited):
        said = _wait(request, error)
    elif error:
        said = say(request, "This code is wrong, expired or already used.")
    headers = retry_after(error) if error else {}
    return page(request, CodePage(who.name, after, said), status, headers=headers)


def _wait(request: Request, error: QueueError) -> str:
    seconds = error.details["retry_after_s"]
    return say(request, "Too many tries. Please try again in %(count)s seconds.", count=seconds)


def _wrong(request: Request, error: BadInput | RateLimited, where: str) -> dict[str, str]:
    """Form and field → what is wrong with it."""
    if isinstance(error, RateLimited):
        return {f"{where}.code": _wait(request, error)}
    words = {
        "password": say(request, "This is not your password."),
        "code": say(request, "This code is wrong, expired or already used."),
        "factor": say(request, "This has changed meanwhile. Please look again."),
    }
    field = str(error.details["field"])
    return {f"{where}.{field}": words[field]}


async def _page(
    request: Request,
    who: Actor,
    status: int = 200,
    codes: Sequence[str] = (),
    wrong: Mapping[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    factors = services(request).people.factors
    state = await factors.state(who.id)
    secret = None if state.is_set else await factors.beginning(who)
    shown = FactorPage(state, who.waits_for == NEW_FACTOR, letters_of(secret) if secret else "", codes, wrong or {})
    return page(request, shown, status, headers=headers)


routes: list[BaseRoute] = [
    Route(CODE_PATH, code_page),
    Route(CODE_PATH, give_code, methods=["POST"]),
    Route(PATH, factor_page),
    Route(f"{PATH}/begin", begin, methods=["POST"]),
    Route(f"{PATH}/qr.svg", qr),
    Route(f"{PATH}/confirm", confirm, methods=["POST"]),
    Route(f"{PATH}/recovery", renew, methods=["POST"]),
    Route(f"{PATH}/off", turn_off, methods=["POST"]),
]
