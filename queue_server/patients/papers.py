"""A walk-in's papers on the phone, without an account: the slip's link and the digits that it prints."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from queue_server.domain.errors import NoPapers, RateLimited, UnknownToken, WrongDigits
from queue_server.domain.records.documents import Document
from queue_server.live.json_views import Json
from queue_server.locale import offered, texts
from queue_server.patients.guarding import headers_of
from queue_server.patients.history import document_row
from queue_server.web.bodies import form, path_number
from queue_server.web.files import document_answer, pdf_answer
from queue_server.web.identity import services
from queue_server.web.limits import BUNDLES, LINK_PAGES, WRONG_LINKS, count_wrong, limits, trying_digits
from queue_server.web.pages import Page, language_of, page, unless_chosen
from queue_server.web.state import Request

#: Holds the digits that were typed, for this slip's pages only and until the browser is closed.
COOKIE = "queue_slip"


@dataclass(frozen=True)
class DigitsPage(Page):
    """Asks for the digits that the slip prints."""

    template = "patients/slip_digits.html"

    key: str
    error: str = ""


@dataclass(frozen=True)
class PapersPage(Page):
    """The papers of the visit."""

    template = "patients/slip_papers.html"

    key: str
    documents: list[Json]


async def papers(request: Request) -> Response:
    """The papers of the visit, or the question for the digits."""
    key = request.path_params["key"]
    limits(request).count(LINK_PAGES, "page", key)
    if (language := await _language(request, key)) is None:
        return RedirectResponse(f"/t/{key}", 303)
    digits = request.cookies.get(COOKIE, "")
    try:
        found = await _papers(request, key, digits) if digits else None
    except (WrongDigits, RateLimited):
        found = None
    if found is None:
        return page(request, DigitsPage(key), language=language)
    rows = [document_row(one, language) for one in found]
    return page(request, PapersPage(key, rows), language=language)


async def open_papers(request: Request) -> Response:
    """The digits are right: this browser shows the papers."""
    key = request.path_params["key"]
    limits(request).count(LINK_PAGES, "page", key)
    if (language := await _language(request, key)) is None:
        return RedirectResponse(f"/t/{key}", 303)
    digits = (await form(request, "digits"))["digits"]
    try:
        await _papers(request, key, digits)
    except WrongDigits:
        wrong = texts(language).gettext("These are not the digits of this slip.")
        return page(request, DigitsPage(key, wrong), 422, language)
    except RateLimited as error:
        wrong = texts(language).gettext("Too many wrong digits. Please ask at the desk.")
        return page(request, DigitsPage(key, wrong), 429, language, headers_of(error))
    answer = RedirectResponse(f"/t/{key}/papers", 303)
    is_secure = request.url.scheme == "https"
    answer.set_cookie(COOKIE, digits, path=f"/t/{key}/papers", httponly=True, samesite="strict", secure=is_secure)
    return answer


async def document(request: Request) -> Response:
    """One paper, to look at or to save; whoever was sent its address is asked for the digits first."""
    key, digits = request.path_params["key"], request.cookies.get(COOKIE, "")
    if not digits:
        return RedirectResponse(f"/t/{key}/papers", 303)
    with trying_digits(request, key):
        opened = await services(request).records.slip_papers.open(key, digits, path_number(request, "document"))
    return document_answer(request, opened)


async def bundle(request: Request) -> Response:
    """All papers in one PDF; as `document`."""
    key, digits = request.path_params["key"], request.cookies.get(COOKIE, "")
    if not digits:
        return RedirectResponse(f"/t/{key}/papers", 303)
    limits(request).count(BUNDLES, "bundle", key)
    with trying_digits(request, key):
        language = await _language(request, key) or language_of(request)
        made = await services(request).records.bundles.of_slip(key, digits, language)
    return pdf_answer("papers.pdf", made)


async def _papers(request: Request, key: str, digits: str) -> list[Document]:
    with trying_digits(request, key):
        return await services(request).records.slip_papers.papers(key, digits)


async def _language(request: Request, key: str) -> str | None:
    """The page's; none where no papers can be had with the slip: its own page says how it stands."""
    try:
        spoken = await services(request).records.slip_papers.language(key)
    except UnknownToken:
        count_wrong(request, WRONG_LINKS, "link")
        return None
    except NoPapers:
        return None
    return unless_chosen(request, offered(spoken)) or language_of(request)


routes: list[BaseRoute] = [
    Route("/t/{key}/papers", papers),
    Route("/t/{key}/papers", open_papers, methods=["POST"]),
    Route("/t/{key}/papers/all.pdf", bundle),
    Route("/t/{key}/papers/{document:int}", document),
]
