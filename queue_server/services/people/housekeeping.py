"""What nobody needs any more: ended logins, used codes, browsers that did not come back, old shares."""

from __future__ import annotations

from datetime import timedelta

from queue_server.domain.people.patients import TRIES_FORGOTTEN
from queue_server.services.people import accounts, patients
from queue_server.storage.engine.store import Store
from queue_server.storage.people import expired_rows, pin_attempt_rows, reset_code_rows
from queue_server.storage.programs import abdm_rows

#: A browser that has not logged in for as long as browsers keep a cookie is forgotten.
BROWSERS_KEPT = timedelta(days=400)
#: Nobody repeats an older share, or looks for what became of it.
SHARES_KEPT = timedelta(days=30)


class Housekeeping:
    """Run every hour and at start."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def sweep(self) -> int:
        """Nothing is left that opens nothing any more; returns how many logins, browsers and device codes went.

        While the clock is doubted nothing goes.
        """
        if self._store.clock.is_doubted():
            return 0
        async with self._store.transaction() as work:
            now = work.now
            gone = await expired_rows.end_staff_sessions(work, now - accounts.IDLE, now - accounts.ABSOLUTE)
            gone += await expired_rows.end_patient_sessions(work, now - patients.IDLE, now - patients.ABSOLUTE)
            gone += await expired_rows.delete_browsers(work, now - BROWSERS_KEPT)
            gone += await expired_rows.delete_enrolments(work)
            await abdm_rows.delete_shares_before(work, now - SHARES_KEPT)
            await reset_code_rows.delete_before(work, now)
            await pin_attempt_rows.delete_before(work, now - TRIES_FORGOTTEN)
        return gone
