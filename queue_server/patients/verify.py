"""Whether a paper is genuine, for anybody who holds one: a pharmacist, an employer, the patient. Nothing personal."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from babel.dates import format_date
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from queue_server.domain.errors import UnknownPaper
from queue_server.domain.records.verification import IssuedPaper
from queue_server.web import identity
from queue_server.web.limits import LINK_PAGES, WRONG_LINKS, count_wrong, limits
from queue_server.web.pages import Page, language_of, page
from queue_server.web.state import Request

_HASH = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class VerifyPage(Page):
    """What the clinic remembers of a paper. `told` is the content's hash as the code says it, if it says one."""

    template = "patients/verify.html"

    paper: IssuedPaper
    link: str
    told: str
    has_hash: bool
    is_same: bool
    issued_on: str
    #: Empty for a paper that still holds.
    replaced_on: str


@dataclass(frozen=True)
class UnknownPaperPage(Page):
    """No such paper was made here."""

    template = "patients/verify_unknown.html"


async def verify(request: Request) -> Response:
    """What the clinic remembers of the paper: kind, day, version, and whether its content is what the code says."""
    key, told = request.path_params["paper"], request.query_params.get("h", "").lower()
    limits(request).count(LINK_PAGES, "verify", key)
    try:
        paper = await identity.services(request).records.papers.verify(key)
    except UnknownPaper:
        count_wrong(request, WRONG_LINKS, "link")
        return page(request, UnknownPaperPage(), 404)
    zone = (await identity.services(request).clinic.queues.clinic()).zone
    language = language_of(request)

    def on(at: datetime) -> str:
        return str(format_date(at.astimezone(zone), "d MMMM y", locale=language))

    shown = VerifyPage(
        paper=paper,
        link=f"/verify/{key}",
        told=told if _HASH.fullmatch(told) else "",
        has_hash="h" in request.query_params,
        is_same=told == paper.content_hash,
        issued_on=on(paper.issued_at),
        replaced_on=on(paper.replaced_at) if paper.replaced_at else "",
    )
    return page(request, shown)


routes: list[BaseRoute] = [Route("/verify/{paper}", verify)]
