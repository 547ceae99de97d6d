"""The administration of the clinic."""

from starlette.routing import BaseRoute

from queue_server.admin import (
    accuracy,
    alerts,
    analytics,
    certificates,
    clock,
    departments,
    devices,
    displays,
    first_start,
    layout,
    letterhead,
    medicines,
    programs,
    records,
    rooms,
    roster,
    set_up_file,
    staff,
)

routes: list[BaseRoute] = [
    *layout.routes,
    *accuracy.routes,
    *alerts.routes,
    *analytics.routes,
    *roster.routes,
    *departments.routes,
    *devices.routes,
    *programs.routes,
    *displays.routes,
    *first_start.routes,
    *records.routes,
    *letterhead.routes,
    *certificates.routes,
    *clock.routes,
    *medicines.routes,
    *rooms.routes,
    *set_up_file.routes,
    *staff.routes,
]

__all__ = ["routes"]
