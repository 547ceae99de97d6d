"""Who is asking: a member of staff by session, a device by its cookie or key, a program by its key."""

from __future__ import annotations

from typing import cast

from starlette.requests import HTTPConnection
from starlette.responses import Response

from queue_server.domain.errors import LoginRequired
from queue_server.services import Services
from queue_server.services.actors import Actor
from queue_server.services.authorising import May, Owned, authorise, rights_of
from queue_server.services.devices import Devices, Enrolled
from queue_server.web.limits import WRONG_CODES, WRONG_KEYS, address, count_wrong, limits

SESSION_COOKIE = "queue_session"
DEVICE_COOKIE = "queue_device"

#: A device keeps its cookie for as long as browsers allow.
_DEVICE_COOKIE_S = 400 * 24 * 3600


def services(connection: HTTPConnection) -> Services:
    """The use cases."""
    return cast(Services, connection.state.services)


async def actor(connection: HTTPConnection) -> Actor | None:
    """Whoever proves who they are: by a Bearer key, else by a login, else by the device's cookie."""
    known = services(connection)
    scheme, _, key = connection.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        found = await known.devices.who(key.strip())
        if found is None:
            count_wrong(connection, WRONG_KEYS, "key")
        return found
    if secret := connection.cookies.get(SESSION_COOKIE):
        person = await known.accounts.who(secret)
        if person is not None:
            return person
    return await _device_of_cookie(connection, known.devices)


async def allowed(connection: HTTPConnection, may: May, thing: Owned | None = None) -> Actor:
    """The asker, who may do this to the thing. Raises what `authorise` raises."""
    asker = await actor(connection)
    if asker is not None and asker.is_staff and may not in rights_of(asker.kind):
        # A browser on a device may also be logged in; the device's own right still counts.
        asker = await _device_of_cookie(connection, services(connection).devices) or asker
    return authorise(asker, may, thing)


async def enrolled(connection: HTTPConnection, code: str) -> Enrolled:
    """The key of the device that the code makes. Raises `LoginRequired`, and `RateLimited` for whoever guesses."""
    limits(connection).check(WRONG_CODES, "code", address(connection))
    try:
        return await services(connection).devices.enrol(code)
    except LoginRequired:
        count_wrong(connection, WRONG_CODES, "code")
        raise


def keep_session(response: Response, connection: HTTPConnection, secret: str) -> None:
    """The browser proves its login with a cookie that scripts cannot read."""
    is_secure = connection.url.scheme in {"https", "wss"}
    response.set_cookie(SESSION_COOKIE, secret, httponly=True, samesite="lax", secure=is_secure)


def keep_device(response: Response, connection: HTTPConnection, key: str) -> None:
    """The browser on the device proves itself with a cookie that scripts cannot read."""
    is_secure = connection.url.scheme in {"https", "wss"}
    response.set_cookie(DEVICE_COOKIE, key, max_age=_DEVICE_COOKIE_S, httponly=True, samesite="lax", secure=is_secure)


async def _device_of_cookie(connection: HTTPConnection, devices: Devices) -> Actor | None:
    key = connection.cookies.get(DEVICE_COOKIE)
    found = await devices.who(key) if key else None
    return found if found is not None and found.kind != "program" else None
