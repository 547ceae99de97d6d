"""Who is asking: a member of staff by session, a device by its cookie or key, a program by its key."""

from __future__ import annotations

from starlette.responses import Response

from queue_server.domain.access.actors import Actor, ActorKind
from queue_server.domain.access.authorisation import WHILE_LOCKED, May, Owned, authorise, rights_of
from queue_server.domain.errors import LoginRequired
from queue_server.services import Services
from queue_server.services.devices.devices import Devices, Enrolled
from queue_server.web.limits import WRONG_CODES, WRONG_KEYS, address, count_wrong, limits
from queue_server.web.state import HTTPConnection

SESSION_COOKIE = "queue_session"
#: Says that somebody of the staff has logged in with this browser before; it opens nothing.
STAFF_BROWSER_COOKIE = "queue_staff_browser"
DEVICE_COOKIE = "queue_device"

#: As long as browsers keep a cookie at most.
_LONGEST_COOKIE_S = 400 * 24 * 3600


def services(connection: HTTPConnection) -> Services:
    """The use cases."""
    return connection.state["services"]


async def actor(connection: HTTPConnection) -> Actor | None:
    """Whoever proves who they are: by a Bearer key, else by a login, else by the device's cookie."""
    known = services(connection)
    scheme, _, key = connection.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        found = await known.devices.registry.who(key.strip())
        if found is None:
            count_wrong(connection, WRONG_KEYS, "key")
        return found
    person = await member_of_staff(connection)
    if person is not None:
        return person
    return await _device_of_cookie(connection, known.devices.registry)


def comes_by_itself(connection: HTTPConnection) -> None:
    """A page that keeps itself up to date asks, which is no sign of a person: its login still locks when left alone."""
    connection.scope["comes_by_itself"] = True


async def member_of_staff(connection: HTTPConnection) -> Actor | None:
    """Whoever is logged in with this browser."""
    secret = connection.cookies.get(SESSION_COOKIE)
    if not secret:
        return None
    return await services(connection).people.accounts.who(secret, is_use="comes_by_itself" not in connection.scope)


async def allowed(connection: HTTPConnection, may: May, thing: Owned | None = None) -> Actor:
    """The asker, who may do this to the thing. Raises what `authorise` raises."""
    asker = await actor(connection)
    if asker is not None and asker.is_staff and may not in rights_of(asker.kind):
        # A browser on a device may also be logged in; the device's own right still counts.
        asker = await _device_of_cookie(connection, services(connection).devices.registry) or asker
    # For the log: who, as the journal writes it.
    connection.scope["asker"] = str(asker) if asker else "-"
    found = authorise(asker, may, thing)
    if found.is_staff and may not in WHILE_LOCKED:
        # The page's frame brings the lock along; see templates/shared/lock.html.
        connection.state["staff"] = found
    return found


async def enrolled(connection: HTTPConnection, code: str) -> Enrolled:
    """The key of the device that the code makes. Raises `LoginRequired`, and `RateLimited` for whoever guesses."""
    limits(connection).check(WRONG_CODES, "code", address(connection))
    try:
        return await services(connection).devices.registry.enrol(code)
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


def keep_device(response: Response, connection: HTTPConnection, key: str) -> None:
    """The browser on the device proves itself with a cookie that scripts cannot read."""
    is_secure = connection.url.scheme in {"https", "wss"}
    response.set_cookie(DEVICE_COOKIE, key, max_age=_LONGEST_COOKIE_S, httponly=True, samesite="lax", secure=is_secure)


async def _device_of_cookie(connection: HTTPConnection, devices: Devices) -> Actor | None:
    key = connection.cookies.get(DEVICE_COOKIE)
    found = await devices.who(key) if key else None
    return found if found is not None and found.kind is not ActorKind.PROGRAM else None
