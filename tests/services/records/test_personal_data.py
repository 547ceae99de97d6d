"""What a patient may ask for: everything in one archive, and to be forgotten."""

from __future__ import annotations

import json
from typing import Any

import pytest

from queue_server.domain.access.actors import Actor
from queue_server.domain.errors import BadInput, UnknownDocument, UnknownPatient
from queue_server.storage.records import personal_data_rows
from queue_server.storage.tables import metadata
from tests.clinics import ADMIN, Clinic
from tests.services.records.test_documents import SECRET, add, patient, read, visit


async def exported(clinic: Clinic, patient_id: int, by: Actor) -> dict[str, bytes]:
    """Name → content of everything in the export."""
    parts = await clinic.services.records.personal_data.export(patient_id, by=by)
    return {name: b"".join([piece async for piece in content]) async for name, _, content in parts}


async def test_the_export_holds_everything_and_no_secret(clinic: Clinic) -> None:
    login, token = await visit(clinic)
    document = await add(clinic, token)
    me = patient(login)
    await read(clinic, document, clinic.doctors[0])

    files = await exported(clinic, me.id, me)

    facts: dict[str, Any] = json.loads(files.pop("patient.json"))
    assert files == {f"documents/{document} Blood.pdf": SECRET}
    assert facts["phone"] == "+918123456789"
    assert facts["patient"][0]["name"] == "Asha"
    assert [row["number"] for row in facts["token"]] == ["G-001"]
    assert facts["document"][0]["file"] == f"documents/{document} Blood.pdf"
    assert facts["consent"][0]["channel"] == "patient"
    assert {row["reader"] for row in facts["record_read"]} == {"doctor:1", f"patient:{me.id}"}
    assert "document_added" in {line["kind"] for line in facts["journal"]}
    text = json.dumps(facts)
    for secret in ("pin_hash", "secret_hash", "wrapped_key", "$2b$"):
        assert secret not in text
    assert (await clinic.kinds())[-1] == "record_read"


async def test_only_the_patient_and_an_admin_with_a_reason_export(clinic: Clinic) -> None:
    login, _ = await visit(clinic)
    stranger = await clinic.register("Ravi", phone="+91 98765 43210")
    for by in (patient(stranger), ADMIN):
        with pytest.raises(UnknownDocument):
            await exported(clinic, patient(login).id, by)

    with pytest.raises(BadInput):
        await clinic.services.records.histories.state_reason(patient(login).id, " x ", by=ADMIN)
    await clinic.services.records.histories.state_reason(patient(login).id, "The patient asks at the desk", by=ADMIN)

    assert "patient.json" in await exported(clinic, patient(login).id, ADMIN)
    clinic.clock.forward(minutes=31)
    with pytest.raises(UnknownDocument):
        await exported(clinic, patient(login).id, ADMIN)


def test_every_table_about_patients_is_exported_or_left_out_on_purpose() -> None:
    about = {
        table.name
        for table in metadata.sorted_tables
        for column in table.columns
        for key in column.foreign_keys
        if key.column.table.name in {"patient", "token", "queue_entry"}
    }

    assert about >= personal_data_rows.NOT_EXPORTED - {"known_browser"}
    assert {"token", "document", "consent", "record_read"} <= about - personal_data_rows.NOT_EXPORTED


async def test_an_erased_patient_is_nobody_and_what_the_law_keeps_is_named_and_locked(clinic: Clinic) -> None:
    login, token = await visit(clinic)
    document = await add(clinic, token)
    me = patient(login)

    kept = await clinic.services.records.personal_data.erase(me.id, by=me)

    assert (kept.documents, str(kept.until)) == (1, "2029-11-22")
    for by in (me, clinic.doctors[1]):
        with pytest.raises(UnknownDocument):
            await read(clinic, document, by)
    await clinic.services.records.histories.state_reason(me.id, "A court asks for it", by=ADMIN)
    assert await read(clinic, document, ADMIN) == SECRET
    async with clinic.services.store.reading() as connection:
        found = await personal_data_rows.rows_of(connection, me.id)
        assert await personal_data_rows.phone_of(connection, me.id) is None
    assert (found["patient"][0]["name"], found["patient"][0]["birth_year"]) == ("", None)
    with pytest.raises(UnknownPatient):
        await clinic.services.records.personal_data.erase(me.id, by=me)
