"""The desk, and the administration of the clinic."""

from starlette.routing import BaseRoute

from queue_server.admin import attaching, calendar, departments, desk, devices, displays, framing, rooms, set_up_file

routes: list[BaseRoute] = [
    *framing.routes,
    *desk.routes,
    *attaching.routes,
    *calendar.routes,
    *departments.routes,
    *devices.routes,
    *displays.routes,
    *rooms.routes,
    *set_up_file.routes,
]

__all__ = ["routes"]
