"""What every request finds: the lifespan yields it, and these types make mypy know it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NotRequired, TypeAlias, TypedDict

from starlette import requests, websockets

from queue_server.domain.access.actors import Actor
from queue_server.domain.access.authorisation import May
from queue_server.live.hub import Hub
from queue_server.services import Services
from queue_server.settings import Settings
from queue_server.web.measurements import Metrics
from queue_server.web.rate_limiter import Limits

if TYPE_CHECKING:
    from queue_server.oidc.provider import Provider


class AppState(TypedDict):
    """`provider` is where staff may log in besides, if anywhere.

    `asked` is the right that the request needs, `staff` the member of staff who asks.

    `comes_by_itself` says that no person asks, but a page that keeps itself up to date.
    """

    services: Services
    hub: Hub
    metrics: Metrics
    settings: Settings
    limits: Limits
    provider: Provider | None
    clinic_name: Callable[[], str]
    clinic_languages: Callable[[], tuple[str, ...]]
    asked: NotRequired[May]
    staff: NotRequired[Actor]
    comes_by_itself: NotRequired[bool]


HTTPConnection: TypeAlias = requests.HTTPConnection[AppState]
Request: TypeAlias = requests.Request[AppState]
WebSocket: TypeAlias = websockets.WebSocket[AppState]
#: What Starlette hands to error handlers and middleware, whose types know nothing of our state.
AnyRequest: TypeAlias = requests.Request[Any]
