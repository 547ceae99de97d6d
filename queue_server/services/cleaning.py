"""What nobody needs any more: ended logins, used codes, browsers that did not come back."""

from __future__ import annotations

from datetime import timedelta

from queue_server.services import accounts, patients
from queue_server.storage import leftovers, pin_tries, reset_codes
from queue_server.storage.store import Store

#: A browser that has not logged in for as long as browsers keep a cookie is forgotten.
BROWSERS_KEPT = timedelta(days=400)
TRIES_KEPT = timedelta(days=1)


class Cleaning:
    """Run every hour and at start."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def sweep(self) -> int:
        """Nothing is left that opens nothing any more; returns how many logins, browsers and device codes went."""
        async with self._store.transaction() as work:
            now = work.now
            gone = await leftovers.end_staff_sessions(work, now - accounts.IDLE, now - accounts.ABSOLUTE)
            gone += await leftovers.end_patient_sessions(work, now - patients.IDLE, now - patients.ABSOLUTE)
            gone += await leftovers.forget_browsers(work, now - BROWSERS_KEPT)
            gone += await leftovers.forget_enrolments(work)
            await reset_codes.forget_before(work, now)
            await pin_tries.forget_before(work, now - TRIES_KEPT)
        return gone
