"""The desk, and the administration of the clinic."""

from queue_server.admin import attaching, desk, devices, framing, staff

routes = [*framing.routes, *desk.routes, *attaching.routes, *devices.routes, *staff.routes]

__all__ = ["routes"]
