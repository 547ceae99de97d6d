"""Waiting times of a department as it stands, from what was learned of it."""

from __future__ import annotations

from collections.abc import Mapping

from queue_server.domain.clinic import DepartmentQueue
from queue_server.services.views import Json
from queue_server.storage.store import Store


class Waits:
    """Forecasts for everybody who waits, and for whoever would join now."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def of(self, queue: DepartmentQueue) -> Mapping[int, Json]:
        """Token id → {"low_s", "likely_s", "high_s"}; absent where it cannot be known."""
        return {}

    async def joining(self, queue: DepartmentQueue) -> Json | None:
        """The wait of somebody who joins now with normal priority."""
        return None
