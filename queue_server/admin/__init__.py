"""The desk, and the administration of the clinic."""

from queue_server.admin import alerts, attaching, desk, devices, framing, staff

routes = [
    *framing.routes,
    *alerts.routes,
    *desk.routes,
    *attaching.routes,
    *devices.routes,
    *staff.routes,
]

__all__ = ["routes"]
