"""How long a page of 100 entries of FHIR takes over HTTP with a year of a clinic behind it, and how much it asks.

    PYTHONPATH=. python benchmarks/fhir_pages.py                      a year of 400 patients a day, made for it
    PYTHONPATH=. python benchmarks/fhir_pages.py --database queue.db  a copy of one (`smart-queue seed-history`)

Every third token is given one of 300 patients. The least and the middle of some repetitions are shown, and the least
time of a processor, the asker's included, which other programs on the machine lengthen less. Wanted: at most 100 ms a
page when nothing else runs.
"""

from __future__ import annotations

import argparse
import asyncio
import sqlite3
import statistics
import sys
import tempfile
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx2

from queue_server import demo
from queue_server.clock import SteadyClock, SystemClock
from queue_server.domain.people.patients import CONSENT_VERSION
from queue_server.services import Services, compose
from queue_server.services.people.patients import Consent, PersonForm
from queue_server.simulation import seeded_history
from queue_server.storage.engine.migrating import migrate
from queue_server.storage.engine.store import Store
from tests.clinics import PIN
from tests.running import a_browser, a_server
from tests.statements import statements

PATIENTS = 300


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--database", type=Path, metavar="FILE", help="an SQLite database with a past; it is copied")
    parser.add_argument("--days", type=int, default=365)
    parser.add_argument("--patients", type=int, default=400, help="how many a day (400)")
    parser.add_argument("--times", type=int, default=7, help="repetitions of each page (7)")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        if given.database:
            with closing(sqlite3.connect(given.database)) as old, closing(sqlite3.connect(f"{folder}/queue.db")) as new:
                old.backup(new)
        asyncio.run(run(given, Path(folder)))


async def run(given: argparse.Namespace, folder: Path) -> None:
    """Make what is not there, serve it, and time the pages."""
    url = f"sqlite:///{folder}/queue.db"
    await migrate(url)
    store = Store(url, SteadyClock(SystemClock()))
    await store.open()
    services = compose(store, lambda *_: [], "http://localhost")
    if not given.database:
        await demo.seed(services)
        await seeded_history.seed(services, given.days, given.patients)
    await people(services)
    key = await services.programs.keys.add("benchmark")
    await store.close()
    with closing(sqlite3.connect(folder / "queue.db")) as database, database:
        least = database.execute("SELECT min(id), max(id) FROM patient").fetchone()
        database.execute(f"UPDATE token SET patient_id = {least[0]} + id % {PATIENTS} WHERE id % 3 = 0")  # noqa: S608
        last = database.execute("SELECT max(id), max(service_day) FROM token").fetchone()
    headers = {"Authorization": f"Bearer {key}"}
    async with a_server(url, folder) as (address, _), a_browser(address, headers=headers, timeout_s=120) as client:
        for search in searches(int(last[0]), str(last[1]), int(least[0])):
            await measured(client, search, given.times)


async def people(services: Services) -> None:
    """There are patients."""
    for number in range(PATIENTS):
        form, phone = PersonForm(f"Patient {number}", "40"), f"+91 98765 4{number:04}"
        await services.people.patients.register(phone, PIN, form, Consent(CONSENT_VERSION), cost=4)


def searches(last: int, day: str, patient: int) -> list[str]:
    """What other software asks for: all, one day, what is new, one state, one patient, with what is named."""
    hour = (datetime.fromisoformat(day).replace(tzinfo=UTC) + timedelta(hours=6)).strftime("%Y-%m-%dT%H:%M:%SZ")
    return [
        "Encounter?_count=100",
        f"Encounter?_count=100&_after={last - 200}",
        f"Encounter?_count=100&date={day}",
        f"Encounter?_count=100&_lastUpdated=ge{hour}",
        "Encounter?_count=100&status=arrived",
        "Encounter?_count=100&status=cancelled",
        f"Encounter?_count=100&patient={patient}",
        f"Encounter?_count=100&date={day}&_include=Encounter:patient&_include=Encounter:location",
        "Task?_count=100",
        f"Task?_count=100&date={day}",
        f"Task?_count=100&_lastUpdated=ge{hour}",
        "Task?_count=100&status=ready",
        f"Task?_count=100&date={day}&_include=Task:focus&_include=Task:patient",
        "Patient?_count=100",
        "AuditEvent?_count=100",
    ]


async def measured(client: httpx2.AsyncClient, search: str, times: int) -> None:
    """Write a line for the search."""
    took, worked = [], []
    for _ in range(times):
        began, busy = time.perf_counter(), time.process_time()
        with statements() as asked:
            answer = await client.get(f"/fhir/R4/{search}")
        took.append(1000 * (time.perf_counter() - began))
        worked.append(1000 * (time.process_time() - busy))
        answer.raise_for_status()
    entries = len(answer.json().get("entry", []))
    spent = f"{min(took):7.1f} {statistics.median(took):7.1f} ms, {min(worked):6.1f} ms of CPU"
    figures = f"{spent} {len(asked):4} statements {entries:4} entries"
    sys.stdout.write(f"{figures}  {search}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
