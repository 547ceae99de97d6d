"""Which route answers: only those are tried whose address begins as the request's does.

Starlette's own router tries some hundred patterns one after the other; a call is answered by one of the last.
"""

from __future__ import annotations

from collections.abc import Coroutine, Mapping, Sequence
from itertools import takewhile
from typing import Any

from starlette.routing import BaseRoute, Router
from starlette.types import Lifespan, Receive, Scope, Send

#: So many segments of an address are looked at.
_DEEP = 3

_Start = tuple[str, ...]


class RouteTable(Router):
    """Starlette's router, which finds the same route, and the same refusal where there is none.

    The routes may not change afterwards.
    """

    def __init__(self, routes: Sequence[BaseRoute], lifespan: Lifespan[Any] | None = None) -> None:
        super().__init__(routes, lifespan=lifespan)
        places: dict[_Start, list[int]] = {(): []}
        for place, route in enumerate(self.routes):
            places.setdefault(_start_of(route), []).append(place)
        self._table: dict[_Start, Router] = {
            start: Router([self.routes[place] for place in sorted(_all_above(start, places))]) for start in places
        }

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Coroutine[Any, Any, None]:
        """Hand the request to the routes that can match; no coroutine of its own, which each live line would keep."""
        scope.setdefault("router", self)
        is_whole = scope["type"] == "lifespan" or scope.get("root_path")
        return (self if is_whole else self.candidates(scope["path"])).app(scope, receive, send)

    def candidates(self, path: str) -> Router:
        """The routes that can match this path, in their order."""
        segments = tuple(path.split("/", _DEEP + 1)[1 : _DEEP + 1])
        longest = next(length for length in range(len(segments), -1, -1) if segments[:length] in self._table)
        return self._table[segments[:longest]]


def _all_above(start: _Start, places: Mapping[_Start, list[int]]) -> list[int]:
    """The places of all routes with which an address that begins so can go on."""
    return [place for length in range(len(start) + 1) for place in places.get(start[:length], [])]


def _start_of(route: BaseRoute) -> _Start:
    """The first segments of the route's address, as far as they are fixed."""
    segments = str(getattr(route, "path", "")).rstrip("/").split("/")[1 : _DEEP + 1]
    return tuple(takewhile(lambda segment: "{" not in segment, segments))
