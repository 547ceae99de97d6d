"""Everybody presses at once."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from datetime import datetime, timedelta

from queue_server.services.queue.issuing import IssueRequest
from tests.clinics import KIOSK, SettableClock, a_clinic, open_services


class TickingClock(SettableClock):
    """A clock that shows another moment whenever somebody looks."""

    def now(self) -> datetime:
        self.moment += timedelta(milliseconds=1)
        return self.moment


async def test_whoever_has_the_lower_number_is_called_first(database_url: str) -> None:
    clock = TickingClock()
    async with AsyncExitStack() as stack:
        clinic = await stack.enter_async_context(a_clinic(database_url, clock))
        processes = [clinic.services]
        if clinic.services.store.is_postgres:
            processes.append(await stack.enter_async_context(open_services(database_url, clock)))

        presses = [process.queue.issuing.issue(IssueRequest("GEN"), by=KIOSK) for process in processes * 30]
        issued = await asyncio.gather(*presses)
        order = [await clinic.next() for _ in issued]

    assert order == sorted(token.number for token in issued)
    assert len(set(order)) == len(issued)
