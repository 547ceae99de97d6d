"""How long a doctor waits for a signed three-medicine prescription, and what the event loop feels meanwhile.

    PYTHONPATH=. python benchmarks/signing.py [--times 10]

From the press to the committed document, on SQLite. The first line is the first paper of
the process, with the import of ReportLab. Wanted: at most 1 s, and no stall above 50 ms.
"""

import argparse
import asyncio
import statistics
import tempfile
import time

from benchmarks.papers import probed
from queue_server.domain.records.prescribing import Typed, TypedLine
from queue_server.domain.records.records import Missing, RecordKind
from tests.clinics import Clinic, a_clinic

THREE = Typed(
    (
        TypedLine("Paracetamol", "tablet", "500 mg", "1-1-1", "after", "3"),
        TypedLine("Cetirizine", "tablet", "10 mg", "0-0-1", "any", "5"),
        TypedLine("Pantoprazole", "tablet", "40 mg", "1-0-0", "before", "7"),
    )
)


async def signed(clinic: Clinic) -> tuple[float, float]:
    """Milliseconds from the press to the document, and the longest stall of the loop meanwhile."""
    token, doctor = await clinic.issue(), clinic.doctors[0]
    await clinic.next("1")
    await clinic.services.records.drafts.save(token.token_id, RecordKind.PRESCRIPTION, 0, THREE, by=doctor)
    async with probed() as lags:
        await asyncio.sleep(0.02)
        began = time.perf_counter()
        await clinic.services.records.signing.sign(
            token.token_id, RecordKind.PRESCRIPTION, 1, by=doctor, without=[*Missing]
        )
        took = (time.perf_counter() - began) * 1000
    return took, max(lags, default=0.0)


async def run(times: int) -> None:
    """Print the figures."""
    with tempfile.TemporaryDirectory() as folder:
        async with a_clinic(f"sqlite:///{folder}/queue.db") as clinic:
            await clinic.on_duty(0, "1")
            first = await signed(clinic)
            runs = [await signed(clinic) for _ in range(times)]
    print(f"first    {first[0]:6.0f} ms   longest stall {first[1]:5.1f} ms")
    took = [run[0] for run in runs]
    print(f"median   {statistics.median(took):6.0f} ms   worst {max(took):.0f} ms")
    print(f"longest stall {max(run[1] for run in runs):5.1f} ms")
    async with probed() as lags:
        await asyncio.sleep(2)
    print(f"with nothing going on {max(lags):5.1f} ms")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--times", type=int, default=10)
    asyncio.run(run(parser.parse_args().times))
