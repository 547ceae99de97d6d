"""Records open to the administration with a reason only; patients are forgotten at their wish; years are chosen."""

from __future__ import annotations

import io
import json
import zipfile

import httpx2
import pytest

from queue_server.domain.access.actors import Actor, ActorKind
from queue_server.domain.people.patients import CONSENT_VERSION
from queue_server.domain.records.documents import DocumentKind
from queue_server.services.people.patients import Consent, PersonForm
from tests.clinics import PHONE, PIN
from tests.running import Running


@pytest.fixture
async def running(running: Running) -> Running:
    """With a patient, Asha, with G-001 and one document."""
    known = running.services
    person = PersonForm("Asha Devi", "34", "female", "en")
    opened = await known.people.patients.register(PHONE, PIN, person, Consent(CONSENT_VERSION), cost=4)
    login = await known.people.patients.who(opened.secret)
    assert login is not None
    assert login.patient is not None
    token = await known.screens.own_tokens.take(login.patient, "GEN")
    async with known.store.transaction() as work:
        await known.records.documents.add(
            work,
            token_id=token.token_id,
            patient_id=None,
            kind=DocumentKind.REPORT,
            name="Blood.pdf",
            media_type="application/pdf",
            content=b"%PDF blood",
            by=Actor(ActorKind.DOCTOR, 1),
        )
    return running


@pytest.mark.parametrize("typed", [PHONE, "+91 81234-56789", "g-001"])
async def test_a_patient_is_found_by_phone_or_todays_number(boss: httpx2.AsyncClient, typed: str) -> None:
    page = await boss.post("/admin/records", data={"sought": typed})

    assert 'href="/admin/records/1">Asha Devi' in page.text


async def test_records_open_with_a_reason_that_the_patient_reads(running: Running, boss: httpx2.AsyncClient) -> None:
    closed = await boss.get("/admin/records/1")
    assert "Blood" not in closed.text
    assert (await boss.get("/doctor/documents/1")).status_code == 404
    assert (await boss.post("/admin/records/1/reason", data={"reason": "no"})).status_code == 422

    assert (await boss.post("/admin/records/1/reason", data={"reason": "Insurance claim"})).status_code == 303

    assert "Blood.pdf" in (await boss.get("/admin/records/1")).text
    assert (await boss.get("/doctor/documents/1")).content == b"%PDF blood"
    reads = await running.services.records.histories.reads(1)
    assert [(read.what, read.reader.name, read.reason) for read in reads] == [
        ("document", "Boss", None),
        ("history", "Boss", None),
        ("reason", "Boss", "Insurance claim"),
    ]


async def test_visits_can_be_taken_away_once_a_reason_was_stated(running: Running, boss: httpx2.AsyncClient) -> None:
    assert (await boss.get("/admin/records/1/visits")).status_code == 404
    await boss.post("/admin/records/1/reason", data={"reason": "Insurance claim"})

    assert 'href="/admin/records/1/visits?as=xlsx"' in (await boss.get("/admin/records/1")).text
    table = (await boss.get("/admin/records/1/visits")).text.removeprefix("\ufeff").splitlines()
    assert table == ["Date,Number,Where,Doctor,Documents", "2026-11-22,G-001,General,,Report: Blood.pdf"]
    assert (await running.services.records.histories.reads(1))[0].what == "history"


async def test_everything_is_handed_over_and_then_forgotten(running: Running, boss: httpx2.AsyncClient) -> None:
    assert (await boss.post("/admin/records/1/erase")).status_code == 404
    await boss.post("/admin/records/1/reason", data={"reason": "The patient asks for it"})

    archive = await boss.get("/admin/records/1/export.zip")
    gone = await boss.post("/admin/records/1/erase")

    with zipfile.ZipFile(io.BytesIO(archive.content)) as files:
        assert files.namelist() == ["patient.json", "documents/1 Blood.pdf"]
        assert json.loads(files.read("patient.json"))["patient"][0]["name"] == "Asha Devi"
    assert "22 November 2029" in gone.text
    assert "Asha" not in (await boss.post("/admin/records", data={"sought": PHONE})).text


async def test_how_long_things_stay_is_chosen_and_what_went_shows(running: Running, boss: httpx2.AsyncClient) -> None:
    await running.services.records.retention.daily()

    wrong = await boss.post("/admin/retention", data={"documents": "1", "visits": "5", "reads": "5"})
    saved = await boss.post("/admin/retention", data={"documents": "7", "visits": "5", "reads": "5"})
    page = (await boss.get("/admin/retention")).text

    assert (wrong.status_code, saved.status_code) == (422, 303)
    assert 'value="7"' in page
    assert "2026-11-22" in page
