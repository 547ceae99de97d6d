"""What other health software reads, as it reads it."""

from __future__ import annotations

import base64
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from queue_server.domain.clinic.clinic import Room
from queue_server.domain.people.patients import CONSENT_VERSION
from queue_server.domain.queue.tokens import Action
from queue_server.domain.records.prescribing import Typed
from queue_server.domain.records.records import Missing, RecordKind
from queue_server.fhir.administration import location
from queue_server.fhir.routes import KINDS
from queue_server.services.people.patients import Consent, PersonForm
from queue_server.services.queue.issuing import IssueRequest
from queue_server.web.operation_outcomes import TYPES, outcome
from tests.clinics import PIN
from tests.fhir.conftest import DOCTOR, LINES, PROGRAM, prescribe
from tests.fhir.validating import errors
from tests.inspecting.corpus import a_pdf
from tests.running import Running

BASE = "/fhir/R4"


async def read(running: Running, path: str, **more: Any) -> Any:
    """The resource at this path."""
    answer = await running.client.get(f"{BASE}/{path}", **more)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/fhir+json"
    return answer.json()


async def pages(running: Running, path: str) -> AsyncIterator[Any]:
    """The pages of a search, from the first to the last, as their links lead."""
    while path:
        page = await read(running, path)
        yield page
        links = {link["relation"]: link["url"] for link in page["link"]}
        path = links.get("next", "").partition(f"{BASE}/")[2]


async def found(running: Running, path: str) -> list[Any]:
    """All resources that a search finds."""
    return [entry["resource"] async for page in pages(running, path) for entry in page.get("entry", [])]


def kinds(bundle: Any) -> list[str]:
    """What the bundle holds, in order."""
    return [entry["resource"]["resourceType"] for entry in bundle["entry"]]


def references(value: Any) -> list[str]:
    """Every reference within, at any depth."""
    if isinstance(value, list):
        return [one for part in value for one in references(part)]
    if isinstance(value, dict):
        own = [value["reference"]] if isinstance(value.get("reference"), str) else []
        return own + [one for part in value.values() for one in references(part)]
    return []


async def test_every_resource_of_a_clinic_is_valid(lived: Running, tmp_path: Path) -> None:
    headers = {"X-Document-Kind": "report", "X-Document-Name": "Blood.pdf"}
    upload = await lived.client.post("/api/v1/tokens/1/documents", content=a_pdf(), headers=headers)
    assert upload.status_code == 201
    everything = [await read(lived, "metadata")]
    for kind in KINDS:
        more = "patient=1&" if kind.name == "DocumentReference" else ""
        everything += [page async for page in pages(lived, f"{kind.name}?{more}_count=4")]
    everything.append(await read(lived, "Binary/1", headers={"Accept": "application/fhir+json"}))
    everything += [await read(lived, f"Composition/{one}/$document") for one in (1, 2)]
    everything += [json.loads(bytes(outcome(status, "x", "y").body)) for status in (*TYPES, 412, 500)]

    resources = [entry["resource"] for page in everything for entry in page.get("entry", [])]

    assert {one["resourceType"] for one in resources} == {kind.name for kind in KINDS}
    wrong = {"resourceType": "Encounter", "id": "wrong", "status": "banana", "class": {"code": "AMB"}}
    (only,) = errors([*everything, *resources, wrong], tmp_path)
    assert only.startswith("Encounter/wrong Encounter.status")
    for one in (entry["resource"] for page in everything for entry in page.get("entry", []) if "search" in entry):
        alone = await read(lived, f"{one['resourceType']}/{one['id']}")
        # A look at a look makes no other of it; everything else is the same alone and in a page.
        assert alone == one


async def test_a_signed_paper_is_one_bundle_with_everything_that_it_names(lived: Running) -> None:
    prescription, certificate = [await read(lived, f"Composition/{one}/$document") for one in (1, 2)]

    named = ["Encounter", "Practitioner", "Organization", "Patient"]
    assert kinds(prescription) == ["Composition", *["MedicationRequest"] * 3, *named]
    assert kinds(certificate) == ["Composition", "DocumentReference", *named]
    head, paper = (entry["resource"] for entry in certificate["entry"][:2])
    assert (head["title"], head["identifier"]["value"]) == ("Sick leave certificate", "2026-0001")
    assert head["type"]["coding"] == [
        {"system": "http://snomed.info/sct", "code": "419891008", "display": "Record artifact"}
    ]
    assert head["section"][0]["entry"] == [{"reference": f"DocumentReference/{paper['id']}"}]
    attachment = paper["content"][0]["attachment"]
    content = base64.b64decode(attachment["data"])
    assert (content[:5], len(content), attachment["contentType"]) == (b"%PDF-", attachment["size"], "application/pdf")
    for bundle in (prescription, certificate):
        there = {entry["fullUrl"].partition(f"{BASE}/")[2] for entry in bundle["entry"]}
        assert set(references(bundle["entry"][0])) <= there
    told = [bundle["entry"][0]["resource"]["section"][0]["text"]["div"] for bundle in (prescription, certificate)]
    assert "<p>Paracetamol tablet 500 mg, 1-0-0-½, after food, 5 days</p>" in told[0]
    assert "<p>Sick leave certificate 2026-0001</p>" in told[1]


INCLUDED = {
    "Encounter?_id=1&_include=Encounter:patient&_include=Encounter:location": {"Patient/1", "Location/1", "Location/3"},
    "Encounter?_id=1&_include=Encounter:practitioner": {"Practitioner/1"},
    "Encounter?_id=2&_include=Encounter:patient": set(),
    "Task?_id=1&_include=Task:focus&_include=Task:encounter&_include=Task:patient": {"Encounter/1", "Patient/1"},
    "Task?_count=3&_include=Task:owner": {"HealthcareService/1", "HealthcareService/2"},
    "MedicationRequest?_include=MedicationRequest:patient:Patient": {"Patient/1"},
    "MedicationRequest?_include=MedicationRequest:requester": {"Practitioner/1"},
    "Composition?_id=1&_include=Composition:entry": {f"MedicationRequest/1-{place}" for place in (1, 2, 3)},
    "Composition?_id=2&_include=Composition:entry": {"DocumentReference/2"},
    "DocumentReference?_id=1&_include=DocumentReference:encounter": {"Encounter/1"},
    "PractitionerRole?_id=1&_include=PractitionerRole:practitioner": {"Practitioner/1"},
    "Location?_include=Location:organization": {"Organization/clinic"},
}


def test_a_room_has_the_name_that_people_read() -> None:
    rooms = [Room(1, "PW", 1, {"hi": "दवा", "en": "Pharmacy"}), Room(2, "8", 1, {"ta": "மருந்து"}), Room(3, "9", 1)]

    assert [location(room)["name"] for room in rooms] == ["Pharmacy", "மருந்து", "Room 9"]


async def test_a_search_brings_along_what_its_finds_name_each_once(lived: Running) -> None:
    brought = {}
    for search in INCLUDED:
        entries = (await read(lived, search))["entry"]
        more = [one["fullUrl"].partition(f"{BASE}/")[2] for one in entries if one["search"]["mode"] == "include"]
        assert len(more) == len(set(more))
        brought[search] = set(more)

    assert brought == INCLUDED
    for kind in (await read(lived, "metadata"))["rest"][0]["resource"]:
        patient = "&patient=1" if kind["type"] == "DocumentReference" else ""
        for one in kind.get("searchInclude", []):
            page = await read(lived, f"{kind['type']}?_include={one}{patient}")
            assert "include" in {entry["search"]["mode"] for entry in page["entry"]}, one


async def test_a_visit_tells_its_whole_way(lived: Running) -> None:
    visit = await read(lived, "Encounter/1")

    assert (visit["status"], visit["subject"]) == ("finished", {"reference": "Patient/1"})
    assert [one["status"] for one in visit["statusHistory"]] == [
        "arrived",
        "in-progress",
        "arrived",
        "in-progress",
        "arrived",
        "in-progress",
        "finished",
    ]
    assert [one["location"]["reference"] for one in visit["location"]] == ["Location/1", "Location/3", "Location/1"]
    assert visit["period"] == {
        "start": visit["statusHistory"][0]["period"]["start"],
        "end": visit["statusHistory"][-1]["period"]["start"],
    }


async def test_a_place_in_a_queue_tells_how_many_are_before_it(lived: Running) -> None:
    waiting = await found(lived, "Task?status=ready")

    positions = {
        (task["businessStatus"]["text"], task["priority"]): {
            one["url"].rpartition("/")[2]: one.get("valueUnsignedInt", one.get("valueRange"))
            for one in task["extension"]
        }["queue-position"]
        for task in waiting
    }
    assert positions == {("waiting", "stat"): 0, ("waiting", "routine"): 1}
    states = [(one["status"], one["businessStatus"]["text"]) for one in await found(lived, "Task")]
    assert states[:3] == [("completed", "transferred"), ("completed", "attended"), ("completed", "attended")]
    assert set(states) >= {("on-hold", "held"), ("failed", "missed"), ("cancelled", "cancelled")}


async def test_a_prescription_keeps_its_digits(lived: Running) -> None:
    answer = await lived.client.get(f"{BASE}/MedicationRequest?patient=Patient/1")

    lines = [entry["resource"] for entry in answer.json()["entry"]]
    assert [one["medicationCodeableConcept"]["text"] for one in lines] == [
        "Paracetamol tablet 500 mg",
        "Salbutamol inhaler 100 mcg",
        "Amoxicillin capsule 500 mg",
    ]
    assert '"value":0.5' in answer.text
    assert [one["timing"]["repeat"]["when"] for one in lines[0]["dosageInstruction"]] == [["MORN"], ["NIGHT"]]
    assert lines[1]["dosageInstruction"][0]["asNeededBoolean"] is True


async def test_a_corrected_paper_is_superseded_by_the_one_that_replaces_it(lived: Running, tmp_path: Path) -> None:
    token, kind, drafts = 2, RecordKind.PRESCRIPTION, lived.services.records.drafts
    await lived.services.queue.calling.act(token, Action.RESUME, by=PROGRAM)
    await lived.services.queue.calling.call(token, "1", by=PROGRAM)
    await prescribe(lived, token)
    (first,) = [one for one in await found(lived, "DocumentReference?_id=1,2,3") if one["id"] == "3"]
    lived.clock.forward(minutes=5)
    await drafts.correct(token, kind, 3, by=DOCTOR)
    opened = await drafts.open(token, kind, by=DOCTOR)
    assert opened["draft"] is not None
    edit = await drafts.save(token, kind, opened["draft"]["edit"], Typed(LINES[:1], "Cough"), by=DOCTOR)
    await lived.services.records.signing.sign(token, kind, edit, by=DOCTOR, without=[*Missing])

    old, new = [await read(lived, f"DocumentReference/{one}") for one in (3, 4)]

    assert (first["status"], old["status"], new["status"]) == ("current", "superseded", "current")
    assert new["relatesTo"] == [{"code": "replaces", "target": {"reference": "DocumentReference/3"}}]
    assert old["meta"]["lastUpdated"] == new["meta"]["lastUpdated"] > first["meta"]["lastUpdated"]
    assert first["meta"]["versionId"] != old["meta"]["versionId"]
    since = new["meta"]["lastUpdated"].replace("+", "%2B")
    changed = await found(lived, f"DocumentReference?_id=1,2,3,4&_lastUpdated=ge{since}")
    assert [one["id"] for one in changed] == ["3", "4"]
    assert errors([old, new], tmp_path) == []


SEARCHES = {
    "Encounter?status=finished": 1,
    "Encounter?status=nonsense": 0,
    "Encounter?patient=http://elsewhere.example/fhir/Patient/1": 0,
    "Encounter?patient=1&date=2026-11-22": 1,
    "Encounter?date=lt2026-11-22": 0,
    "Encounter?date=ge2026-11&date=le2026": 7,
    "Encounter?_lastUpdated=gt2026-11-23": 0,
    "Encounter?_lastUpdated=le2026-11-23T00:00:00Z&_count=2": 7,
    "Encounter?_id=1,3,999,x": 2,
    "Patient?name=ash": 1,
    "Patient?_id=77": 0,
    "Location?_count=2": 3,
    "AuditEvent?patient=7": 0,
    "Encounter?patient=77": 0,
    "Task?patient=nobody": 0,
    "MedicationRequest?_count=1&status=cancelled": 0,
    "MedicationRequest?_id=1-1,1-2&status=cancelled": 0,
    "DocumentReference?_id=1&patient=77": 0,
    "DocumentReference?_id=1&_lastUpdated=lt2026-11-22": 0,
}


async def test_a_search_finds_what_it_asks_for(lived: Running) -> None:
    assert {search: len(await found(lived, search)) for search in SEARCHES} == SEARCHES


@pytest.mark.parametrize("kind", ["Encounter", "Task", "MedicationRequest"])
async def test_a_search_by_several_statuses_finds_what_each_of_them_finds(lived: Running, kind: str) -> None:
    each = {one["status"]: 0 for one in await found(lived, kind)}
    for status in each:
        each[status] = len(await found(lived, f"{kind}?status={status}"))

    assert min(each.values()) > 0
    assert len(await found(lived, f"{kind}?status={','.join(each)}")) == sum(each.values())


async def test_a_search_for_who_waits_here_or_elsewhere_finds_both(lived: Running) -> None:
    known = lived.services
    await known.clinic.departments.change("GEN", {"must_arrive": True}, by=PROGRAM)
    await known.queue.issuing.issue(IssueRequest("GEN", is_here=False), by=PROGRAM)

    planned, arrived = await found(lived, "Encounter?status=planned"), await found(lived, "Encounter?status=arrived")
    both = await found(lived, "Encounter?status=arrived,planned")

    assert len(both) == len(planned) + len(arrived) > len(planned) > 0


async def test_a_search_by_name_has_as_many_pages_as_it_needs(lived: Running) -> None:
    patients = lived.services.people.patients
    for number in range(3):
        form, phone = PersonForm(f"Ashalata {number}", "30"), f"+91 98765 4321{number}"
        await patients.register(phone, PIN, form, Consent(CONSENT_VERSION), cost=4)

    names = [one["name"][0]["text"] for one in await found(lived, "Patient?name=ash&_count=2")]

    assert len(names) == 4
    assert names[-3:] == ["Ashalata 0", "Ashalata 1", "Ashalata 2"]


async def test_whoever_has_the_newest_version_is_not_sent_it_again(lived: Running) -> None:
    first = await lived.client.get(f"{BASE}/Encounter/2")
    headers = {"If-None-Match": first.headers["etag"]}

    same = await lived.client.get(f"{BASE}/Encounter/2", headers=headers)
    for known in (f'"x", {first.headers["etag"]}', first.headers["etag"].removeprefix("W/"), "*"):
        again = await lived.client.get(f"{BASE}/Encounter/2", headers={"If-None-Match": known})
        assert again.status_code == 304, known
    await lived.client.post("/api/v1/tokens/2/resume")
    other = await lived.client.get(f"{BASE}/Encounter/2", headers=headers)

    assert (same.status_code, same.content, other.status_code) == (304, b"", 200)
    assert other.json()["meta"]["versionId"] != first.json()["meta"]["versionId"]


async def test_whose_a_visit_is_needs_the_scope_for_patients(lived: Running) -> None:
    key = await lived.services.programs.keys.add("board", ["queues:read"])
    headers = {"Authorization": f"Bearer {key}"}

    async def ask(path: str) -> httpx2.Response:
        return await lived.anonymous.get(f"{BASE}/{path}", headers=headers)

    assert "subject" not in (await ask("Encounter/1")).json()
    assert "for" not in (await ask("Task/1")).json()
    closed = ["Encounter?patient=1", "Encounter?_include=Encounter:patient", "Patient/1", "Binary/1"]
    refused = [await ask(path) for path in (*closed, "Composition/1/$document")]
    assert [answer.status_code for answer in refused] == [403] * 5


async def test_a_look_at_one_patient_is_noted_for_the_patient_and_told(lived: Running) -> None:
    await read(lived, "Encounter?patient=1")
    await read(lived, "MedicationRequest?patient=1")
    await read(lived, "Patient/1")

    looks = await found(lived, "AuditEvent?patient=Patient/1")

    assert [one["subtype"][0]["code"] for one in looks] == ["history", "history", "profile"]
    assert {one["agent"][0]["who"]["display"] for one in looks} == {"test"}


ERRORS = {
    "Patient/77": (404, "not-found", "not_found"),
    "Observation": (404, "not-found", "not_found"),
    "Encounter?colour=red": (400, "invalid", "bad_input"),
    "Encounter?date=yesterday": (400, "invalid", "bad_input"),
    "Encounter?_count=0": (400, "invalid", "bad_input"),
    "Encounter?date=gt9999": (400, "invalid", "bad_input"),
    "Encounter?_lastUpdated=lt0001-01-01": (400, "invalid", "bad_input"),
    f"Patient?_id={'1,' * 500}1": (400, "invalid", "bad_input"),
    "Patient?name=Asha&phone=56789": (400, "invalid", "bad_input"),
    "Patient?_id=1&name=Ravi": (400, "invalid", "bad_input"),
    "Encounter?patient=1&patient=2": (400, "invalid", "bad_input"),
    "Encounter?_include=Encounter:colour": (400, "invalid", "bad_input"),
    "Encounter?_include=Task:patient": (400, "invalid", "bad_input"),
    "Encounter?_include=Encounter:location:Patient": (400, "invalid", "bad_input"),
    "AuditEvent?_include=*": (400, "invalid", "bad_input"),
    "DocumentReference": (400, "invalid", "bad_input"),
    "Encounter?patient=Group/1": (400, "invalid", "bad_input"),
    "Encounter?patient=1,2": (400, "invalid", "bad_input"),
    "Patient?name=Asha,Ravi": (400, "invalid", "bad_input"),
    "Encounter?_format=xml": (400, "invalid", "bad_input"),
    "metadata?_format=xml": (400, "invalid", "bad_input"),
    "Binary/77": (404, "not-found", "unknown_document"),
    "Composition/77/$document": (404, "not-found", "not_found"),
}


async def test_every_error_is_an_operation_outcome(running: Running) -> None:
    told = {}
    for path in ERRORS:
        answer = await running.client.get(f"{BASE}/{path}", headers={"Accept": "text/html"})
        (issue,) = answer.json()["issue"]
        assert (issue["severity"], answer.headers["content-type"]) == ("error", "application/fhir+json")
        told[path] = (answer.status_code, issue["code"], issue["diagnostics"])
    changed = await running.client.delete(f"{BASE}/Patient/1")

    assert told == ERRORS
    assert (changed.status_code, changed.json()["issue"][0]["code"]) == (405, "not-supported")


async def test_a_search_with_an_unknown_parameter_says_which_it_has(running: Running) -> None:
    said = [(await running.client.get(f"{BASE}/{path}?colour=red")).json() for path in ("Patient", "Location")]

    everywhere = "_id, _count, _after, _include, _format, _pretty."
    assert [one["issue"][0]["details"]["text"] for one in said] == [
        f"This search has no parameter 'colour'; it has name, phone, {everywhere}",
        f"This search has no parameter 'colour'; it has {everywhere}",
    ]


async def test_without_a_key_there_is_nothing_but_the_capabilities(running: Running) -> None:
    open_to_all = await running.anonymous.get(f"{BASE}/metadata")
    closed = await running.anonymous.get(f"{BASE}/Location")

    assert open_to_all.json()["fhirVersion"] == "4.0.1"
    assert [one["type"] for one in open_to_all.json()["rest"][0]["resource"]] == [
        *(kind.name for kind in KINDS),
        "Binary",
    ]
    assert (closed.status_code, closed.json()["issue"][0]["code"]) == (401, "login")
    assert closed.headers["www-authenticate"] == "Bearer"
