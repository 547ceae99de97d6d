"""The clinic, its departments, rooms, doctors and patients as resources. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from queue_server.domain.clinic.clinic import Clinic, Department, Duty, Room
from queue_server.domain.people.staff import Staff
from queue_server.domain.queue.tokens import DutyState
from queue_server.fhir.codes import DAYS, GENDER, IDENTIFIER_TYPE, LOCATION_TYPE, coding
from queue_server.fhir.elements import Resource, compact, reference, versioned
from queue_server.live.list_types import ListedPatient

#: The one organization of a server.
CLINIC = "clinic"

#: A line of the duty roster: weekday ("mon"), from and until ("09:00").
Shift = tuple[str, str, str]


def organization(clinic: Clinic) -> Resource:
    """The clinic."""
    return versioned({"resourceType": "Organization", "id": CLINIC, "active": True, "name": clinic.name or "Clinic"})


def healthcare_service(department: Department, rooms: Iterable[Room]) -> Resource:
    """A department, with its opening hours."""
    hours = department.hours
    times = None if hours is None else [(day, *span) for day, spans in hours.items() for span in spans]
    return versioned(
        compact(
            resourceType="HealthcareService",
            id=str(department.id),
            active=department.is_open,
            providedBy=reference("Organization", CLINIC),
            identifier=[{"system": "urn:smart-queue:department", "value": department.code}],
            name=department.name("en"),
            location=[reference("Location", room.id) for room in rooms if room.department_id == department.id],
            appointmentRequired=False,
            availableTime=None if times is None else _times(times),
            notAvailable=[
                {"description": "Holiday", "during": {"start": day.isoformat(), "end": day.isoformat()}}
                for day in sorted(department.holidays)
            ],
        )
    )


def location(room: Room) -> Resource:
    """A room."""
    return versioned(
        {
            "resourceType": "Location",
            "id": str(room.id),
            "status": "active",
            "name": room.name("en") or f"Room {room.code}",
            "mode": "instance",
            "identifier": [{"system": "urn:smart-queue:room", "value": room.code}],
            "physicalType": {"coding": [coding(LOCATION_TYPE, "ro", "Room")]},
            "managingOrganization": reference("Organization", CLINIC),
        }
    )


def practitioner(doctor: Staff) -> Resource:
    """A doctor, with the qualification that stands on the papers."""
    kind = {"coding": [coding(IDENTIFIER_TYPE, "MD", "Medical License number")]}
    number = {"type": kind, "system": "urn:smart-queue:registration", "value": doctor.registration}
    return versioned(
        compact(
            resourceType="Practitioner",
            id=str(doctor.id),
            active=doctor.is_active,
            name=[{"text": doctor.name}],
            identifier=[number] if doctor.registration else [],
            qualification=[{"code": {"text": doctor.qualification}}] if doctor.qualification else [],
        )
    )


def practitioner_role(doctor: Staff, duty: Duty | None, room: Room | None, shifts: Sequence[Shift]) -> Resource:
    """What a doctor does here: where he or she is now, and is by the roster."""
    is_here = duty is not None and duty.state in {DutyState.ON_DUTY, DutyState.ON_BREAK}
    return versioned(
        compact(
            resourceType="PractitionerRole",
            id=str(doctor.id),
            active=doctor.is_active,
            practitioner=reference("Practitioner", doctor.id, doctor.name),
            organization=reference("Organization", CLINIC),
            location=[reference("Location", room.id)] if room and is_here else [],
            healthcareService=[reference("HealthcareService", room.department_id)] if room and is_here else [],
            availableTime=_times(shifts),
            availabilityExceptions=duty.state.value.replace("_", " ") if duty else None,
        )
    )


def patient(found: ListedPatient) -> Resource:
    """A registered patient."""
    kind = {"coding": [coding(IDENTIFIER_TYPE, "MR", "Medical record number")]}
    return versioned(
        compact(
            resourceType="Patient",
            id=str(found["id"]),
            identifier=[{"type": kind, "system": "urn:smart-queue:patient", "value": str(found["id"])}],
            active=True,
            name=[{"text": found["name"]}],
            telecom=[{"system": "phone", "value": found["phone"]}] if found["phone"] else [],
            gender=GENDER[found["sex"]],
            birthDate=str(found["birth_year"]) if found["birth_year"] else None,
            communication=[{"language": {"coding": [coding("urn:ietf:bcp:47", found["language"])]}, "preferred": True}],
            managingOrganization=reference("Organization", CLINIC),
        )
    )


def _times(shifts: Iterable[Shift]) -> list[Resource]:
    """Spans of the week. FHIR has no 24:00: the day's last second stands for it."""
    return [
        {"daysOfWeek": [day], "availableStartTime": _time(begins), "availableEndTime": _time(ends)}
        for day, begins, ends in sorted(shifts, key=lambda shift: (DAYS.index(shift[0]), shift[1]))
    ]


def _time(text: str) -> str:
    return "23:59:59" if text == "24:00" else f"{text}:00"
