"""The patients' pages."""

from queue_server.patients.follow import routes

__all__ = ["routes"]
