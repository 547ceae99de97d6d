"""A served clinic that has lived for a morning: every state, a transfer, papers, documents and looks."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from queue_server.domain.access.actors import Actor, ActorKind
from queue_server.domain.people.patients import CONSENT_VERSION
from queue_server.domain.queue.tokens import Action
from queue_server.domain.records.certificates import TypedCertificate
from queue_server.domain.records.prescribing import Typed, TypedLine
from queue_server.domain.records.records import Missing, RecordKind
from queue_server.services.people.patients import Consent, PersonForm
from queue_server.services.queue.issuing import IssueRequest
from tests.clinics import PHONE, PIN
from tests.running import Running, a_running_clinic

PROGRAM, DOCTOR = Actor(ActorKind.PROGRAM, 1), Actor(ActorKind.DOCTOR, 1, "Doctor first")
LEAVE = TypedCertificate("sick_leave", "en", "2026-11-22", "2026-11-24", "Fever")
LINES = (
    TypedLine("Paracetamol", "tablet", "500 mg", "1-0-½", "after", "5"),
    TypedLine("Salbutamol", "inhaler", "100 mcg", "2 sos", "any", ""),
    TypedLine("Amoxicillin", "capsule", "500 mg", "1-1-1", "before", "3", note="with much water"),
)


@pytest.fixture
async def running(tmp_path: Path) -> AsyncIterator[Running]:
    """The clinic on SQLite, served on loopback."""
    async with a_running_clinic(f"sqlite:///{tmp_path}/queue.db", tmp_path) as served:
        yield served


@pytest.fixture
async def lived(running: Running) -> Running:
    """The clinic after a morning: the patient's token, which has the id 1, was prescribed for and is attended."""
    known = running.services
    patients = known.people.patients
    opened = await patients.register(PHONE, PIN, PersonForm("Asha", "34"), Consent(CONSENT_VERSION), cost=4)
    login = await patients.who(opened.secret)
    assert login is not None
    assert login.patient is not None
    shift = {"doctor": "first", "room": "1", "weekday": "mon", "begins": "09:00", "ends": "24:00"}
    await known.clinic.roster.add_shift(shift, by=PROGRAM)
    asha = await _issue(running, patient_id=login.patient.id)
    await running.call_next()
    await _act(running, asha, Action.START)
    await prescribe(running, asha)
    await _certify(running, asha)
    await known.queue.calling.transfer(asha, "LAB", by=DOCTOR, returning=True, room_code="1")
    await known.queue.calling.call(asha, "3", by=PROGRAM)
    await _act(running, asha, Action.ATTEND)
    await known.queue.calling.call(asha, "1", by=DOCTOR)
    await _act(running, asha, Action.ATTEND)
    held, missed, cancelled, called = [await _issue(running) for _ in range(4)]
    await _act(running, held, Action.HOLD)
    await _act(running, cancelled, Action.CANCEL)
    await known.queue.calling.call(missed, "1", by=PROGRAM)
    await _act(running, missed, Action.MISS)
    await known.queue.calling.call(called, "1", by=PROGRAM)
    await known.queue.issuing.issue(IssueRequest("GEN", "emergency", "bleeding"), by=PROGRAM)  # type: ignore[arg-type]
    await known.queue.issuing.issue(IssueRequest("GEN", "assisted"), by=PROGRAM)  # type: ignore[arg-type]
    return running


async def _issue(running: Running, patient_id: int | None = None) -> int:
    issued = await running.services.queue.issuing.issue(IssueRequest("GEN", patient_id=patient_id), by=PROGRAM)
    return issued.token_id


async def _act(running: Running, token: int, action: Action) -> None:
    running.clock.forward(minutes=1)
    await running.services.queue.calling.act(token, action, by=PROGRAM)


async def prescribe(running: Running, token: int) -> None:
    records, kind = running.services.records, RecordKind.PRESCRIPTION
    edit = await records.drafts.save(token, kind, 0, Typed(LINES, "Fever"), by=DOCTOR)
    await records.signing.sign(token, kind, edit, by=DOCTOR, without=[*Missing])


async def _certify(running: Running, token: int) -> None:
    records, kind = running.services.records, RecordKind.CERTIFICATE
    edit = await records.drafts.save(token, kind, 0, LEAVE, by=DOCTOR)
    await records.signing.sign(token, kind, edit, by=DOCTOR, without=[*Missing])
