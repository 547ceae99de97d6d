"""The desk."""

from queue_server.admin.desk import routes

__all__ = ["routes"]
