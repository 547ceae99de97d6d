"""How long a three-medicine prescription takes as a PDF in each language, how large it is, and what the loop feels.

    PYTHONPATH=. python benchmarks/papers.py [--times 5]

The first line is the first paper of the process, with the import of ReportLab. A probe in the event loop notes how late
it is woken; the last line is how late it is woken while nothing is made, which is what the machine itself does. Wanted:
at most 1 s, 60 KB, and no stall above 50 ms.
"""

import argparse
import asyncio
import resource
import statistics
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from queue_server import papers
from tests.papers.examples import LETTERHEAD, a_prescription

PROBE_S = 0.005


@asynccontextmanager
async def probed() -> AsyncIterator[list[float]]:
    """How late the event loop woke a probe each time, in milliseconds."""
    lags: list[float] = []

    async def probe() -> None:
        while True:
            asked = time.perf_counter()
            await asyncio.sleep(PROBE_S)
            lags.append((time.perf_counter() - asked - PROBE_S) * 1000)

    task = asyncio.create_task(probe())
    try:
        yield lags
    finally:
        task.cancel()


async def measured(language: str) -> tuple[float, float, int]:
    """Milliseconds to the PDF, the longest stall meanwhile in milliseconds, and its bytes."""
    async with probed() as lags:
        await asyncio.sleep(0.02)
        began = time.perf_counter()
        pdf = await papers.prescription(a_prescription(language), LETTERHEAD, language)
        took = (time.perf_counter() - began) * 1000
    return took, max(lags, default=0.0), len(pdf)


async def run(times: int) -> None:
    """Print the table."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    took, stall, size = await measured("en")
    print(f"first paper {took:6.0f} ms   longest stall {stall:5.1f} ms   {size / 1000:5.1f} KB")
    for language in papers.LANGUAGES:
        runs = [await measured(language) for _ in range(times)]
        took, stall = statistics.median(run[0] for run in runs), max(run[1] for run in runs)
        print(f"{language:11} {took:6.0f} ms   longest stall {stall:5.1f} ms   {runs[0][2] / 1000:5.1f} KB")
    async with probed() as lags:
        await asyncio.sleep(2)
    print(f"nothing                  longest stall {max(lags):5.1f} ms")
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    print(f"memory grew by {grown / 1024:.0f} MB", file=sys.stderr)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--times", type=int, default=5)
    asyncio.run(run(parser.parse_args().times))
