"""Drafts, on both databases."""

import asyncio
from dataclasses import replace

import pytest

from queue_server.domain.access.actors import Actor, ActorKind
from queue_server.domain.errors import BadInput, ChangedMeanwhile, NotAllowed, UnknownToken
from queue_server.domain.queue.tokens import Action
from queue_server.domain.records.certificates import TypedCertificate
from queue_server.domain.records.prescribing import Typed, TypedLine
from queue_server.domain.records.records import RecordKind
from queue_server.services.queue.issuing import IssuedToken
from tests.clinics import Clinic

PRESCRIPTION, CERTIFICATE = RecordKind.PRESCRIPTION, RecordKind.CERTIFICATE
FEVER = TypedLine("Paracetamol", "tablet", "500 mg", "1-1-1", "after", "3")
TYPED = Typed((FEVER,), diagnosis="Fever")


@pytest.fixture
async def token(clinic: Clinic) -> IssuedToken:
    """The first doctor has the patient in room 1."""
    await clinic.on_duty(0, "1")
    issued = await clinic.issue()
    await clinic.next("1")
    return issued


async def test_a_draft_is_kept_as_typed_and_opened_again(clinic: Clinic, token: IssuedToken) -> None:
    doctor, drafts = clinic.doctors[0], clinic.services.records.drafts
    nonsense = Typed((replace(FEVER, dose="now and th"),))

    first = await drafts.save(token.token_id, PRESCRIPTION, 0, nonsense, by=doctor)
    second = await drafts.save(token.token_id, PRESCRIPTION, first, TYPED, by=doctor)

    opened = await drafts.open(token.token_id, PRESCRIPTION, by=doctor)
    assert (first, second, opened["draft"]["edit"]) == (1, 2, 2)
    assert opened["draft"]["content"]["lines"][0]["dose"] == "1-1-1"
    assert opened["draft"]["content"]["diagnosis"] == "Fever"
    assert (await drafts.recent(by=doctor))[0]["drafts"] == ["prescription"]


async def test_prescription_and_certificate_are_drafts_of_their_own(clinic: Clinic, token: IssuedToken) -> None:
    doctor, drafts = clinic.doctors[0], clinic.services.records.drafts
    await drafts.save(token.token_id, PRESCRIPTION, 0, TYPED, by=doctor)
    await drafts.save(token.token_id, CERTIFICATE, 0, TypedCertificate(remarks="Rest."), by=doctor)

    await drafts.discard(token.token_id, PRESCRIPTION, 1, by=doctor)

    assert (await drafts.open(token.token_id, PRESCRIPTION, by=doctor))["draft"] is None
    assert (await drafts.open(token.token_id, CERTIFICATE, by=doctor))["draft"]["content"]["remarks"] == "Rest."


async def test_of_two_windows_the_second_is_told_what_the_first_has_saved(clinic: Clinic, token: IssuedToken) -> None:
    doctor, drafts = clinic.doctors[0], clinic.services.records.drafts
    await drafts.save(token.token_id, PRESCRIPTION, 0, TYPED, by=doctor)

    for edit in (0, 5):
        with pytest.raises(ChangedMeanwhile) as refused:
            await drafts.save(token.token_id, PRESCRIPTION, edit, Typed(), by=doctor)
        draft = refused.value.details["draft"]
        assert isinstance(draft, dict)
        assert (draft["edit"], draft["content"]["diagnosis"]) == (1, "Fever")
    with pytest.raises(ChangedMeanwhile):
        await drafts.discard(token.token_id, PRESCRIPTION, 5, by=doctor)


async def test_of_many_savings_at_once_exactly_one_counts(clinic: Clinic, token: IssuedToken) -> None:
    doctor, drafts = clinic.doctors[0], clinic.services.records.drafts

    async def save(note: str) -> str:
        try:
            await drafts.save(token.token_id, PRESCRIPTION, 0, replace(TYPED, note=note), by=doctor)
        except ChangedMeanwhile:
            return "late"
        return note

    said = [said for said in await asyncio.gather(*(save(f"note {i}") for i in range(6))) if said != "late"]

    opened = await drafts.open(token.token_id, PRESCRIPTION, by=doctor)
    assert said == [opened["draft"]["content"]["note"]]


async def test_only_the_doctors_who_had_the_patient_may_write(clinic: Clinic, token: IssuedToken) -> None:
    drafts, second = clinic.services.records.drafts, clinic.doctors[1]
    waiting = await clinic.issue()

    for who, asked in ((second, token), (clinic.doctors[0], waiting)):
        with pytest.raises(UnknownToken):
            await drafts.open(asked.token_id, PRESCRIPTION, by=who)
        with pytest.raises(UnknownToken):
            await drafts.save(asked.token_id, PRESCRIPTION, 0, TYPED, by=who)
    for kind in ("admin", "desk", "program", "patient"):
        with pytest.raises(NotAllowed):
            await drafts.open(token.token_id, PRESCRIPTION, by=Actor(ActorKind(kind), 1))
    with pytest.raises(UnknownToken):
        await drafts.open(999_999, PRESCRIPTION, by=second)


async def test_after_a_transfer_both_doctors_may_write_each_their_own(clinic: Clinic, token: IssuedToken) -> None:
    drafts, (first, second) = clinic.services.records.drafts, clinic.doctors
    await drafts.save(token.token_id, PRESCRIPTION, 0, TYPED, by=first)
    await clinic.services.queue.calling.transfer(token.token_id, "LAB", by=first)
    await clinic.on_duty(1, "3")
    await clinic.next("3")

    await drafts.save(token.token_id, PRESCRIPTION, 0, replace(TYPED, note="second"), by=second)

    assert (await drafts.open(token.token_id, PRESCRIPTION, by=first))["draft"]["content"]["note"] == ""
    assert (await drafts.open(token.token_id, PRESCRIPTION, by=second))["draft"]["content"]["note"] == "second"


async def test_whoever_did_not_come_is_not_written_for(clinic: Clinic, token: IssuedToken) -> None:
    await clinic.act(token, Action.MISS)

    with pytest.raises(UnknownToken):
        await clinic.services.records.drafts.open(token.token_id, PRESCRIPTION, by=clinic.doctors[0])


async def test_an_endless_draft_is_refused_and_the_one_before_stays(clinic: Clinic, token: IssuedToken) -> None:
    doctor, drafts = clinic.doctors[0], clinic.services.records.drafts
    await drafts.save(token.token_id, PRESCRIPTION, 0, TYPED, by=doctor)

    with pytest.raises(BadInput, match="at most 20 medicines, not 500"):
        await drafts.save(token.token_id, PRESCRIPTION, 1, Typed((FEVER,) * 500), by=doctor)

    assert (await drafts.open(token.token_id, PRESCRIPTION, by=doctor))["draft"]["edit"] == 1


async def test_nothing_typed_lies_readable_in_the_database(clinic: Clinic, token: IssuedToken) -> None:
    secret = replace(TYPED, diagnosis="Zebrafever")
    await clinic.services.records.drafts.save(token.token_id, PRESCRIPTION, 0, secret, by=clinic.doctors[0])

    async with clinic.services.store.reading() as connection:
        for table in ("record", "content_chunk", "event"):
            rows = (await connection.exec_driver_sql(f"SELECT * FROM {table}")).all()  # noqa: S608
            assert "Zebrafever" not in str(rows)
