"""The desk, and the administration of the clinic."""

from starlette.routing import BaseRoute

from queue_server.admin import (
    accuracy,
    alerts,
    analytics,
    attaching,
    calendar,
    certificates,
    departments,
    desk,
    desk_patients,
    desk_tokens,
    devices,
    displays,
    first_start,
    framing,
    letterhead,
    medicines,
    pins,
    programs,
    records,
    rooms,
    set_up_file,
    staff,
)

routes: list[BaseRoute] = [
    *framing.routes,
    *accuracy.routes,
    *alerts.routes,
    *analytics.routes,
    *desk.routes,
    *desk_patients.routes,
    *desk_tokens.routes,
    *attaching.routes,
    *calendar.routes,
    *departments.routes,
    *devices.routes,
    *pins.routes,
    *programs.routes,
    *displays.routes,
    *first_start.routes,
    *records.routes,
    *letterhead.routes,
    *certificates.routes,
    *medicines.routes,
    *rooms.routes,
    *set_up_file.routes,
    *staff.routes,
]

__all__ = ["routes"]
