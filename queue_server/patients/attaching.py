"""On the phone: keeping a slip's number as one's own, and the code that says at the desk or the kiosk who one is."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass

from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from queue_server.domain.errors import Conflict, UnknownToken
from queue_server.patients.forms import page_language
from queue_server.qr_codes import svg_element
from queue_server.services.records.attaching import CODE_LASTS
from queue_server.web.identity import services
from queue_server.web.limits import LINK_PAGES, WRONG_LINKS, count_wrong, limits
from queue_server.web.pages import Page, page
from queue_server.web.patient_login import chosen_patient
from queue_server.web.state import Request

#: The addresses of slips begin so; their key follows.
LINK = "/t/"


async def bring_along(request: Request, secret: str, after: str) -> None:
    """The number at whose link (the address `after`) somebody asked for this login is the patient's, if it can be.

    Where it cannot, the page that follows shows so: several people use the phone and none is chosen yet, the number is
    another patient's, or its day is over.
    """
    login = await services(request).people.patients.who(secret)
    is_link = after.startswith(LINK) and "/" not in after.removeprefix(LINK)
    if not is_link or login is None or login.patient is None:
        return
    try:
        with suppress(Conflict):
            await services(request).records.attaching.by_login(after.removeprefix(LINK), login.patient)
    except UnknownToken:
        count_wrong(request, WRONG_LINKS, "link")


@dataclass(frozen=True)
class CodePage(Page):
    """A code that says who one is: in letters, and as an SVG `picture`."""

    template = "patients/code.html"

    name: str
    code: str
    picture: str
    minutes: int


async def keep(request: Request) -> Response:
    """The number whose link is known is the logged-in patient's; the page that follows shows whether it is."""
    patient = await chosen_patient(request)
    key = request.path_params["key"]
    limits(request).count(LINK_PAGES, "page", key)
    try:
        with suppress(Conflict):
            await services(request).records.attaching.by_login(key, patient)
    except UnknownToken:
        count_wrong(request, WRONG_LINKS, "link")
        raise
    return RedirectResponse(f"/t/{key}", 303)


async def code(request: Request) -> Response:
    """A code for the desk's or the kiosk's scanner, as a picture and in letters."""
    patient = await chosen_patient(request)
    written = await services(request).records.attaching.new_code(patient)
    shown = CodePage(
        name=patient.person.name,
        code=f"{written[:4]}-{written[4:]}",
        picture=svg_element(written),
        minutes=round(CODE_LASTS.total_seconds() / 60),
    )
    return page(request, shown, language=page_language(request, patient))


routes: list[BaseRoute] = [
    Route("/t/{key}/patient", keep, methods=["POST"]),
    Route("/me/code", code, methods=["POST"]),
]
