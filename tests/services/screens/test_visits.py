"""Visits for other software: one patient's are a look at the patient's records."""

from __future__ import annotations

from queue_server.domain.queue.visits import VisitQuery
from queue_server.services.queue.issuing import IssueRequest
from tests.clinics import KIOSK, PROGRAM, Clinic


async def test_a_look_at_one_patients_visits_is_noted_and_others_are_not(clinic: Clinic) -> None:
    login = await clinic.register()
    assert login.patient is not None
    token = await clinic.services.queue.issuing.issue(IssueRequest("GEN", patient_id=login.patient.id), by=KIOSK)
    visits = clinic.services.screens.visits

    everything = await visits.visits(VisitQuery(), by=PROGRAM)
    of_patient = await visits.visits(VisitQuery(patient_id=login.patient.id), by=PROGRAM)
    ((visit, stay),) = await visits.stays(VisitQuery(patient_id=login.patient.id), by=PROGRAM)

    assert everything == of_patient == [visit]
    assert (stay.token_id, visit.patient_id) == (token.token_id, login.patient.id)
    reads = await clinic.services.records.histories.reads(login.patient.id)
    assert [read.what for read in reads] == ["history", "history"]


async def test_where_live_tokens_stand_is_said_of_the_departments_that_are_asked_for(clinic: Clinic) -> None:
    first, second = await clinic.issue(), await clinic.issue()
    await clinic.issue("LAB")

    standing = await clinic.services.screens.visits.standing([1])

    assert {id_: token["ahead"] for id_, token in standing.items()} == {first.token_id: 0, second.token_id: 1}
