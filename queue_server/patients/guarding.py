"""What slows down whoever guesses PINs, and never the owner's own browser."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from limits import RateLimitItem

from queue_server.domain.errors import LoginRequired, PhoneTaken, QueueError, RateLimited
from queue_server.web.errors import STATUS, looked_up, retry_after
from queue_server.web.identity import services
from queue_server.web.limits import WRONG_PINS, address, limits
from queue_server.web.patient_login import browser_secret
from queue_server.web.state import Request


@asynccontextmanager
async def guarded(request: Request, phone: str, tries: RateLimitItem) -> AsyncIterator[None]:
    """Inside, a try counts for its address, and a wrong PIN once more.

    Raises `RateLimited` before anything is compared. The phone's own browser is let through: wrong PINs in it are
    counted by the number itself.
    """
    browser = browser_secret(request)
    if browser is not None and await services(request).people.patients.is_known_browser(phone, browser):
        yield
        return
    known, here = limits(request), address(request)
    known.count(tries, "patients", here)
    with known.trying(lambda error: isinstance(error, LoginRequired | PhoneTaken), (WRONG_PINS, "pin", (here,))):
        yield


def status_of(error: QueueError) -> int:
    """The HTTP status of the page that says what was wrong."""
    return looked_up(STATUS, type(error))


def headers_of(error: QueueError) -> dict[str, str]:
    """When to come again, for whoever came too often."""
    return retry_after(error) if isinstance(error, RateLimited) else {}


def user_agent(request: Request) -> str:
    """What the browser says of itself."""
    return request.headers.get("user-agent", "")
