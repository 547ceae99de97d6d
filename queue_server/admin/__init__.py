"""The desk, and the administration of the clinic."""

from starlette.routing import BaseRoute

from queue_server.admin import (
    alerts,
    attaching,
    calendar,
    departments,
    desk,
    devices,
    displays,
    framing,
    rooms,
    set_up_file,
    staff,
)

routes: list[BaseRoute] = [
    *framing.routes,
    *alerts.routes,
    *desk.routes,
    *attaching.routes,
    *calendar.routes,
    *departments.routes,
    *devices.routes,
    *displays.routes,
    *rooms.routes,
    *set_up_file.routes,
    *staff.routes,
]

__all__ = ["routes"]
