"""Who is asking: a member of staff by session, a device by its cookie or key, a program by its key."""

from __future__ import annotations

from starlette.responses import Response

from queue_server.domain.access.actors import Actor, ActorKind
from queue_server.domain.access.authorisation import WHILE_LOCKED, May, Owned, authorise, rights_of
from queue_server.domain.devices.devices import DeviceKind
from queue_server.domain.errors import LoginRequired
from queue_server.services import Services
from queue_server.services.devices.devices import Devices, Enrolled
from queue_server.web.limits import WRONG_CODES, WRONG_KEYS, address, count_wrong, limits
from queue_server.web.state import HTTPConnection

SESSION_COOKIE = "queue_session"
#: Says that somebody of the staff has logged in with this browser before; it opens nothing.
STAFF_BROWSER_COOKIE = "queue_staff_browser"
#: A browser may be a kiosk and a display at once.
DEVICE_COOKIES = {ActorKind.KIOSK: "queue_kiosk", ActorKind.DISPLAY: "queue_display"}
#: What browsers have kept that were enrolled when there was one cookie for both.
_OLD_DEVICE_COOKIE = "queue_device"

#: As long as browsers keep a cookie at most.
_LONGEST_COOKIE_S = 400 * 24 * 3600


def services(connection: HTTPConnection) -> Services:
    """The use cases."""
    return connection.state["services"]


async def actors(connection: HTTPConnection) -> list[Actor]:
    """Everybody that the request proves to be: a Bearer key alone counts, else a login and devices' cookies."""
    known = services(connection)
    scheme, _, key = connection.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        found = await known.devices.registry.who(key.strip())
        if found is None:
            count_wrong(connection, WRONG_KEYS, "key")
        return [found] if found else []
    person = await member_of_staff(connection)
    return [*([person] if person else []), *await _devices_of_cookies(connection, known.devices.registry)]


def comes_by_itself(connection: HTTPConnection) -> None:
    """A page that keeps itself up to date asks, which is no sign of a person: its login still locks when left alone."""
    connection.state["comes_by_itself"] = True


async def member_of_staff(connection: HTTPConnection) -> Actor | None:
    """Whoever is logged in with this browser."""
    secret = connection.cookies.get(SESSION_COOKIE)
    if not secret:
        return None
    return await services(connection).people.accounts.who(secret, is_use="comes_by_itself" not in connection.state)


async def allowed(connection: HTTPConnection, may: May, thing: Owned | None = None) -> Actor:
    """The asker, who may do this to the thing. Raises what `authorise` raises."""
    proved = await actors(connection)
    # A browser on a device may also be logged in: whoever of them has the right is asking.
    asker = next((one for one in proved if may in rights_of(one)), next(iter(proved), None))
    # For the log: who, as the journal writes it.
    connection.scope["asker"] = str(asker) if asker else "-"
    connection.state["asked"] = may
    person = next((one for one in proved if one.is_staff), None)
    is_a_device_s = asker is not None and not asker.is_staff and may in rights_of(asker)
    if person is not None and may not in WHILE_LOCKED and not is_a_device_s:
        # The page's frame says who it is and brings the lock along; see templates/shared.
        connection.state["staff"] = person
    return authorise(asker, may, thing)


async def enrolled(connection: HTTPConnection, code: str, kind: DeviceKind | None = None, place: str = "") -> Enrolled:
    """The key of the device that the code makes. Raises as `Devices.enrol`, and `RateLimited` for whoever guesses."""
    limits(connection).check(WRONG_CODES, "code", address(connection))
    try:
        return await services(connection).devices.registry.enrol(code, kind, place)
    except LoginRequired:
        count_wrong(connection, WRONG_CODES, "code")
        raise


def keep_session(response: Response, connection: HTTPConnection, secret: str) -> None:
    """The browser proves its login with a cookie that scripts cannot read."""
    is_secure = connection.url.scheme in {"https", "wss"}
    response.set_cookie(SESSION_COOKIE, secret, httponly=True, samesite="lax", secure=is_secure)


def keep_browser(response: Response, connection: HTTPConnection, secret: str) -> None:
    """The browser is known as its owner's, whose wrong passwords are counted apart from strangers'."""
    is_secure = connection.url.scheme in {"https", "wss"}
    age, name = _LONGEST_COOKIE_S, STAFF_BROWSER_COOKIE
    response.set_cookie(name, secret, max_age=age, path="/login", httponly=True, samesite="lax", secure=is_secure)


def keep_device(response: Response, connection: HTTPConnection, device: Actor, key: str) -> None:
    """The browser on the device proves itself with a cookie that scripts cannot read."""
    is_secure = connection.url.scheme in {"https", "wss"}
    age, name = _LONGEST_COOKIE_S, DEVICE_COOKIES[device.kind]
    response.set_cookie(name, key, max_age=age, httponly=True, samesite="lax", secure=is_secure)


async def _devices_of_cookies(connection: HTTPConnection, devices: Devices) -> list[Actor]:
    keys = [key for name in (*DEVICE_COOKIES.values(), _OLD_DEVICE_COOKIE) if (key := connection.cookies.get(name))]
    found = [await devices.who(key) for key in keys]
    return [device for device in found if device is not None and device.kind is not ActorKind.PROGRAM]
