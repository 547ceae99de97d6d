"""The desk, and the administration of the clinic."""

from queue_server.admin import desk, devices

routes = [*desk.routes, *devices.routes]

__all__ = ["routes"]
