"""Use cases: each method is one, in one transaction. The only callers of storage."""

from queue_server.services.services import Services, compose

__all__ = ["Services", "compose"]
