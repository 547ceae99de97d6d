"""Logging in at the hospital's own login provider, and connecting the own account with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote

from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from queue_server.domain.access.authorisation import May
from queue_server.domain.errors import BadInput, NoAccount, NotFound, ProviderAway, ProviderRefused, QueueError
from queue_server.domain.people.provider_logins import Identity
from queue_server.services.access.credentials import new_key
from queue_server.web import identity
from queue_server.web.bodies import form, own_path
from queue_server.web.errors import STATUS, looked_up
from queue_server.web.identity import allowed, services
from queue_server.web.limits import LOGINS, address, limits
from queue_server.web.login import after_login, login_page_with
from queue_server.web.own_account import counted_wrong
from queue_server.web.pages import Page, page, say
from queue_server.web.state import Request

if TYPE_CHECKING:
    from queue_server.oidc.provider import Provider

PATH = "/login/provider"
BACK = f"{PATH}/back"
OWN = "/account/provider"
#: What one login follows from; it lives as long as a person needs at the provider.
COOKIE = "queue_provider"
_COOKIE_S = 600
_CONNECT = "connect"


@dataclass(frozen=True)
class ProviderPage(Page):
    """The own account at the provider. `way` leads there once the password was right."""

    template = "shared/provider.html"

    name: str
    is_connected: bool
    way: str
    error: str
    wrong: str


async def start(request: Request) -> Response:
    """Lead the browser to the provider."""
    provider = _provider(request)
    limits(request).count(LOGINS, "login", address(request))
    secret = new_key()
    try:
        there = await provider.address(secret)
    except ProviderAway as error:
        return login_page_with(request, _words(request, error), looked_up(STATUS, type(error)))
    response = RedirectResponse(there, 303, {"Cache-Control": "no-store"})
    _keep(response, request, secret, own_path(request.query_params.get("next", "/")))
    return response


async def back(request: Request) -> Response:
    """The provider has sent the browser back: log in, or connect the account that is logged in."""
    provider, (secret, after) = _provider(request), _kept(request)
    try:
        found = await provider.identity(secret, request.query_params)
        response = await (_connect(request, found) if after == _CONNECT else _log_in(request, found, after))
    except (ProviderAway, ProviderRefused, NoAccount) as error:
        status = looked_up(STATUS, type(error))
        if after == _CONNECT:
            response = await _own(request, status, error=_words(request, error))
        else:
            response = login_page_with(request, _words(request, error), status)
    response.delete_cookie(COOKIE, path=PATH, httponly=True, samesite="lax")
    return response


async def own(request: Request) -> Response:
    """Whether the own account is connected."""
    return await _own(request)


async def begin(request: Request) -> Response:
    """The password was right: the way to the provider, which connects what it logs in with the own account."""
    who, provider = await allowed(request, May.KEEP_ACCOUNT), _provider(request)
    fields = await form(request, "password")
    secret = new_key()
    try:
        with counted_wrong(request, who):
            await services(request).people.provider_accounts.check_password(who, fields["password"])
        way = await provider.address(secret)
    except BadInput:
        return await _own(request, 422, wrong=say(request, "This is not your password."))
    except ProviderAway as error:
        return await _own(request, looked_up(STATUS, type(error)), error=_words(request, error))
    # A form may not lead to another site (see the policy in web/security.py), so a link does.
    response = await _own(request, way=way)
    _keep(response, request, secret, _CONNECT)
    return response


async def end(request: Request) -> Response:
    """Only the password opens the own account."""
    who = await allowed(request, May.KEEP_ACCOUNT)
    fields = await form(request, "password")
    try:
        with counted_wrong(request, who):
            await services(request).people.provider_accounts.disconnect(who, fields["password"])
    except BadInput:
        return await _own(request, 422, wrong=say(request, "This is not your password."))
    return RedirectResponse(OWN, 303)


async def _log_in(request: Request, found: Identity, after: str) -> Response:
    known, provider = services(request).people, _provider(request)
    old, user_agent = request.cookies.get(identity.SESSION_COOKIE, ""), request.headers.get("user-agent", "")
    secret = await known.provider_accounts.log_in(found, provider.settings.mapped, user_agent=user_agent, old=old)
    response = RedirectResponse(after_login(after, await known.accounts.who(secret)), 303)
    identity.keep_session(response, request, secret)
    return response


async def _connect(request: Request, found: Identity) -> Response:
    who = await allowed(request, May.KEEP_ACCOUNT)
    try:
        await services(request).people.provider_accounts.connect(who, found)
    except BadInput:
        return await _own(request, 409, error=say(request, "This login belongs to another account here."))
    return RedirectResponse(OWN, 303)


async def _own(request: Request, status: int = 200, way: str = "", error: str = "", wrong: str = "") -> Response:
    who, provider = await allowed(request, May.KEEP_ACCOUNT), _provider(request)
    is_connected = await services(request).people.provider_accounts.is_connected(who.id)
    return page(request, ProviderPage(provider.name, is_connected, way, error, wrong), status)


def _provider(request: Request) -> Provider:
    """Raises `NotFound` where none is set."""
    provider = request.state["provider"]
    if provider is None:
        raise NotFound("No login provider is set up.")
    return provider


def _keep(response: Response, request: Request, secret: str, after: str) -> None:
    value, is_secure = f"{secret}.{quote(after, safe='')}", request.url.scheme == "https"
    response.set_cookie(COOKIE, value, max_age=_COOKIE_S, path=PATH, httponly=True, samesite="lax", secure=is_secure)


def _kept(request: Request) -> tuple[str, str]:
    """The secret of the login that was begun in this browser, and where it leads; empty without one."""
    secret, _, after = request.cookies.get(COOKIE, "").partition(".")
    return secret, unquote(after)


def _words(request: Request, error: QueueError) -> str:
    name = _provider(request).name
    if isinstance(error, ProviderAway):
        return say(request, "%(name)s does not answer. Please log in with login and password.", name=name)
    if isinstance(error, NoAccount):
        return say(
            request, "You are known to %(name)s, but have no account here. Please ask an administrator.", name=name
        )
    return say(request, "Logging in with %(name)s did not work. Please try again.", name=name)


routes: list[BaseRoute] = [
    Route(PATH, start),
    Route(BACK, back),
    Route(OWN, own),
    Route(OWN, begin, methods=["POST"]),
    Route(f"{OWN}/end", end, methods=["POST"]),
]
