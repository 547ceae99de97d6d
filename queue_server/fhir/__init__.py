"""FHIR R4 for other health software: the clinic, its visits and its records, read-only."""

from queue_server.fhir.routes import routes

__all__ = ["routes"]
