"""How certificates are worded: each kind in each language, with a preview."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from queue_server.admin.layout import framed
from queue_server.domain.access.actors import Actor
from queue_server.domain.access.authorisation import May
from queue_server.domain.errors import BadInput
from queue_server.domain.records.certificates import PLACES, Wording
from queue_server.domain.records.records import CertificateKind
from queue_server.locale import LANGUAGES
from queue_server.services.records.certificate_wordings import sample
from queue_server.web.bodies import form
from queue_server.web.identity import allowed, services
from queue_server.web.pages import Page, say
from queue_server.web.state import Request

PATH = "/admin/certificates"
_ONE = f"{PATH}/{{certificate}}/{{language}}"


@dataclass(frozen=True)
class CertificatesPage(Page):
    """Every wording, and whether it is the clinic's own; `names` of the kinds."""

    template = "admin/certificates.html"

    wordings: list[tuple[Wording, bool]]
    names: dict[str, str]


@dataclass(frozen=True)
class CertificatePage(Page):
    """One wording. `shown` is a sample's title and text, if one can be made; `wrong` a field, or empty."""

    template = "admin/certificate.html"

    wording: Wording
    name: str
    places: Collection[str]
    shown: tuple[str, str] | None
    wrong: str
    is_saved: bool


async def certificates(request: Request) -> Response:
    """Every wording, and whether it is the clinic's own."""
    by = await allowed(request, May.KEEP_PAPERS)
    found = await services(request).records.wordings.all()
    shown = [(wording, is_own) for wording, is_own in found.values()]
    return framed(request, by, CertificatesPage(shown, kind_names(request)))


async def certificate(request: Request) -> Response:
    """One wording, and how it looks filled in."""
    by = await allowed(request, May.KEEP_PAPERS)
    kind, language = _place(request)
    return await _page(request, by, await services(request).records.wordings.one(kind, language))


async def change(request: Request) -> Response:
    """Save what was typed, show how it would look, or bring the built-in wording back."""
    by = await allowed(request, May.KEEP_PAPERS)
    kind, language = _place(request)
    sent = await form(request, "title", "text", "do")
    typed = Wording(kind, language, sent["title"], sent["text"].replace("\r\n", "\n"))
    known = services(request).records.wordings
    try:
        if sent["do"] == "preview":
            return await _page(request, by, typed)
        if sent["do"] == "restore":
            await known.restore(kind, language, by=by)
        else:
            await known.save(typed, by=by)
    except BadInput as error:
        return await _page(request, by, typed, error)
    return RedirectResponse(f"{PATH}/{kind}/{language}?saved=1", 303)


def kind_names(request: Request) -> dict[str, str]:
    """The kinds as people call them."""
    return {
        CertificateKind.SICK_LEAVE: say(request, "Sick leave"),
        CertificateKind.FITNESS: say(request, "Fitness"),
        CertificateKind.ATTENDANCE: say(request, "Attendance"),
        CertificateKind.REFERRAL: say(request, "Referral"),
    }


async def _page(request: Request, by: Actor, wording: Wording, error: BadInput | None = None) -> Response:
    known = services(request).clinic.queues
    clinic = await known.clinic()
    shown = None
    try:
        shown = sample(wording, clinic.name, known.now().astimezone(clinic.zone).date())
    except BadInput as fault:
        error = error or fault
    one = CertificatePage(
        wording=wording,
        name=kind_names(request)[wording.kind],
        places=PLACES,
        shown=shown,
        wrong=str(error.details["field"]) if error else "",
        is_saved="saved" in request.query_params,
    )
    return framed(request, by, one, 422 if error else 200)


def _place(request: Request) -> tuple[CertificateKind, str]:
    kind, language = request.path_params["certificate"], request.path_params["language"]
    if kind not in set(CertificateKind) or language not in LANGUAGES:
        raise HTTPException(404)
    return CertificateKind(kind), language


routes: list[BaseRoute] = [Route(PATH, certificates), Route(_ONE, certificate), Route(_ONE, change, methods=["POST"])]
