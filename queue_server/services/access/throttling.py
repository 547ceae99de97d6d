"""Counting wrong secrets: a few are free, then everybody who shares the scope waits, longer each time."""

from __future__ import annotations

import math

from queue_server.domain.errors import TooManyTries
from queue_server.domain.people.patients import TRIES_FORGOTTEN, next_try_at
from queue_server.storage.engine.store import Store
from queue_server.storage.people import pin_attempt_rows


class Throttling:
    """Counts in the database, so that no restart and no second process gives tries away."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def count(self, scope: str) -> None:
        """One more try is counted as wrong until `succeeded` is told. Raises `TooManyTries`.

        Counting before the secret is checked keeps tries that are sent together from all being the first.
        """
        async with self._store.transaction() as work:
            await pin_attempt_rows.delete_before(work, work.now - TRIES_FORGOTTEN)
            count, failed_at = await pin_attempt_rows.failures(work, scope)
            wait = next_try_at(count, failed_at) - work.now
            if wait.total_seconds() > 0:
                raise TooManyTries(math.ceil(wait.total_seconds()))
            await pin_attempt_rows.save(work, scope, count + 1)

    async def succeeded(self, scope: str) -> None:
        """The secret was right: what was wrong before no longer counts."""
        async with self._store.transaction() as work:
            await pin_attempt_rows.clear(work, scope)
