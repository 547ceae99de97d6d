"""Two records of one patient become one, on both databases: nothing of either is lost, and nobody else's is touched."""

from __future__ import annotations

import asyncio
import json
import random
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import text

from queue_server.domain.access.actors import SYSTEM, Actor, ActorKind
from queue_server.domain.alerts.alerts import Channel, Holder
from queue_server.domain.errors import BadInput, ChangedMeanwhile, Conflict, LoginRequired, UnknownPatient
from queue_server.domain.people.patients import Patient
from queue_server.domain.queue.tokens import Action
from queue_server.domain.records.documents import DocumentKind
from queue_server.services.people.merging import Seen
from queue_server.services.people.patients import PatientLogin
from queue_server.storage.alerts import preference_rows
from queue_server.storage.people import merge_rows, patient_rows
from tests.clinics import ADMIN, PIN, Clinic, a_clinic
from tests.waiting import until

pytestmark = pytest.mark.usefixtures("quick_hashes")

#: How many connections to this database wait for another's lock.
WAITING = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
OTHER_PHONE = "+91 98765 43210"


def seen(patient: Patient) -> Seen:
    return Seen(patient.id, patient.person)


def chosen(login: PatientLogin) -> Patient:
    assert login.patient is not None
    return login.patient


async def two(clinic: Clinic, phone: str = OTHER_PHONE) -> tuple[Patient, Patient]:
    """A patient, and the same one registered again."""
    return chosen(await clinic.register("Asha")), chosen(await clinic.register("Aasha", phone=phone))


async def visit(clinic: Clinic, patient: Patient, department: str = "GEN") -> None:
    """The patient is attended, and a report is there."""
    clinic.clock.forward(seconds=1)
    token = (await clinic.services.screens.own_tokens.take(patient, department)).token_id
    async with clinic.services.store.transaction() as work:
        await clinic.services.records.documents.add(
            work,
            token_id=token,
            patient_id=None,
            kind=DocumentKind.REPORT,
            name="Blood.pdf",
            media_type="application/pdf",
            content=b"%PDF-",
            by=SYSTEM,
        )
    await clinic.services.queue.calling.act(token, Action.CANCEL, by=ADMIN)


async def told(clinic: Clinic, patient_id: int) -> dict[str, Any]:
    """Everything that is known of the patient, as the export tells it."""
    data = clinic.services.records.personal_data
    async for name, _, content in data._parts(patient_id):  # noqa: SLF001
        if name == "patient.json":
            found: dict[str, Any] = json.loads(b"".join([part async for part in content]))
            return found
    raise AssertionError


@pytest.mark.parametrize("seed", range(3))
async def test_nothing_of_either_is_lost_and_nobody_elses_is_touched(clinic: Clinic, seed: int) -> None:
    chance = random.Random(seed)
    kept, gone = await two(clinic)
    stranger = chosen(await clinic.register("Ravi", phone="+91 81234 56780"))
    for _ in range(6):
        await visit(clinic, chance.choice([kept, gone, stranger]), chance.choice(["GEN", "LAB"]))
    async with clinic.services.store.transaction() as work:
        for patient in (kept, gone):
            for address in chance.sample(["a@clinic.example", "b@clinic.example", "c@clinic.example"], 2):
                await preference_rows.add_address(work, Holder(patient_id=patient.id), Channel.EMAIL, address)
    before = [await told(clinic, one.id) for one in (kept, gone, stranger)]

    await clinic.services.people.merging.merge(seen(kept), seen(gone), by=ADMIN)

    after = await told(clinic, kept.id)
    for name in ("token", "document", "consent", "record", "queue_entry"):
        ids = {row["id"] for row in after.get(name, [])}
        assert ids == {row["id"] for one in before[:2] for row in one.get(name, [])}, name
    addresses = {row["address"] for row in after["alert_address"]}
    assert addresses == {row["address"] for one in before[:2] for row in one["alert_address"]}
    lines = {line["number"] for line in after["journal"]}
    assert lines >= {line["number"] for one in before[:2] for line in one["journal"]}
    assert {name: rows for name, rows in (await told(clinic, stranger.id)).items() if name != "made_at"} == {
        name: rows for name, rows in before[2].items() if name != "made_at"
    }
    assert (await clinic.kinds())[-1] == "patients_merged"


async def test_the_phone_of_the_record_that_stays_opens_it_and_the_other_is_free(clinic: Clinic) -> None:
    kept, gone = await two(clinic)
    patients = clinic.services.people.patients

    await clinic.services.people.merging.merge(seen(kept), seen(gone), by=ADMIN)

    with pytest.raises(LoginRequired):
        await patients.log_in(OTHER_PHONE, PIN)
    assert chosen(await clinic.register("Somebody else", phone=OTHER_PHONE)).id not in {kept.id, gone.id}


async def test_a_phone_that_others_share_stays_theirs_and_shows_nothing_of_the_merged_one(clinic: Clinic) -> None:
    kept, gone = await two(clinic)
    patients = clinic.services.people.patients
    session = await patients.log_in(OTHER_PHONE, PIN)
    sister = chosen(await clinic.register("Sister", phone=OTHER_PHONE))

    await clinic.services.people.merging.merge(seen(kept), seen(gone), by=ADMIN)

    login = await patients.who(session.secret)
    assert login is not None
    assert login.patient is None
    assert [one.id for one in login.family] == [sister.id]


async def test_records_on_one_phone_become_one_and_its_logins_go_on(clinic: Clinic) -> None:
    kept, gone = await two(clinic, phone="081234 56789")
    session = await clinic.services.people.patients.log_in("081234 56789", PIN)
    login = await clinic.services.people.patients.who(session.secret)
    assert login is not None
    await clinic.services.people.patients.choose(session.secret, login, gone.id)

    await clinic.services.people.merging.merge(seen(kept), seen(gone), by=ADMIN)

    login = await clinic.services.people.patients.who(session.secret)
    assert login is not None
    assert (login.patient, [one.id for one in login.family]) == (kept, [kept.id])


@pytest.mark.postgres
async def test_a_token_that_is_taken_while_records_are_merged_is_with_the_one_that_is_kept(
    migrated_postgres_url: str,
) -> None:
    async with a_clinic(migrated_postgres_url) as clinic:
        kept, gone = await two(clinic)
        store = clinic.services.store
        token = (await clinic.issue("GEN")).token_id

        async def waits() -> bool:
            """Whether somebody waits for another's lock."""
            async with store.reading() as connection:
                found = await connection.execute(text(WAITING))
                return int(found.scalar_one()) > 0

        async def take() -> None:
            async with store.transaction() as work:
                await patient_rows.attach(work, token, gone.id)
                await patient_rows.add_consent(work, gone.id, "1", "en", "kiosk")

        async with store.transaction() as merging:
            await merge_rows.lock(merging, [kept.id, gone.id])
            await merge_rows.move(merging, gone.id, kept.id)
            taking = asyncio.ensure_future(take())
            await until(waits)
            await merge_rows.close(merging, gone.id, kept.id)
        await taking

        async with store.reading() as connection:
            assert await patient_rows.patient_of_token(connection, token) == kept.id
            assert len(await patient_rows.consents(connection, kept.id)) == 3
            assert await patient_rows.consents(connection, gone.id) == []


async def test_what_is_not_two_unchanged_records_is_refused(clinic: Clinic) -> None:
    kept, gone = await two(clinic)
    merge = clinic.services.people.merging.merge

    with pytest.raises(BadInput):
        await merge(seen(kept), seen(kept), by=ADMIN)
    with pytest.raises(UnknownPatient):
        await merge(seen(kept), Seen(999_999, gone.person), by=ADMIN)
    with pytest.raises(ChangedMeanwhile):
        await merge(seen(kept), Seen(gone.id, replace(gone.person, name="Other")), by=ADMIN)
    for one in (kept, gone):
        await clinic.services.screens.own_tokens.take(one, "GEN")
    with pytest.raises(Conflict):
        await merge(seen(kept), seen(gone), by=ADMIN)

    assert "patients_merged" not in await clinic.kinds()


async def test_a_merged_record_is_gone_and_its_patient_reads_all(clinic: Clinic) -> None:
    kept, gone = await two(clinic)
    await visit(clinic, gone)

    await clinic.services.people.merging.merge(seen(kept), seen(gone), by=ADMIN)

    with pytest.raises(UnknownPatient):
        await clinic.services.screens.lists.patient(gone.id, by=ADMIN)
    documents = clinic.services.records.documents
    await documents.check_reader(Actor(ActorKind.PATIENT, kept.id), None, kept.id)
    assert len((await told(clinic, kept.id))["document"]) == 1
