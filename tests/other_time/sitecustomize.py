"""Loaded by every Python process of `scripts/test --on DATE`: makes sleeping work beside libfaketime.

Python sleeps by `clock_nanosleep` until a moment of the monotonic clock. libfaketime 0.9.10 answers that with EINVAL
when it leaves the monotonic clock alone, and it has to: otherwise no wait of a thread would ever end.
"""

import select
import time


def _sleep(seconds: float) -> None:
    select.select([], [], [], seconds)


time.sleep = _sleep  # type: ignore[assignment]
