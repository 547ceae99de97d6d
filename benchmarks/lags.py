"""How late the event loop is woken while something else goes on."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

#: Seconds between two looks.
_STEP_S = 0.005


@asynccontextmanager
async def probed() -> AsyncIterator[list[float]]:
    """The list fills with the milliseconds by which the loop was late, one for each look."""
    lags: list[float] = []

    async def look() -> None:
        while True:
            began = time.perf_counter()
            await asyncio.sleep(_STEP_S)
            lags.append((time.perf_counter() - began - _STEP_S) * 1000)

    looking = asyncio.create_task(look())
    try:
        yield lags
    finally:
        looking.cancel()
