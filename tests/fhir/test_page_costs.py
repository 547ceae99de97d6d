"""A page asks the database as much for many entries as for few."""

from __future__ import annotations

from queue_server.domain.access.actors import Actor, ActorKind
from queue_server.domain.people.patients import CONSENT_VERSION
from queue_server.domain.records.documents import DocumentKind
from queue_server.services.people.patients import Consent, PersonForm
from tests.clinics import PIN
from tests.fhir.conftest import prescribe
from tests.running import Running
from tests.statements import statements

#: Searches, with how many entries each has to find at least once the clinic is fuller.
SEARCHES = {
    "Patient?_count=100": 5,
    "Patient?name=asha": 5,
    "Patient?_id=1,2,3,4,5": 5,
    "Encounter?date=2026-11-22": 11,
    "Encounter?date=2026-11-22&_include=Encounter:patient": 11,
    "Task?date=2026-11-22": 12,
    "MedicationRequest?_count=100": 15,
    "Composition?_count=100": 6,
    "DocumentReference?patient=1": 6,
    "DocumentReference?_id=1,2,3,4,5,6,7,8": 8,
    "AuditEvent?_count=100": 10,
}


async def _fill(running: Running) -> None:
    """Four more patients, prescriptions and documents."""
    known = running.services
    for number in range(4):
        form, phone = PersonForm(f"Asha {number}", "30"), f"+91 98765 4321{number}"
        await known.people.patients.register(phone, PIN, form, Consent(CONSENT_VERSION), cost=4)
        await running.issue()
        called = await running.call_next()
        assert called is not None
        await prescribe(running, called["id"])
        async with known.store.transaction() as work:
            await known.records.documents.add(
                work,
                token_id=1,
                patient_id=None,
                kind=DocumentKind.REPORT,
                name=f"Blood {number}.pdf",
                media_type="application/pdf",
                content=b"%PDF",
                by=Actor(ActorKind.DOCTOR, 1),
            )


async def test_a_page_asks_no_more_for_many_entries_than_for_few(lived: Running) -> None:
    async def asked(search: str) -> tuple[int, int]:
        """How many statements it takes, and how many entries it finds.

        What the server does for itself meanwhile may be counted with it: the least of some times is the page's own.
        """
        counts = list[int]()
        for _ in range(4):
            with statements() as run:
                answer = await lived.client.get(f"/fhir/R4/{search}")
            assert answer.status_code == 200, answer.text
            counts.append(len(run))
        return min(counts), len(answer.json()["entry"])

    few = {search: await asked(search) for search in SEARCHES}
    await _fill(lived)
    many = {search: await asked(search) for search in SEARCHES}

    assert {search: found for search, (_, found) in many.items() if found < SEARCHES[search]} == {}
    assert [search for search in SEARCHES if few[search][1] >= many[search][1]] == []
    assert {search: (few[search][0], run) for search, (run, _) in many.items() if run > few[search][0]} == {}
