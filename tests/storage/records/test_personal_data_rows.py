"""Nothing that is known of a person stays in any table after the erasure, but what the law makes the clinic keep."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import JSON, Column, Enum, LargeBinary, String, Table, select

from queue_server.domain.access.actors import Actor, ActorKind
from queue_server.domain.alerts.alerts import Channel, Holder
from queue_server.domain.devices.devices import DeviceKind
from queue_server.domain.people.patients import Sex
from queue_server.domain.programs.abdm import Profile
from queue_server.domain.queue.tokens import Action, Priority
from queue_server.services.queue.issuing import IssueRequest
from queue_server.storage.alerts import preference_rows
from queue_server.storage.programs import abdm_rows
from queue_server.storage.tables import metadata
from tests.clinics import PROGRAM, Clinic

DESK = Actor(ActorKind.DESK, 1)
#: Each is found nowhere but in what the clinic knows of the patient.
PERSONAL = {
    "name": "Zephyrine Quux",
    "name as it is looked for": "zephyrine quux",
    "phone": "+918123456789",
    "address": "zephyrine@mail.example",
    "ABHA address": "zephyrine.quux@sbx",
    "ABHA number": "91234567890123",
    "phone as the app spells it": "81234 56789",
    "REQUEST-ID of her share": "5f7a1f0e-0000-4000-8000-zephyrine000",
    "why she went first": "fell on the stairs of her house",
    "why she was an emergency": "wheezes since this morning",
    "why her token was deleted": "her daughter pressed twice",
}
PHONE_IN_APP, REQUEST_ID = PERSONAL["phone as the app spells it"], PERSONAL["REQUEST-ID of her share"]
#: Columns of text about a person, his or her tokens and stays: what an erasure takes away.
ERASED = {
    *(
        "patient.name",
        "patient.folded_name",
        "patient.language",
        "token.deleted_because",
        "queue_entry.priority_reason",
    ),
    *("alert_wish.quiet_from", "alert_wish.quiet_until", "alert_address.address", "alert_address.address_hash"),
    *("alert_address.refused_reason", "attach_code.code_hash", "outbox.key", "outbox.cause", "outbox.kind"),
    *("outbox.address", "outbox.address_hash", "outbox.language", "outbox.data", "outbox.reason"),
    *("abha.address", "abha.number", "abha.phone"),
    *("abdm_share.request_id", "abdm_share.counter", "abdm_share.code"),
    *("outbox.provider_id", "patient_session.secret_hash", "patient_session.browser"),
}
#: What stays, because it says nothing of the person, or because the law asks for it.
KEPT = {
    *("consent.version", "consent.language", "consent.channel"),
    *("token.key", "token.number", "token.language", "token.channel"),
    *("print_job.place", "print_job.reason", "call.number", "call.room"),
    *("record.content_id", "record.key", "record.number"),
    *("document.media_type", "document.label", "document.content_id", "document.by", "document.removed_because"),
    *("record_read.reader", "record_read.what", "record_read.reason", "desk_task.number", "desk_task.device"),
}


async def share(clinic: Clinic, patient_id: int, token_id: int) -> None:
    """The patient has come by the app, too."""
    address, number = PERSONAL["ABHA address"], PERSONAL["ABHA number"]
    profile = Profile(address, number, PERSONAL["name"], Sex.FEMALE, 1988, PHONE_IN_APP)
    async with clinic.services.store.transaction() as work:
        await abdm_rows.take_address(work, profile)
        await abdm_rows.give_address(work, profile, patient_id)
        await abdm_rows.add_share(work, REQUEST_ID, "GEN")
        await abdm_rows.change_share(work, REQUEST_ID, token_id=token_id)


async def known_clinic(clinic: Clinic) -> int:
    """Everything personal that staff, the patient and the queue can write down is written down; returns the patient."""
    services = clinic.services
    login = await clinic.register(PERSONAL["name"])
    assert login.patient is not None
    her = login.patient.id
    async with services.store.transaction() as work:
        await preference_rows.add_address(work, Holder(patient_id=her), Channel.EMAIL, PERSONAL["address"])
    await services.devices.registry.add(DeviceKind.AGENT, "Entrance printer", "entrance")
    asked = IssueRequest("GEN", Priority.URGENT, PERSONAL["why she went first"], "hi", "entrance", her)
    called = await services.queue.issuing.issue(asked, by=DESK, key="press")
    await share(clinic, her, called.token_id)
    await clinic.next()
    asked = IssueRequest("LAB", Priority.EMERGENCY, PERSONAL["why she was an emergency"], patient_id=her)
    deleted = await services.queue.issuing.issue(asked, by=DESK)
    await services.screens.desk.delete(deleted.token_id, PERSONAL["why her token was deleted"], by=DESK)
    await services.queue.calling.transfer(called.token_id, "LAB", by=PROGRAM, room_code="1")
    return her


async def contents(clinic: Clinic) -> dict[str, str]:
    """Table → everything in it as one text."""
    async with clinic.services.store.reading() as connection:
        return {
            table.name: "\n".join(str(tuple(row)) for row in await connection.execute(select(table)))
            for table in metadata.sorted_tables
        }


def holding(found: dict[str, str], personal: str) -> list[str]:
    """The tables in which this stands."""
    return [table for table, text in found.items() if personal in text]


async def test_no_column_of_any_table_holds_anything_personal_after_an_erasure(clinic: Clinic) -> None:
    her = await known_clinic(clinic)
    before = await contents(clinic)
    assert {what: bool(holding(before, text)) for what, text in PERSONAL.items()} == dict.fromkeys(PERSONAL, True)

    await clinic.services.records.personal_data.erase(her, by=DESK)

    after = await contents(clinic)
    assert {what: holding(after, text) for what, text in PERSONAL.items()} == {what: [] for what in PERSONAL}


async def test_an_erasure_leaves_what_is_known_of_others(clinic: Clinic) -> None:
    other = await clinic.register("Ravi Kumar", phone="+91 98765 43210")
    assert other.patient is not None
    asked = IssueRequest("GEN", Priority.URGENT, "high fever", patient_id=other.patient.id)
    await clinic.services.queue.issuing.issue(asked, by=DESK)
    her = await known_clinic(clinic)

    await clinic.services.records.personal_data.erase(her, by=DESK)

    after = await contents(clinic)
    assert holding(after, "Ravi Kumar") == ["patient"]
    assert "queue_entry" in holding(after, "high fever")
    assert "phone_account" in holding(after, "+919876543210")


async def test_the_journal_never_holds_a_reason(clinic: Clinic) -> None:
    await known_clinic(clinic)

    assert "issue" in await clinic.kinds()
    lines = (await contents(clinic))["event"]
    assert [what for what, text in PERSONAL.items() if text in lines] == []


@pytest.mark.parametrize("action", [Action.HOLD, Action.MISS])
async def test_an_erasure_cannot_be_taken_back_with_the_last_action(clinic: Clinic, action: Action) -> None:
    her = (await clinic.register(PERSONAL["name"])).family[0].id
    asked = IssueRequest("GEN", Priority.URGENT, PERSONAL["why she went first"], patient_id=her)
    token = await clinic.services.queue.issuing.issue(asked, by=DESK)
    await clinic.next()
    await clinic.act(token, action, room_code="1")

    await clinic.services.records.personal_data.erase(her, by=DESK)

    assert holding(await contents(clinic), PERSONAL["why she went first"]) == []


def test_every_text_about_a_patient_is_erased_or_kept_on_purpose() -> None:
    texts = {
        f"{table.name}.{column.name}"
        for table in metadata.sorted_tables
        if table.name == "patient" or _is_about_patients(table)
        for column in table.columns
        if _holds_words(column)
    }

    assert texts == ERASED | KEPT
    assert ERASED.isdisjoint(KEPT)


def _is_about_patients(table: Table) -> bool:
    owners: set[Any] = {key.column.table.name for key in table.foreign_keys}
    return bool(owners & {"patient", "token", "queue_entry"})


def _holds_words(column: Column[Any]) -> bool:
    kind = getattr(column.type, "impl_instance", column.type)
    return isinstance(kind, String | JSON | LargeBinary) and not isinstance(kind, Enum)
