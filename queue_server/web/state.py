"""What every request finds: the lifespan yields it, and these types make mypy know it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NotRequired, TypeAlias, TypedDict

from starlette import requests, websockets

from queue_server.domain.access.actors import Actor
from queue_server.domain.access.authorisation import May
from queue_server.live.hub import Hub
from queue_server.services import Services
from queue_server.settings import Settings
from queue_server.web.measurements import Metrics
from queue_server.web.rate_limiter import Limits


class AppState(TypedDict):
    """`asked` is the right that the request needs, `staff` the member of staff who asks."""

    services: Services
    hub: Hub
    metrics: Metrics
    settings: Settings
    limits: Limits
    clinic_name: Callable[[], str]
    asked: NotRequired[May]
    staff: NotRequired[Actor]


HTTPConnection: TypeAlias = requests.HTTPConnection[AppState]
Request: TypeAlias = requests.Request[AppState]
WebSocket: TypeAlias = websockets.WebSocket[AppState]
#: What Starlette hands to error handlers and middleware, whose types know nothing of our state.
AnyRequest: TypeAlias = requests.Request[Any]
