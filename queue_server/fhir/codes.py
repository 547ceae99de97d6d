"""How the clinic's words are said in FHIR R4: the one table of states, priorities and codes. Pure.

The value sets are those of HL7's R4 definitions (4.0.1); a test compares every word here with them.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from queue_server.domain.access.actors import ActorKind
from queue_server.domain.people.patients import Sex
from queue_server.domain.queue.tokens import FINAL, Priority, State
from queue_server.domain.queue.visits import Moment
from queue_server.domain.records.documents import DocumentKind
from queue_server.domain.records.records import CertificateKind, Food, RecordKind

#: Encounter.status (encounter-status). A token that was transferred waits in the next department.
ENCOUNTER: Mapping[State, str] = {
    State.WAITING: "arrived",
    State.CALLED: "in-progress",
    State.SERVING: "in-progress",
    State.HELD: "onleave",
    State.TRANSFERRED: "arrived",
    State.ATTENDED: "finished",
    State.MISSED: "cancelled",
    State.EXPIRED: "cancelled",
    State.CANCELLED: "cancelled",
}

#: What is said instead of somebody who waits and is not here yet.
ENCOUNTER_NOT_HERE = "planned"
TASK_NOT_HERE = "accepted"

#: Task.status (task-status) of one stay.
TASK: Mapping[State, str] = {
    State.WAITING: "ready",
    State.CALLED: "in-progress",
    State.SERVING: "in-progress",
    State.HELD: "on-hold",
    State.TRANSFERRED: "completed",
    State.ATTENDED: "completed",
    State.MISSED: "failed",
    State.EXPIRED: "cancelled",
    State.CANCELLED: "cancelled",
}

#: Task.priority (request-priority).
TASK_PRIORITY: Mapping[Priority, str] = {
    Priority.NORMAL: "routine",
    Priority.ASSISTED: "routine",
    Priority.URGENT: "urgent",
    Priority.EMERGENCY: "stat",
}

#: Encounter.priority (v3 ActPriority): code and display.
ACT_PRIORITY: Mapping[Priority, tuple[str, str]] = {
    Priority.NORMAL: ("R", "routine"),
    Priority.ASSISTED: ("R", "routine"),
    Priority.URGENT: ("UR", "urgent"),
    Priority.EMERGENCY: ("EM", "emergency"),
}

#: Patient.gender (administrative-gender).
GENDER: Mapping[Sex, str] = {Sex.FEMALE: "female", Sex.MALE: "male", Sex.OTHER: "other", Sex.UNSAID: "unknown"}

#: DocumentReference.type: LOINC where it has a word for it.
DOCUMENT: Mapping[DocumentKind, tuple[str, str] | None] = {
    DocumentKind.PRESCRIPTION: ("57833-6", "Prescription for medication"),
    DocumentKind.REPORT: ("11502-2", "Laboratory report"),
    DocumentKind.CERTIFICATE: None,
}

#: Composition.type, in SNOMED CT's words and no others: India's profiles (NRCeS PrescriptionRecord and, for whatever
#: has no profile of its own, HealthDocumentRecord) take one coding each.
COMPOSITION: Mapping[RecordKind, tuple[str, str]] = {
    RecordKind.PRESCRIPTION: ("440545006", "Prescription record"),
    RecordKind.CERTIFICATE: ("419891008", "Record artifact"),
}

#: What a certificate is, in words.
CERTIFICATE: Mapping[CertificateKind | None, str] = {
    CertificateKind.SICK_LEAVE: "Sick leave certificate",
    CertificateKind.FITNESS: "Fitness certificate",
    CertificateKind.ATTENDANCE: "Attendance certificate",
    CertificateKind.REFERRAL: "Referral letter",
    None: "Certificate",
}

#: Timing.repeat.when (event-timing): morning, noon, evening, night.
WHEN = ("MORN", "NOON", "EVE", "NIGHT")
#: How a medicine goes with meals, in words.
FOOD: Mapping[Food, str] = {
    Food.BEFORE: "before food",
    Food.AFTER: "after food",
    Food.WITH: "with food",
    Food.ANY: "",
}

#: Weekdays (days-of-week) are written in FHIR as they are here.
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

#: Whom of those who look at records a resource stands for.
READERS: Mapping[ActorKind, str] = {ActorKind.DOCTOR: "Practitioner", ActorKind.PATIENT: "Patient"}

ACT_CODE = "http://terminology.hl7.org/CodeSystem/v3-ActCode"
ACT_PRIORITY_SYSTEM = "http://terminology.hl7.org/CodeSystem/v3-ActPriority"
LOINC = "http://loinc.org"
SNOMED = "http://snomed.info/sct"
LOCATION_TYPE = "http://terminology.hl7.org/CodeSystem/location-physical-type"
AUDIT_TYPE = "http://terminology.hl7.org/CodeSystem/audit-event-type"
PARTICIPATION = "http://terminology.hl7.org/CodeSystem/v3-ParticipationType"
#: What kind of number an identifier is: a patient's in this clinic (MR), a doctor's registration (MD).
IDENTIFIER_TYPE = "http://terminology.hl7.org/CodeSystem/v2-0203"
UCUM = "http://unitsofmeasure.org"


def states_of(table: Mapping[State, str], statuses: Collection[str]) -> frozenset[State]:
    """The states that are said in one of these words; none for a word that the table never says."""
    return frozenset(state for state, word in table.items() if word in statuses)


def encounter_status(state: State, *, is_here: bool) -> str:
    """Encounter.status of a visit that stands so."""
    return ENCOUNTER_NOT_HERE if state is State.WAITING and not is_here else ENCOUNTER[state]


def task_status(state: State, *, is_here: bool) -> str:
    """Task.status of a stay that stands so."""
    return TASK_NOT_HERE if state is State.WAITING and not is_here else TASK[state]


def history(moments: tuple[Moment, ...]) -> list[tuple[str, Moment, Moment | None]]:
    """Encounter statuses in order: each with the moment at which it began, and at which the next one did (if any).

    A stay that ended while the visit went on (an examination after which the patient returned) is no end of the visit.
    """
    said: list[tuple[str, Moment]] = []
    for place, moment in enumerate(moments):
        is_last = place == len(moments) - 1
        state = State.WAITING if moment.state in FINAL and not is_last else moment.state
        word = encounter_status(state, is_here=moment.is_here)
        if not said or said[-1][0] != word:
            said.append((word, moment))
    ends: list[Moment | None] = [moment for _, moment in said[1:]]
    return [(word, begun, end) for (word, begun), end in zip(said, [*ends, None], strict=True)]


def coding(system: str, code: str, display: str = "") -> dict[str, Any]:
    """A Coding."""
    return {"system": system, "code": code} | ({"display": display} if display else {})
