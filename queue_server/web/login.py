"""Logging in and out, and enrolling the browser of a device."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from queue_server.domain.access.actors import CODE, UNLOCKING, Actor
from queue_server.domain.devices.devices import DeviceKind
from queue_server.domain.errors import LoginRequired, OtherDevice
from queue_server.services.access.credentials import CODE_CHARACTERS
from queue_server.web import identity
from queue_server.web.bodies import Body, checked, form, own_path, parsed
from queue_server.web.errors import STATUS, looked_up
from queue_server.web.homes import destination, home_of
from queue_server.web.limits import LOGINS, WRONG_PASSWORDS, WRONG_PASSWORDS_FROM_ANYWHERE, address, limits
from queue_server.web.pages import Page, page, say
from queue_server.web.rate_limiter import Try
from queue_server.web.state import Request


@dataclass(frozen=True)
class LoginPage(Page):
    """Staff login. `next` is where to go afterwards, `login` what was typed."""

    template = "shared/login.html"

    next: str
    login: str = ""
    error: str = ""
    #: The name of the login provider, if there is one.
    provider: str = ""
    #: Whether somebody has just logged out whom it had logged in, and where one logs out there too.
    has_left: bool = False
    end: str = ""


@dataclass(frozen=True)
class DevicePage(Page):
    """A screen that is not enrolled yet: a "kiosk" or a "display"."""

    template = "shared/device.html"
    is_for_staff = True

    kind: str
    next: str
    error: str = ""
    #: The letters of codes, for a screen without a keyboard.
    keys: str = CODE_CHARACTERS


class Code(Body):
    """A device's key, or the code that enrols it."""

    code: str
    next: str = "/"

    @property
    def device(self) -> tuple[DeviceKind | None, str]:
        """What the screen at the address `next` is, and its place where it has one."""
        if self.next.startswith("/display/"):
            return DeviceKind.DISPLAY, self.next.removeprefix("/display/")
        return (DeviceKind.KIOSK if self.next == "/kiosk" else None), ""


async def login_page(request: Request) -> Response:
    """Ask for login and password; where nobody has an account yet, the first start comes before."""
    if await identity.services(request).people.first_start.is_due():
        return RedirectResponse("/set-up", 303)
    asked, who = request.query_params.get("next", ""), await identity.member_of_staff(request)
    if who is not None and who.waits_for != UNLOCKING and not asked:
        return RedirectResponse(home_of(who).path, 303)
    provider = request.state["provider"]
    has_left = provider is not None and "left" in request.query_params
    end = await provider.end_address(f"{request.state['settings'].phone_url}/login") if provider and has_left else ""
    return page(request, LoginPage(asked, provider=_provider_name(request), has_left=has_left, end=end))


def login_page_with(request: Request, error: str, status: int, asked: str = "", login: str = "") -> Response:
    """The login page with what went wrong."""
    return page(request, LoginPage(asked, login, error, _provider_name(request)), status)


def _provider_name(request: Request) -> str:
    provider = request.state["provider"]
    return provider.name if provider else ""


async def log_in(request: Request) -> Response:
    """Check login and password; go where the person wanted to go, else to the page of the role."""
    fields = await form(request, "login", "password", "next")
    login = fields["login"].strip().lower()
    try:
        secret = await _checked(request, login, fields["password"])
    except LoginRequired:
        wrong = say(request, "Login or password is wrong.")
        return login_page_with(request, wrong, 401, fields["next"], fields["login"])
    who = await identity.services(request).people.accounts.who(secret)
    response = RedirectResponse(after_login(fields["next"], who), 303)
    identity.keep_session(response, request, secret)
    # Before the code is right, the password may be anybody's.
    if who is not None and who.waits_for != CODE and not await _is_owners(request, login):
        identity.keep_browser(response, request, await identity.services(request).people.accounts.know_browser(login))
    return response


def after_login(asked: str, who: Actor | None) -> str:
    """Where a login leads: to its code, where one is asked for."""
    if who is None:
        return "/login"
    after = destination(asked, who)
    return f"/login/code?next={quote(after, safe='/')}" if who.waits_for == CODE else after


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
    browser = request.cookies.get(identity.STAFF_BROWSER_COOKIE, "")
    with known.trying(lambda error: isinstance(error, LoginRequired), *wrong):
        return await accounts.log_in(
            login, password, user_agent=user_agent, old=old, browser=browser, is_owner=is_owner
        )


async def _is_owners(request: Request, login: str) -> bool:
    """Whether the login's owner has logged in with this browser before."""
    browser = request.cookies.get(identity.STAFF_BROWSER_COOKIE)
    return browser is not None and await identity.services(request).people.accounts.is_known_browser(login, browser)


async def log_out(request: Request) -> Response:
    """End the session and forget what the browser kept of it."""
    secret = request.cookies.get(identity.SESSION_COOKIE)
    was_provided = bool(secret) and await identity.services(request).people.accounts.log_out(secret or "")
    response = RedirectResponse("/login?left" if was_provided else "/login", 303, {"Clear-Site-Data": '"cache"'})
    response.delete_cookie(identity.SESSION_COOKIE, httponly=True, samesite="lax")
    return response


async def enrol_browser(request: Request) -> Response:
    """Exchange a device's key, or an enrolment code, for the cookie that a browser on the device keeps."""
    is_form = "json" not in request.headers.get("content-type", "")
    sent = checked(await form(request, "code", "next"), Code) if is_form else await parsed(request, Code)
    try:
        device, key = await _screen(request, sent)
    except (LoginRequired, OtherDevice) as error:
        if not is_form:
            raise
        return code_page(request, sent.device[0] or DeviceKind.KIOSK, own_path(sent.next), error)
    response = RedirectResponse(own_path(sent.next), 303) if is_form else JSONResponse({})
    identity.keep_device(response, request, device, key)
    return response


def code_page(
    request: Request, kind: DeviceKind, after: str, error: LoginRequired | OtherDevice | None = None
) -> Response:
    """Ask for the code of the screen that is at the address `after`; say what was wrong with the one before."""
    status = looked_up(STATUS, type(error)) if error else 200
    said = ""
    if isinstance(error, OtherDevice):
        words = {
            "kiosk": say(request, "This code is for the kiosk %(name)s.", name=error.details["name"]),
            "display": say(
                request,
                "This code is for the display %(name)s, at the address /display/%(place)s.",
                name=error.details["name"],
                place=error.details["place"],
            ),
            "agent": say(request, "This code is for the printer %(name)s.", name=error.details["name"]),
        }
        still = say(request, "It is still valid there.")
        said = f"{words[str(error.details['kind'])]} {still}"
    elif error:
        said = say(request, "This code is wrong, already used or expired.")
    return page(request, DevicePage(kind, after, said), status)


async def _screen(request: Request, sent: Code) -> tuple[Actor, str]:
    """The device whose key was sent, or that the code makes, with its key. Raises `LoginRequired`, `OtherDevice`."""
    devices, key = identity.services(request).devices.registry, sent.code
    if await devices.who(key) is None:
        key = (await identity.enrolled(request, sent.code, *sent.device))[0]
    device = await devices.who(key)
    if device is None or device.kind not in identity.DEVICE_COOKIES:
        raise LoginRequired("This is not the key of a screen.")
    kind = sent.device[0]
    if kind is not None and device.kind.value != kind.value:
        raise OtherDevice(device.kind, device.name, device.place)
    return device, key


routes: list[BaseRoute] = [
    Route("/login", login_page),
    Route("/login", log_in, methods=["POST"]),
    Route("/logout", log_out, methods=["POST"]),
    Route("/devices/session", enrol_browser, methods=["POST"]),
]
