"""The desk: the queues side by side, tokens given out and changed by hand, patients registered."""

from starlette.routing import BaseRoute

from queue_server.desk import afterwards, attaching, merging, page, pins, registering, scanning, tokens

routes: list[BaseRoute] = [
    *page.routes,
    *registering.routes,
    *tokens.routes,
    *afterwards.routes,
    *attaching.routes,
    *pins.routes,
    *merging.routes,
    *scanning.routes,
]

__all__ = ["routes"]
