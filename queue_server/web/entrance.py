"""Logging in and out, and enrolling the browser of a device."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from queue_server.domain.errors import LoginRequired
from queue_server.web import identity
from queue_server.web.bodies import Body, form, parsed
from queue_server.web.limits import LOGINS, WRONG_PASSWORDS, WRONG_PASSWORDS_FROM_ANYWHERE, address, limits
from queue_server.web.pages import page, say


class Code(Body):
    """A device's key, or the code that enrols it."""

    code: str
    next: str = "/"


def own_path(path: str) -> str:
    """`path` when it is an address of this site, else `/`: nobody is led elsewhere by a forged link."""
    is_own = path.startswith("/") and not path.startswith(("//", "/\\")) and path.isprintable()
    return path if is_own else "/"


async def login_page(request: Request) -> Response:
    """Ask for login and password."""
    return page(request, "shared/login.html", next=own_path(request.query_params.get("next", "/")))


async def log_in(request: Request) -> Response:
    """Check login and password; go where the person wanted to go, else to the page of the role."""
    fields = await form(request, "login", "password", "next")
    destination = own_path(fields["next"] or "/")
    try:
        secret = await _checked(request, fields["login"], fields["password"])
    except LoginRequired:
        wrong = say(request, "This login and password do not belong together.")
        return page(request, "shared/login.html", 401, error=wrong, login=fields["login"], next=destination)
    response = RedirectResponse(destination, 303)
    identity.keep_session(response, request, secret)
    return response


async def _checked(request: Request, login: str, password: str) -> str:
    """The secret of a new session. Raises `LoginRequired`, or `RateLimited` before anything is compared."""
    known, here, account = limits(request), address(request), login.strip().lower()[:64]
    known.count(LOGINS, "login", here)
    known.check(WRONG_PASSWORDS, "password", account, here)
    known.check(WRONG_PASSWORDS_FROM_ANYWHERE, "password", account)
    try:
        return await identity.services(request).accounts.log_in(login, password)
    except LoginRequired:
        known.count(WRONG_PASSWORDS, "password", account, here)
        known.count(WRONG_PASSWORDS_FROM_ANYWHERE, "password", account)
        raise


async def log_out(request: Request) -> Response:
    """End the session and forget what the browser kept of it."""
    if secret := request.cookies.get(identity.SESSION_COOKIE):
        await identity.services(request).accounts.log_out(secret)
    response = RedirectResponse("/login", 303, {"Clear-Site-Data": '"cache"'})
    response.delete_cookie(identity.SESSION_COOKIE, httponly=True, samesite="lax")
    return response


async def enrol_browser(request: Request) -> Response:
    """Exchange a device's key, or an enrolment code, for the cookie that a browser on the device keeps."""
    is_form = "json" not in request.headers.get("content-type", "")
    sent = Code(**await form(request, "code", "next")) if is_form else await parsed(request, Code)
    devices = identity.services(request).devices
    try:
        key = sent.code if await devices.who(sent.code) else (await identity.enrolled(request, sent.code))[0]
    except LoginRequired:
        if not is_form:
            raise
        kind = "display" if sent.next.startswith("/display") else "kiosk"
        wrong = say(request, "This key or code is wrong, used up or too old.")
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
