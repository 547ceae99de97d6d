"""What a patient may ask for: everything in one archive, to be forgotten; and what goes by itself with the years."""

from __future__ import annotations

import json
from typing import Any

import pytest

from queue_server.domain.access.actors import Actor, ActorKind
from queue_server.domain.errors import BadInput, UnknownDocument, UnknownPatient
from queue_server.domain.records.retention import RetentionPeriods
from queue_server.storage.records import personal_data_rows
from queue_server.storage.tables import metadata
from tests.clinics import Clinic
from tests.services.records.test_documents import SECRET, add, patient, read, visit

ADMIN = Actor(ActorKind.ADMIN, 7)


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


async def test_what_is_too_old_goes_once_a_day_and_is_reported(clinic: Clinic) -> None:
    login, token = await visit(clinic)
    old = await add(clinic, token)
    await read(clinic, old, patient(login))
    await clinic.services.records.retention.save_retention(RetentionPeriods(3, 4, 3), by=ADMIN)
    assert (await clinic.services.records.retention.daily() or {})["removed"]["documents"] == 0
    clinic.clock.forward(days=3 * 366)
    new = await add(clinic, token)

    report = await clinic.services.records.retention.daily()
    again = await clinic.services.records.retention.daily()

    assert report is not None
    assert report["removed"] == {"documents": 1, "records": 0, "visits": 0, "reads": 1}
    assert again is None
    assert [one["removed"]["documents"] for one in await clinic.services.records.retention.reports()] == [1, 0]
    with pytest.raises(UnknownDocument):
        await read(clinic, old, clinic.doctors[0])
    assert await read(clinic, new, clinic.doctors[0]) == SECRET
    assert "retention" in await clinic.kinds()


async def test_after_the_years_a_visit_is_nobodys(clinic: Clinic) -> None:
    login, _ = await visit(clinic)
    await clinic.services.records.retention.save_retention(RetentionPeriods(3, 3, 3), by=ADMIN)
    clinic.clock.forward(days=4 * 366)

    report = await clinic.services.records.retention.daily()

    assert report is not None
    assert report["removed"]["visits"] == 1
    assert (await clinic.services.records.histories.read(patient(login).id)).visits == ()


async def test_a_visit_is_kept_for_all_of_its_years_where_the_clinic_lies_far_west(clinic: Clinic) -> None:
    await clinic.in_zone("America/Los_Angeles", at="2026-11-23T09:00:00-08:00")
    await visit(clinic)
    await clinic.services.records.retention.save_retention(RetentionPeriods(3, 3, 3), by=ADMIN)

    await clinic.in_zone("America/Los_Angeles", at="2029-11-23T18:00:00-08:00")
    on_the_day = await clinic.services.records.retention.daily()
    await clinic.in_zone("America/Los_Angeles", at="2029-11-24T18:00:00-08:00")
    a_day_later = await clinic.services.records.retention.daily()

    assert [report and report["removed"]["visits"] for report in (on_the_day, a_day_later)] == [0, 1]


@pytest.mark.parametrize("years", [0, 2, 101])
async def test_less_than_the_law_asks_cannot_be_chosen(clinic: Clinic, years: int) -> None:
    with pytest.raises(BadInput) as refused:
        await clinic.services.records.retention.save_retention(RetentionPeriods(documents=years), by=ADMIN)

    assert refused.value.details["field"] == "documents"
