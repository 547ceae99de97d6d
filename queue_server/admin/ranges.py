"""A range of days as a page is asked for it: `?from=2026-11-01&to=2026-11-30`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from queue_server.domain.errors import BadInput
from queue_server.services.analytics.analytics import check
from queue_server.web.identity import services
from queue_server.web.pages import say
from queue_server.web.state import Request


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be shown; `wrong` says what could not be understood, in words."""

    first: date
    last: date
    today: date
    wrong: str = ""

    def back(self, days: int) -> date:
        """The first of the last `days` days, today included."""
        return self.today - timedelta(days=days - 1)

    @property
    def status(self) -> int:
        """The HTTP status of the page."""
        return 422 if self.wrong else 200


async def asked(request: Request, days: int) -> Asked:
    """The range in the query; else the last `days` days, today included."""
    today = await services(request).clinic.queues.day()
    usual = Asked(today - timedelta(days=days - 1), today, today)
    try:
        first = _day(request, "from", usual.first)
        last = _day(request, "to", max(today, first) if "from" in request.query_params else today)
        check(first, last)
    except BadInput:
        wrong = say(
            request,
            "These dates are not a valid range. Please give two dates, the earlier one first, at most ten years apart.",
        )
        return Asked(usual.first, today, today, wrong)
    return Asked(first, last, today)


def _day(request: Request, name: str, usual: date) -> date:
    written = request.query_params.get(name, "")
    if not written:
        return usual
    try:
        return date.fromisoformat(written)
    except ValueError as error:
        raise BadInput(name, f"{written[:20]!r} is no day such as 2026-11-22.") from error
