"""Whether npm's `fhir` (HL7's R4 definitions and value sets) finds an error in what a generated clinic says.

    PYTHONPATH=. python benchmarks/fhir_clinic.py [--visits 500] [--seed 1]

Patients come with any priority, are called, served, held, transferred, missed and cancelled by chance; some are
given a prescription or a certificate. Every resource is read over HTTP, with everything that can be included, and each
signed paper as a Bundle. Ends with 1 where there is an error. Wanted: none. The short form is
`tests/fhir/test_resources.py`.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
from collections import Counter
from contextlib import suppress
from pathlib import Path
from random import Random
from typing import Any

from queue_server.domain.errors import BadInput, Conflict
from queue_server.domain.people.patients import CONSENT_VERSION
from queue_server.domain.queue.tokens import Action, Priority
from queue_server.domain.records.certificates import TypedCertificate
from queue_server.domain.records.prescribing import Typed, TypedLine
from queue_server.domain.records.records import CertificateKind, Missing, RecordKind
from queue_server.fhir.including import includes_of
from queue_server.fhir.routes import KINDS
from queue_server.services.people.patients import Consent, PersonForm
from queue_server.services.queue.issuing import IssueRequest
from tests.clinics import PIN
from tests.fhir.conftest import DOCTOR, PROGRAM
from tests.fhir.validating import errors
from tests.running import Running, a_running_clinic

PATIENTS = 150
MEDICINES = ("Paracetamol", "Amoxicillin", "Cetirizine", "Metformin")
DOSES = ("1-0-1", "½-0-½", "1-1-1-1", "2 sos", "1/3-0-1/3", "1 stat", "0-0-0-1½")


def main() -> int:
    """Make the clinic, read it, and print what is wrong with it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--visits", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        said = asyncio.run(run(Path(folder), given.visits, Random(given.seed)))
        found = errors(said, Path(folder))
    kinds = Counter(one["resourceType"] for one in said)
    visits = {one["id"]: one["status"] for one in said if one["resourceType"] == "Encounter"}
    sys.stdout.write(f"{dict(kinds)}\n{len(visits)} visits: {dict(Counter(visits.values()))}\n")
    sys.stdout.write("".join(f"{line}\n" for line in found[:40]) + f"{len(found)} errors\n")
    return 1 if found else 0


async def run(folder: Path, visits: int, random: Random) -> list[Any]:
    """Everything that the clinic says after so many visits: resources, pages, papers."""
    async with a_running_clinic(f"sqlite:///{folder}/queue.db", folder) as running:
        await people(running)
        tokens = set[int]()
        while len(tokens) < visits:
            running.clock.forward(seconds=random.randrange(10, 30))
            tokens.add(await visit(running, len(tokens), random))
        return await everything(running)


async def people(running: Running) -> None:
    """Registered patients, of every age that the form takes."""
    for number in range(PATIENTS):
        form, phone = PersonForm(f"Patient {number} <&>", str(1 + number % 120)), f"+91 98765 4{number:04}"
        await running.services.people.patients.register(phone, PIN, form, Consent(CONSENT_VERSION), cost=4)


async def visit(running: Running, place: int, random: Random) -> int:
    """One patient's way through the clinic, as far as it comes by now; returns the token's id."""
    queue = running.services.queue
    patient = random.randrange(1, PATIENTS + 1) if random.random() < 0.6 else None
    priority = random.choices([*Priority], (80, 10, 7, 3))[0]
    why = "bleeding" if priority in {Priority.URGENT, Priority.EMERGENCY} else None
    asked = IssueRequest("GEN" if random.random() < 0.8 else "LAB", priority, why, patient_id=patient)
    token = (await queue.issuing.issue(asked, by=PROGRAM)).token_id
    # Whoever has a number already is given the same one, wherever it has come to meanwhile.
    with suppress(Conflict):
        await on_its_way(running, token, place, random, asked)
    return token


async def on_its_way(running: Running, token: int, place: int, random: Random, asked: IssueRequest) -> None:
    """What becomes of a number. Raises `Conflict` for one that has had its turn."""
    queue, patient = running.services.queue, asked.patient_id
    is_lab = asked.department == "LAB"
    way = random.choices(("wait", "cancel", "hold", "miss", "see"), (4, 6, 4, 6, 80))[0]
    if way == "cancel":
        await act(running, token, Action.CANCEL)
    if way == "hold":
        await act(running, token, Action.HOLD)
    if way in {"miss", "see"}:
        await queue.calling.call(token, "3" if is_lab else "1", by=PROGRAM if is_lab else DOCTOR)
        if way == "miss":
            await act(running, token, Action.MISS)
            return
        await act(running, token, Action.START)
        if not is_lab:
            await papers(running, token, place, random, has_name=patient is not None)
        if not is_lab and random.random() < 0.15:
            await queue.calling.transfer(token, "LAB", by=DOCTOR, returning=False)
            await queue.calling.call(token, "3", by=PROGRAM)
        await act(running, token, Action.ATTEND)


async def act(running: Running, token: int, action: Action) -> None:
    """The step, a while later."""
    running.clock.forward(seconds=20)
    await running.services.queue.calling.act(token, action, by=PROGRAM)


async def papers(running: Running, token: int, place: int, random: Random, *, has_name: bool) -> None:
    """What the doctor signs for some."""
    if place % 8 == 0:
        lines = tuple(
            TypedLine(name, "tablet", "500 mg", random.choice(DOSES), "after", str(random.randrange(1, 9)))
            for name in random.sample(MEDICINES, random.randrange(1, 5))
        )
        await sign(running, token, RecordKind.PRESCRIPTION, Typed(lines, "Fever & cough"))
    if place % 10 == 0 and has_name:
        day, kind = running.clock.now().date().isoformat(), random.choice([*CertificateKind])
        await sign(running, token, RecordKind.CERTIFICATE, TypedCertificate(kind, "en", day, day, "Fever", "Rest."))


async def sign(running: Running, token: int, kind: RecordKind, typed: Typed | TypedCertificate) -> None:
    """The paper is signed; a dose that is refused is left."""
    records = running.services.records
    edit = await records.drafts.save(token, kind, 0, typed, by=DOCTOR)
    try:
        await records.signing.sign(token, kind, edit, by=DOCTOR, without=[*Missing])
    except BadInput as error:
        sys.stderr.write(f"not signed: {error}\n")


async def everything(running: Running) -> list[Any]:
    """Every page of every kind with what can be included, what is in it, and every paper's Bundle."""
    said = [await read(running, "metadata")]
    for kind in KINDS:
        along = "".join(f"&_include={one}" for one in includes_of(kind.name))
        numbers = range(1, PATIENTS + 1) if kind.name == "DocumentReference" else [None]
        for patient in numbers:
            path = f"{kind.name}?_count=100{along}" + (f"&patient={patient}" if patient else "")
            while path:
                page = await read(running, path)
                said += [page, *(entry["resource"] for entry in page.get("entry", []))]
                path = next((one["url"] for one in page["link"] if one["relation"] == "next"), "").partition("R4/")[2]
    papers = dict.fromkeys(one["id"] for one in said if one["resourceType"] == "Composition")
    return said + [await read(running, f"Composition/{one}/$document") for one in papers]


async def read(running: Running, path: str) -> Any:
    """The resource at this path."""
    answer = await running.client.get(f"/fhir/R4/{path}", timeout=60)
    answer.raise_for_status()
    return answer.json()


if __name__ == "__main__":
    sys.exit(main())
