"""A visit as Encounter, and a place in a queue as Task. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from queue_server.domain.queue.tokens import FINAL, State
from queue_server.domain.queue.visits import Stay, Visit
from queue_server.fhir.administration import CLINIC
from queue_server.fhir.codes import (
    ACT_CODE,
    ACT_PRIORITY,
    ACT_PRIORITY_SYSTEM,
    PARTICIPATION,
    TASK_PRIORITY,
    UCUM,
    coding,
    encounter_status,
    history,
    task_status,
)
from queue_server.fhir.elements import Resource, compact, extension, instant, period, reference, versioned
from queue_server.live.list_types import QueuedToken

#: The token's number; it is given out anew each day.
NUMBER = "urn:smart-queue:number"


def encounter(visit: Visit, names: Mapping[int, str], base: str, *, has_subject: bool) -> Resource:
    """The visit; `names` are the departments', `has_subject`: whether the reader may know whose it is."""
    last = visit.stays[-1]
    code, display = ACT_PRIORITY[last.priority]
    resource = compact(
        resourceType="Encounter",
        id=str(visit.id),
        extension=[extension(base, "queue-state", valueCode=visit.state.value)],
        identifier=[{"system": NUMBER, "value": visit.number}],
        status=encounter_status(visit.state, is_here=last.is_here),
        statusHistory=[
            {"status": word, "period": period(begun.at, end.at if end else visit.ended_at)}
            for word, begun, end in history(visit.moments)
        ],
        class_=coding(ACT_CODE, "AMB", "ambulatory"),
        serviceType={"text": names.get(last.department_id, "")} if names.get(last.department_id) else None,
        priority={"coding": [coding(ACT_PRIORITY_SYSTEM, code, display)], "text": last.priority.value},
        subject=reference("Patient", visit.patient_id) if visit.patient_id and has_subject else None,
        participant=[
            {
                "type": [{"coding": [coding(PARTICIPATION, "ATND", "attender")]}],
                "period": period(stay.called_at, stay.finished_at),
                "individual": reference("Practitioner", stay.doctor_id),
            }
            for stay in visit.stays
            if stay.doctor_id and stay.called_at
        ],
        period=period(visit.moments[0].at, visit.ended_at),
        location=[_location(stay) for stay in visit.stays if stay.room_id and stay.called_at],
        serviceProvider=reference("Organization", CLINIC),
    )
    return versioned(resource, visit.changed_at)


def task(visit: Visit, stay: Stay, standing: QueuedToken | None, base: str, *, has_subject: bool) -> Resource:
    """One stay in a department's queue; `standing` while it is live."""
    begun, status = stay.started_at or stay.called_at, task_status(stay.state, is_here=stay.is_here)
    resource = compact(
        resourceType="Task",
        id=str(stay.id),
        extension=_standing(standing, base),
        identifier=[{"system": NUMBER, "value": visit.number}],
        status=status,
        statusReason={"text": stay.state.value} if status in {"failed", "cancelled", "on-hold"} else None,
        businessStatus={"text": stay.state.value if stay.is_here else f"{stay.state.value}, not here yet"},
        intent="order",
        priority=TASK_PRIORITY[stay.priority],
        description=f"Attend to {visit.number}",
        focus=reference("Encounter", visit.id),
        for_=reference("Patient", visit.patient_id) if visit.patient_id and has_subject else None,
        encounter=reference("Encounter", visit.id),
        executionPeriod=period(begun, stay.finished_at) if begun else None,
        authoredOn=instant(stay.joined_at),
        lastModified=instant(visit.changed_at),
        owner=reference("HealthcareService", stay.department_id),
        location=reference("Location", stay.room_id) if stay.room_id else None,
    )
    return versioned(resource, visit.changed_at)


def _location(stay: Stay) -> Resource:
    is_over = stay.state in FINAL or stay.state is State.MISSED
    return {
        "location": reference("Location", stay.room_id),
        "status": "completed" if is_over else "active",
        "period": period(stay.called_at, stay.finished_at),
    }


def _standing(standing: QueuedToken | None, base: str) -> list[Resource]:
    """The people before it, and the wait that is promised; nothing for a stay that does not wait."""
    found = list[Resource]()
    if standing and standing["ahead"] is not None:
        found.append(extension(base, "queue-position", valueUnsignedInt=standing["ahead"]))
    if standing and (wait := standing["wait"]):
        low, high = ({"value": wait[name], "unit": "s", "system": UCUM, "code": "s"} for name in ("low_s", "high_s"))
        found.append(extension(base, "queue-wait", valueRange={"low": low, "high": high}))
    return found
