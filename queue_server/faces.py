"""The routes of all faces."""

from __future__ import annotations

from starlette.routing import BaseRoute

from queue_server import api, patients
from queue_server.web import entrance, health, static


def routes() -> list[BaseRoute]:
    """Everything that can be asked for, in the order in which it is matched."""
    return [
        *health.routes,
        *entrance.routes,
        *patients.routes,
        *api.routes,
        static.mount(),
    ]
