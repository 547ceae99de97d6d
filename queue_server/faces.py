"""The routes of all faces."""

from __future__ import annotations

from starlette.routing import BaseRoute

from display import web as display
from doctor_console import web as doctor_console
from kiosk import web as kiosk
from queue_server import admin, api, desk, fhir, patients
from queue_server.web import (
    health,
    login,
    metrics,
    own_account,
    provider_login,
    release,
    second_factor,
    sockets,
    static,
    voice,
)


def routes() -> list[BaseRoute]:
    """Everything that can be asked for, in the order in which it is matched."""
    return [
        *health.routes,
        *metrics.routes,
        *login.routes,
        *own_account.routes,
        *second_factor.routes,
        *provider_login.routes,
        *patients.routes,
        *kiosk.routes,
        *display.routes,
        *doctor_console.routes,
        *desk.routes,
        *admin.routes,
        *api.routes,
        *fhir.routes,
        *voice.routes,
        *release.routes,
        *sockets.routes,
        static.mount(),
    ]
