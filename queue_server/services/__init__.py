"""Use cases: each method is one, in one transaction. The only callers of storage."""

from queue_server.services.composing import compose, with_abdm
from queue_server.services.subjects import Services

__all__ = ["Services", "compose", "with_abdm"]
