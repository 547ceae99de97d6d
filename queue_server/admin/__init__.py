"""The desk."""

from queue_server.admin import attaching, desk

routes = [*desk.routes, *attaching.routes]

__all__ = ["routes"]
