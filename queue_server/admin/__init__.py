"""The desk, and the administration of the clinic."""

from queue_server.admin import accuracy, alerts, analytics, attaching, desk, devices, framing, staff

routes = [
    *framing.routes,
    *accuracy.routes,
    *alerts.routes,
    *analytics.routes,
    *desk.routes,
    *attaching.routes,
    *devices.routes,
    *staff.routes,
]

__all__ = ["routes"]
