"""How true the waits were that patients were told: by department and week."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from queue_server.admin.layout import framed
from queue_server.admin.ranges import Asked, asked
from queue_server.analytics.report import Report
from queue_server.domain.access.authorisation import May
from queue_server.locale import texts
from queue_server.web.identity import allowed, services
from queue_server.web.pages import Page, language_of
from queue_server.web.state import Request

#: Twelve weeks.
USUAL_DAYS = 84


@dataclass(frozen=True)
class AccuracyPage(Page):
    """How true the waits were in the range that was asked for."""

    template = "admin/accuracy.html"

    report: Report
    asked: Asked


async def accuracy(request: Request) -> Response:
    """Share inside the range, median error and bias."""
    by = await allowed(request, May.SEE_FIGURES)
    wanted = await asked(request, USUAL_DAYS)
    report = await services(request).analytics.reports.accuracy(wanted.first, wanted.last, texts(language_of(request)))
    return framed(request, by, AccuracyPage(report, wanted), wanted.status)


routes: list[BaseRoute] = [Route("/admin/accuracy", accuracy)]
