"""Following a token on a phone. The link's key is the only right that is needed; nothing personal is shown."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass

from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from queue_server import qr_codes
from queue_server.domain.alerts.alerts import Holder
from queue_server.domain.errors import Conflict, RateLimited, UnknownToken, WrongCode
from queue_server.live import topic_names
from queue_server.live.json_views import Json
from queue_server.live.phone_types import PhonePage
from queue_server.live.view_types import DepartmentView
from queue_server.locale import offered
from queue_server.patients.guarding import headers_of
from queue_server.web import identity
from queue_server.web.bodies import form
from queue_server.web.limits import (
    LINES,
    LINES_FROM_ANYBODY,
    LINK_PAGES,
    WRONG_LINKS,
    address,
    count_wrong,
    limits,
    trying_code,
)
from queue_server.web.pages import Page, page, unless_chosen
from queue_server.web.patient_login import session_secret
from queue_server.web.state import HTTPConnection, Request
from queue_server.web.watching import Watch, watched


@dataclass(frozen=True)
class HomePage(Page):
    """The clinic's front page."""

    template = "patients/home.html"

    departments: list[DepartmentView]


@dataclass(frozen=True)
class FollowPage(Page):
    """One token: its view with what only the page needs, the link's key, who could keep it, when it rings."""

    template = "patients/follow.html"

    token: PhonePage
    key: str
    keeper: Json
    wish: dict[str, int | None]
    #: Whether the digits of the slip open the papers.
    by_slip: bool
    #: Why the displays' code was not taken: `wrong`, or `often` for too many wrong ones.
    error: str = ""


@dataclass(frozen=True)
class GonePage(Page):
    """There is no such token, or no longer."""

    template = "patients/gone.html"


async def home(request: Request) -> Response:
    """The front page, with how many wait in each department; that of an empty clinic leads to its first start."""
    services = identity.services(request)
    departments = await services.screens.boards.departments()
    if not departments and await services.people.first_start.is_due():
        return RedirectResponse("/set-up", 303)
    return page(request, HomePage(departments))


async def follow(request: Request) -> Response:
    """The phone page of one token, in the language in which it was taken unless the reader chose another."""
    return await _follow(request)


async def _follow(
    request: Request, status: int = 200, error: str = "", headers: Mapping[str, str] | None = None
) -> Response:
    key = request.path_params["key"]
    limits(request).count(LINK_PAGES, "page", key)
    try:
        view, token = await identity.services(request).screens.token_pages.page(key)
    except UnknownToken:
        count_wrong(request, WRONG_LINKS, "link")
        return page(request, GonePage(), 404)
    owner = await identity.services(request).records.attaching.owner(key)
    is_kept = await identity.services(request).records.attaching.is_in_account(key)
    by_slip = (await identity.services(request).clinic.queues.clinic()).papers_by_slip and not is_kept
    keeper, wish = await _keeper(request, owner), await _wish(request, token.id)
    shown = FollowPage(view, key, keeper, wish, by_slip, error)
    return page(request, shown, status, unless_chosen(request, offered(token.language)), headers)


async def _wish(request: Request, token_id: int) -> dict[str, int | None]:
    """When the open page itself is to ring: `minutes` left, or so many `ahead`."""
    wish = await identity.services(request).alerts.preferences.wish(Holder(token_id=token_id))
    return {"minutes": wish.minutes, "ahead": wish.ahead}


async def _keeper(request: Request, owner: int | None) -> Json:
    """Who could keep the number with his or her visits, and whether it is kept already: `name`, `is_kept`."""
    secret = session_secret(request)
    login = await identity.services(request).people.patients.who(secret) if secret else None
    if login is None or login.patient is None:
        return {"name": None, "is_kept": False}
    return {
        "name": login.patient.person.name if owner in {None, login.patient.id} else None,
        "is_kept": owner is not None,
    }


async def come_back(request: Request) -> Response:
    """A patient who was missed says "I'm back"."""
    key = request.path_params["key"]
    limits(request).count(LINK_PAGES, "page", key)
    # Where it is not possible, the page that follows shows the state as it is.
    with suppress(Conflict):
        try:
            await identity.services(request).screens.token_pages.come_back(key)
        except UnknownToken:
            count_wrong(request, WRONG_LINKS, "link")
    return RedirectResponse(f"/t/{key}", 303)


async def arrive(request: Request) -> Response:
    """The patient is here, and types the code of the displays to show it."""
    key = request.path_params["key"]
    code = (await form(request, "code"))["code"]
    # Where it is not possible, the page that follows shows the state as it is.
    with suppress(Conflict):
        try:
            with trying_code(request, key):
                await identity.services(request).screens.token_pages.arrive_with(key, code)
        except UnknownToken:
            count_wrong(request, WRONG_LINKS, "link")
        except WrongCode:
            return await _follow(request, 422, "wrong")
        except RateLimited as error:
            return await _follow(request, 429, "often", headers_of(error))
    return RedirectResponse(f"/t/{key}", 303)


async def qr(request: Request) -> Response:
    """The link of the phone page as a QR picture (SVG)."""
    key = request.path_params["key"]
    link = f"{request.state['settings'].phone_url}/t/{key}"
    kept = {"Cache-Control": "private, max-age=86400"}
    return Response(qr_codes.svg(link), media_type="image/svg+xml", headers=kept)


async def live(connection: HTTPConnection) -> Watch:
    """The token's frames."""
    key = connection.path_params["key"]
    limits(connection).count(LINES, "line", key)
    limits(connection).count(LINES_FROM_ANYBODY, "line", address(connection))
    return Watch(topic_names.token(key), None)


routes: list[BaseRoute] = [
    Route("/", home),
    Route("/t/{key}", follow),
    Route("/t/{key}/return", come_back, methods=["POST"]),
    Route("/t/{key}/arrive", arrive, methods=["POST"]),
    Route("/t/{key}/qr.svg", qr),
    *watched("/token/{key}", live),
]
