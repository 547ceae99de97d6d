"""Following a token on a phone. The link's key is the only right that is needed; nothing personal is shown."""

from __future__ import annotations

import io
from contextlib import suppress
from typing import Any

import qrcode
from qrcode.image.svg import SvgPathImage
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from queue_server.domain.alerts.alerts import Holder
from queue_server.domain.errors import Conflict, UnknownToken
from queue_server.live import topic_names
from queue_server.locale import offered
from queue_server.web import identity
from queue_server.web.limits import LINES, LINES_FROM_ANYBODY, LINK_PAGES, WRONG_LINKS, address, count_wrong, limits
from queue_server.web.pages import page, unless_chosen
from queue_server.web.patient_login import session_secret
from queue_server.web.state import HTTPConnection, Request
from queue_server.web.watching import Watch, watched


async def home(request: Request) -> Response:
    """The clinic's front page: the departments and how many wait in each."""
    return page(
        request, "patients/home.html", departments=await identity.services(request).screens.boards.departments()
    )


async def follow(request: Request) -> Response:
    """The phone page of one token, in the language in which it was taken unless the reader chose another."""
    key = request.path_params["key"]
    limits(request).count(LINK_PAGES, "page", key)
    try:
        view, token = await identity.services(request).screens.token_pages.page(key)
    except UnknownToken:
        count_wrong(request, WRONG_LINKS, "link")
        return page(request, "patients/gone.html", 404)
    return page(
        request,
        "patients/follow.html",
        language=unless_chosen(request, offered(token.language)),
        token=view,
        key=key,
        keeper=await _keeper(request, key),
        wish=await _wish(request, token.id),
    )


async def _wish(request: Request, token_id: int) -> dict[str, int | None]:
    """When the open page itself is to ring: `minutes` left, or so many `ahead`."""
    wish = await identity.services(request).alerts.preferences.wish(Holder(token_id=token_id))
    return {"minutes": wish.minutes, "ahead": wish.ahead}


async def _keeper(request: Request, key: str) -> dict[str, Any]:
    """Who could keep the number with his or her visits, and whether it is kept already: `name`, `is_kept`."""
    secret = session_secret(request)
    login = await identity.services(request).people.patients.who(secret) if secret else None
    if login is None or login.patient is None:
        return {"name": None, "is_kept": False}
    owner = await identity.services(request).records.attaching.owner(key)
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


async def qr(request: Request) -> Response:
    """The link of the phone page as a QR picture (SVG)."""
    key = request.path_params["key"]
    link = f"{request.state['settings'].phone_url}/t/{key}"
    picture = qrcode.make(link, image_factory=SvgPathImage, border=2)
    drawn = io.BytesIO()
    picture.save(drawn)
    return Response(drawn.getvalue(), media_type="image/svg+xml", headers={"Cache-Control": "private, max-age=86400"})


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
    Route("/t/{key}/qr.svg", qr),
    *watched("/token/{key}", live),
]
