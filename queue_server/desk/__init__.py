"""The desk: the queues side by side, tokens given out and changed by hand, patients registered."""

from starlette.routing import BaseRoute

from queue_server.desk import attaching, page, pins, registering, tokens

routes: list[BaseRoute] = [
    *page.routes,
    *registering.routes,
    *tokens.routes,
    *attaching.routes,
    *pins.routes,
]

__all__ = ["routes"]
