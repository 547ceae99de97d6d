"""The administration of the clinic."""

from starlette.routing import BaseRoute

from queue_server.admin import (
    abdm,
    accuracy,
    alerts,
    analytics,
    certificates,
    clock,
    departments,
    devices,
    displays,
    first_start,
    languages,
    layout,
    letterhead,
    medicines,
    programs,
    records,
    roles,
    rooms,
    roster,
    set_up_file,
    staff,
    trust,
    voice,
)

routes: list[BaseRoute] = [
    *layout.routes,
    *abdm.routes,
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
    *languages.routes,
    *letterhead.routes,
    *certificates.routes,
    *clock.routes,
    *medicines.routes,
    *rooms.routes,
    *set_up_file.routes,
    *staff.routes,
    *roles.routes,
    *trust.routes,
    *voice.routes,
]

__all__ = ["routes"]
