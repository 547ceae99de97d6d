"""Which patient's phone is asking. A patient's login is apart from staff's, so that one browser may hold both."""

from __future__ import annotations

from starlette.responses import Response

from queue_server.domain.errors import PatientLoginRequired
from queue_server.domain.people.patients import Patient
from queue_server.services.people.patients import ABSOLUTE, NewSession, PatientLogin
from queue_server.web import identity
from queue_server.web.state import HTTPConnection

SESSION_COOKIE = "queue_patient"
#: Says that the phone's owner has logged in with this browser before; it opens nothing.
BROWSER_COOKIE = "queue_browser"

_BROWSER_KEPT_S = 400 * 24 * 3600


async def patient_login(connection: HTTPConnection) -> PatientLogin:
    """The phone's login. Raises `PatientLoginRequired`."""
    login = await identity.services(connection).people.patients.who(session_secret(connection))
    if login is None or not login.family:
        raise PatientLoginRequired("This needs a patient's login.")
    return login


async def chosen_patient(connection: HTTPConnection) -> Patient:
    """The patient for whom the phone acts. Raises `PatientLoginRequired` when nobody is logged in or chosen."""
    login = await patient_login(connection)
    if login.patient is None:
        raise PatientLoginRequired("Please choose who the visit is for.")
    return login.patient


def session_secret(connection: HTTPConnection) -> str:
    """The secret of the login's cookie, empty without one."""
    return connection.cookies.get(SESSION_COOKIE, "")


def browser_secret(connection: HTTPConnection) -> str | None:
    """What marks this browser as the owner's."""
    return connection.cookies.get(BROWSER_COOKIE)


def keep_login(response: Response, connection: HTTPConnection, opened: NewSession) -> None:
    """The browser proves the login with cookies that scripts cannot read."""
    is_secure = connection.url.scheme in {"https", "wss"}
    kept_s = int(ABSOLUTE.total_seconds())
    cookies = ((SESSION_COOKIE, opened.secret, kept_s), (BROWSER_COOKIE, opened.browser, _BROWSER_KEPT_S))
    for name, secret, seconds in cookies:
        response.set_cookie(name, secret, max_age=seconds, httponly=True, samesite="lax", secure=is_secure)


def forget_login(response: Response) -> None:
    """The browser keeps no login; that it is the owner's stays known."""
    response.delete_cookie(SESSION_COOKIE, httponly=True, samesite="lax")
