"""Whether a paper is genuine, for anybody who holds one: a pharmacist, an employer, the patient. Nothing personal."""

from __future__ import annotations

import re

from babel.dates import format_date
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from queue_server.domain.errors import UnknownPaper
from queue_server.web import identity
from queue_server.web.limits import LINK_PAGES, WRONG_LINKS, count_wrong, limits
from queue_server.web.pages import language_of, page
from queue_server.web.state import Request

_HASH = re.compile(r"[0-9a-f]{64}")


async def verify(request: Request) -> Response:
    """What the clinic remembers of the paper: kind, day, version, and whether its content is what the code says."""
    key, told = request.path_params["paper"], request.query_params.get("h", "").lower()
    limits(request).count(LINK_PAGES, "verify", key)
    try:
        paper = await identity.services(request).records.papers.verify(key)
    except UnknownPaper:
        count_wrong(request, WRONG_LINKS, "link")
        return page(request, "patients/verify_unknown.html", 404)
    zone = (await identity.services(request).clinic.queues.clinic()).zone
    language = language_of(request)
    return page(
        request,
        "patients/verify.html",
        paper=paper,
        link=f"/verify/{key}",
        told=told if _HASH.fullmatch(told) else "",
        has_hash="h" in request.query_params,
        is_same=told == paper.content_hash,
        issued_on=format_date(paper.issued_at.astimezone(zone), "d MMMM y", locale=language),
        replaced_on=paper.replaced_at and format_date(paper.replaced_at.astimezone(zone), "d MMMM y", locale=language),
    )


routes: list[BaseRoute] = [Route("/verify/{paper}", verify)]
