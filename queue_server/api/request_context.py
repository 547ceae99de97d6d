"""What the API's handlers share: who asks, pages by cursor, versions of what is changed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date

from starlette.responses import JSONResponse, Response

from queue_server.api.openapi import Parameter
from queue_server.domain.errors import BadInput, ChangedMeanwhile, MatchRequired, Outdated
from queue_server.web.bodies import LARGEST_NUMBER, whole_number
from queue_server.web.state import Request

#: A page's cursor and length, in every list.
PAGE = (
    Parameter("after", "`next` of the page before; left out, the first page", lowest=0, highest=LARGEST_NUMBER),
    Parameter("limit", "how many at most, 100 if left out", lowest=1, highest=1000),
)


def cursor(request: Request) -> tuple[int, int]:
    """Where the page begins, and how long it may be. Raises `BadInput`."""
    after = whole_number(request.query_params.get("after"), "after", lowest=0, highest=LARGEST_NUMBER, default=0)
    limit = whole_number(request.query_params.get("limit"), "limit", lowest=1, highest=1000, default=100)
    return after, limit


def paged(name: str, found: tuple[Sequence[Mapping[str, object]], int | None]) -> Response:
    """A page of a list: the things under their name, and the cursor for the next page."""
    return JSONResponse({name: list(found[0]), "next": found[1]})


def sliced(request: Request, name: str, views: Sequence[Mapping[str, object]]) -> Response:
    """A page of a list that is short: the cursor counts the items."""
    after, limit = cursor(request)
    end = after + limit
    return paged(name, (views[after:end], end if end < len(views) else None))


def day_of(request: Request) -> date | None:
    """The day that the query names, if any. Raises `BadInput`."""
    text = request.query_params.get("day")
    try:
        return date.fromisoformat(text) if text is not None else None
    except ValueError as error:
        raise BadInput("day", f"day is {(text or '')[:20]!r}; it must be a date such as 2026-11-22.") from error


def wanted_version(request: Request) -> str | None:
    """The version that If-Match names; none when there is no such header, or it takes any (`*`)."""
    header = request.headers.get("if-match", "*").strip()
    return None if header == "*" else header.strip('"')


def required_version(request: Request) -> str | None:
    """As `wanted_version`. Raises `MatchRequired` when there is no such header."""
    if "if-match" not in request.headers:
        raise MatchRequired
    return wanted_version(request)


def version_of(view: Mapping[str, object]) -> str:
    """What changes whenever something in the view does."""
    return hashlib.sha256(json.dumps(view, sort_keys=True).encode()).hexdigest()[:20]


@contextmanager
def at_version(request: Request, seen: Mapping[str, object]) -> Iterator[None]:
    """Inside, what was `seen` is changed from there. Raises `Outdated` unless If-Match names it, `MatchRequired`."""
    if required_version(request) not in {None, version_of(seen)}:
        raise Outdated
    try:
        yield
    except ChangedMeanwhile as error:
        raise Outdated from error


def tagged(body: Mapping[str, object], version: str, status: int = 200) -> Response:
    """The answer with its version as ETag."""
    return JSONResponse(dict(body), status, {"ETag": f'"{version}"'})
