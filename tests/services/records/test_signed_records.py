"""Signed prescriptions and certificates for other software, on both databases."""

from __future__ import annotations

from dataclasses import replace

from queue_server.domain.access.scopes import ALL_SCOPES
from queue_server.domain.records.prescribing import Typed, TypedLine
from queue_server.domain.records.records import Missing, RecordKind
from queue_server.services.queue.issuing import IssueRequest
from tests.clinics import KIOSK, PROGRAM, Clinic

KIND = RecordKind.PRESCRIPTION


async def prescribed(clinic: Clinic, token: int, dose: str) -> None:
    """The first doctor signs one line; of an earlier prescription it is the correction."""
    drafts, doctor = clinic.services.records.drafts, clinic.doctors[0]
    typed = Typed((TypedLine("Paracetamol", "tablet", "500 mg", dose, "after", "3"),), "Fever")
    opened = await drafts.open(token, KIND, by=doctor)
    edit = await drafts.save(token, KIND, opened["draft"]["edit"] if opened["draft"] else 0, typed, by=doctor)
    await clinic.services.records.signing.sign(token, KIND, edit, by=doctor, without=[*Missing])


async def test_signed_lines_are_read_in_pages_and_the_patient_sees_the_look(clinic: Clinic) -> None:
    login = await clinic.register()
    assert login.patient is not None
    await clinic.on_duty(0, "1")
    token = await clinic.services.queue.issuing.issue(IssueRequest("GEN", patient_id=login.patient.id), by=KIOSK)
    await clinic.next("1")
    await prescribed(clinic, token.token_id, "1-0-1")
    await clinic.services.records.drafts.correct(token.token_id, KIND, 1, by=clinic.doctors[0])
    await prescribed(clinic, token.token_id, "1-1-1")
    signed = clinic.services.records.signed

    first, second = await signed.page([KIND], 0, 10, by=PROGRAM, patient_id=login.patient.id)
    (rest,) = await signed.page([KIND], first.record.id, 10, by=PROGRAM)

    assert (first.is_replaced, second.is_replaced, rest) == (True, False, second)
    assert [line.medicine.generic for line in second.lines] == ["Paracetamol"]
    assert (second.patient_id, second.number) == (login.patient.id, "G-001")
    now = clinic.clock.moment
    assert await signed.page([KIND], 0, 10, by=PROGRAM, since=now.replace(year=2030)) == []
    assert len(await signed.page([KIND], 0, 10, by=PROGRAM, ids=[2], until=now)) == 1
    looks = await clinic.services.records.histories.looks(0, 100, patient_id=login.patient.id, until=now)
    assert [(str(one.reader), one.what, one.patient_id) for one in looks] == [
        ("program:1", "history", login.patient.id)
    ] * 3
    assert await clinic.services.records.histories.looks(0, 100, ids=[99], since=now) == []
    (label,) = await clinic.services.records.documents.labels([2, 77], by=replace(PROGRAM, scopes=ALL_SCOPES))
    assert (label.id, label.replaces) == (2, 1)
