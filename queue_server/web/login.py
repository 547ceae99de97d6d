"""Logging in and out, and enrolling the browser of a device."""

from __future__ import annotations

from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from queue_server.domain.errors import LoginRequired
from queue_server.web import identity
from queue_server.web.bodies import Body, form, own_path, parsed
from queue_server.web.limits import LOGINS, WRONG_PASSWORDS, WRONG_PASSWORDS_FROM_ANYWHERE, Try, address, limits
from queue_server.web.pages import page, say
from queue_server.web.state import Request


class Code(Body):
    """A device's key, or the code that enrols it."""

    code: str
    next: str = "/"


async def login_page(request: Request) -> Response:
    """Ask for login and password; where nobody has an account yet, the first start comes before."""
    if await identity.services(request).people.first_start.is_due():
        return RedirectResponse("/set-up", 303)
    return page(request, "shared/login.html", next=own_path(request.query_params.get("next", "/")))


async def log_in(request: Request) -> Response:
    """Check login and password; go where the person wanted to go, else to the page of the role."""
    fields = await form(request, "login", "password", "next")
    destination = own_path(fields["next"] or "/")
    login = fields["login"].strip().lower()
    try:
        secret = await _checked(request, login, fields["password"])
    except LoginRequired:
        wrong = say(request, "Login or password is wrong.")
        return page(request, "shared/login.html", 401, error=wrong, login=fields["login"], next=destination)
    response = RedirectResponse(destination, 303)
    identity.keep_session(response, request, secret)
    if not await _is_owners(request, login):
        identity.keep_browser(response, request, await identity.services(request).people.accounts.know_browser(login))
    return response


async def _checked(request: Request, login: str, password: str) -> str:
    """The secret of a new session. Raises `LoginRequired`, or `RateLimited` before anything is compared."""
    known, here, account = limits(request), address(request), login[:64]
    is_owner = await _is_owners(request, login)
    if is_owner:
        # Whatever strangers try, the owner's own browser has tries of its own.
        wrong: list[Try] = [(WRONG_PASSWORDS, "password", (account, request.cookies[identity.STAFF_BROWSER_COOKIE]))]
    else:
        known.count(LOGINS, "login", here)
        wrong = [
            (WRONG_PASSWORDS, "password", (account, here)),
            (WRONG_PASSWORDS_FROM_ANYWHERE, "password", (account,)),
        ]
    old, user_agent = request.cookies.get(identity.SESSION_COOKIE, ""), request.headers.get("user-agent", "")
    accounts = identity.services(request).people.accounts
    with known.trying(lambda error: isinstance(error, LoginRequired), *wrong):
        return await accounts.log_in(login, password, user_agent=user_agent, old=old, is_owner=is_owner)


async def _is_owners(request: Request, login: str) -> bool:
    """Whether the login's owner has logged in with this browser before."""
    browser = request.cookies.get(identity.STAFF_BROWSER_COOKIE)
    return browser is not None and await identity.services(request).people.accounts.is_known_browser(login, browser)


async def log_out(request: Request) -> Response:
    """End the session and forget what the browser kept of it."""
    if secret := request.cookies.get(identity.SESSION_COOKIE):
        await identity.services(request).people.accounts.log_out(secret)
    response = RedirectResponse("/login", 303, {"Clear-Site-Data": '"cache"'})
    response.delete_cookie(identity.SESSION_COOKIE, httponly=True, samesite="lax")
    return response


async def enrol_browser(request: Request) -> Response:
    """Exchange a device's key, or an enrolment code, for the cookie that a browser on the device keeps."""
    is_form = "json" not in request.headers.get("content-type", "")
    sent = Code(**await form(request, "code", "next")) if is_form else await parsed(request, Code)
    devices = identity.services(request).devices.registry
    try:
        key = sent.code if await devices.who(sent.code) else (await identity.enrolled(request, sent.code))[0]
    except LoginRequired:
        if not is_form:
            raise
        kind = "display" if sent.next.startswith("/display") else "kiosk"
        wrong = say(request, "This key or code is wrong, already used or expired.")
        return page(request, "shared/device.html", 401, error=wrong, kind=kind, next=own_path(sent.next))
    response = RedirectResponse(own_path(sent.next), 303) if is_form else JSONResponse({})
    identity.keep_device(response, request, key)
    return response


routes: list[BaseRoute] = [
    Route("/login", login_page),
    Route("/login", log_in, methods=["POST"]),
    Route("/logout", log_out, methods=["POST"]),
    Route("/devices/session", enrol_browser, methods=["POST"]),
]
