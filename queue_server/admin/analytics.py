"""What the clinic's days amount to, as a page and as tables for other programs."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from queue_server.admin.layout import framed
from queue_server.admin.ranges import Asked, asked
from queue_server.admin.rooms import department_options
from queue_server.analytics.report import Report
from queue_server.domain.access.actors import Actor
from queue_server.domain.access.authorisation import May
from queue_server.domain.errors import BadInput, NotFound, UnknownDepartment
from queue_server.locale import texts
from queue_server.web.bodies import form
from queue_server.web.identity import allowed, services
from queue_server.web.pages import Page, language_of, say
from queue_server.web.state import Request
from queue_server.web.tables import table_answer

PATH = "/admin/analytics"
USUAL_DAYS = 30


@dataclass(frozen=True)
class AnalyticsPage(Page):
    """What days amount to, of one department or all (empty), and who gets the daily report."""

    template = "admin/analytics.html"

    report: Report
    asked: Asked
    department: str
    #: Code and name.
    departments: list[tuple[str, str]]
    recipients: str
    can_mail: bool
    wrong_address: str
    #: Whether today is among the days.
    is_live: bool


async def analytics(request: Request) -> Response:
    """Any days beside as many before them; today is counted anew at each look."""
    return await _page(request, await allowed(request, May.SEE_FIGURES))


async def recipients(request: Request) -> Response:
    """The daily report goes to these addresses."""
    by = await allowed(request, May.SEE_FIGURES)
    written = (await form(request, "to"))["to"]
    try:
        await services(request).analytics.daily_report.send_to(written, by=by)
    except BadInput:
        wrong = say(request, "Please give e-mail addresses, at most ten, with commas between them.")
        return await _page(request, by, 422, wrong)
    return RedirectResponse(f"{PATH}#daily", 303)


async def _page(request: Request, by: Actor, status: int = 200, wrong_address: str = "") -> Response:
    wanted = await asked(request, USUAL_DAYS)
    code = await _department(request)
    shown = AnalyticsPage(
        report=await _report(request, wanted, code),
        asked=wanted,
        department=code or "",
        departments=await department_options(request),
        recipients=", ".join(await services(request).analytics.daily_report.recipients()),
        can_mail=services(request).analytics.daily_report.is_possible,
        wrong_address=wrong_address,
        is_live=wanted.first <= wanted.today <= wanted.last,
    )
    return framed(request, by, shown, max(status, wanted.status))


async def table(request: Request) -> Response:
    """One section's table, or all of them, as CSV or (`?as=xlsx`) for Excel. Raises `NotFound` for no such section."""
    await allowed(request, May.SEE_FIGURES)
    wanted = await asked(request, USUAL_DAYS)
    report = await _report(request, wanted, await _department(request))
    name = request.path_params["section"]
    chosen = [section for section in report.sections if name in {section.key, "all"}]
    if not chosen:
        raise NotFound(f"There is no table {name!r}.", section=name)
    return await table_answer(request, f"{name}-{wanted.first}-{wanted.last}", chosen)


async def paper(request: Request) -> Response:
    """The report as a PDF."""
    await allowed(request, May.SEE_FIGURES)
    wanted, code = await asked(request, USUAL_DAYS), await _department(request)
    report = await _report(request, wanted, code)
    words = texts(language_of(request))
    made = await services(request).analytics.reports.paper(report, words.gettext("Analytics"), code, words)
    headers = {"Content-Disposition": f'attachment; filename="analytics-{wanted.first}-{wanted.last}.pdf"'}
    return Response(made, media_type="application/pdf", headers=headers | {"Cache-Control": "no-store"})


async def _department(request: Request) -> str | None:
    """The code of the department that is asked for; none for all, and for one that is not there (any more)."""
    code = request.query_params.get("department", "")
    try:
        return (await services(request).clinic.queues.department(code)).code if code else None
    except UnknownDepartment:
        return None


async def _report(request: Request, wanted: Asked, code: str | None) -> Report:
    words = texts(language_of(request))
    return await services(request).analytics.reports.report(wanted.first, wanted.last, code, words)


routes: list[BaseRoute] = [
    Route(PATH, analytics),
    Route(f"{PATH}/paper", paper),
    Route(f"{PATH}/recipients", recipients, methods=["POST"]),
    Route(f"{PATH}/tables/{{section}}", table),
]
