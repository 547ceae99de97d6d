"""Documents: stored encrypted with their visit, opened for whoever may read them, and for nobody else."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import func, select, text, update
from sqlmodel import col

from queue_server.domain.access.actors import Actor, ActorKind
from queue_server.domain.errors import Damaged, KeyMissing, UnknownDocument, UnknownPatient
from queue_server.domain.records.documents import DocumentKind
from queue_server.services.people.patients import PatientLogin
from queue_server.services.queue.issuing import IssuedToken, IssueRequest
from queue_server.services.records.attaching import PhoneAndPin
from queue_server.storage.records.encryption import CHUNK
from queue_server.storage.records.keyring import Keyring
from queue_server.storage.tables import ContentChunkRow, ContentRow, DocumentRow
from tests.clinics import PIN, Clinic

SECRET = b"%PDF-1.7 the patient's secret " * 9000  # four chunks


async def visit(clinic: Clinic, room: str = "1") -> tuple[PatientLogin, IssuedToken]:
    """A registered patient whom the first doctor has called to room 1."""
    await clinic.on_duty(0, room)
    login = await clinic.register()
    assert login.patient is not None
    token = await clinic.services.queue.issuing.issue(
        IssueRequest("GEN", patient_id=login.patient.id), by=Actor(ActorKind.PATIENT, login.patient.id)
    )
    await clinic.services.queue.calling.call_next(room, by=clinic.doctors[0])
    return login, token


async def add(clinic: Clinic, token: IssuedToken, content: bytes = SECRET, **more: Any) -> int:
    """A document of the token, by the first doctor."""
    given: dict[str, Any] = {"kind": DocumentKind.REPORT, "name": "Blood.pdf", "media_type": "application/pdf"} | more
    async with clinic.services.store.transaction() as work:
        fails = given.pop("fails", False)
        document = await clinic.services.records.documents.add(
            work, token_id=token.token_id, patient_id=None, content=content, by=clinic.doctors[0], **given
        )
        if fails:
            raise UnknownPatient
        return document


async def read(clinic: Clinic, document: int, by: Actor) -> bytes:
    """The document's content, as it comes."""
    opened = await clinic.services.records.documents.open(document, by=by)
    return b"".join([chunk async for chunk in opened.chunks])


def patient(login: PatientLogin) -> Actor:
    assert login.patient is not None
    return Actor(ActorKind.PATIENT, login.patient.id)


@pytest.mark.parametrize("size", [0, CHUNK, 3 * CHUNK + 1])
async def test_a_document_comes_out_as_it_went_in(clinic: Clinic, size: int) -> None:
    login, token = await visit(clinic)
    content = bytes(index % 251 for index in range(size))

    document = await add(clinic, token, content)

    assert await read(clinic, document, patient(login)) == content


async def test_patient_family_and_attending_doctor_may_read_and_nobody_else(clinic: Clinic) -> None:
    login, token = await visit(clinic)
    document = await add(clinic, token)
    stranger = await clinic.register("Ravi", phone="+91 98765 43210")
    no, yes = [], []

    for asker in (
        patient(login),
        clinic.doctors[0],
        clinic.doctors[1],
        patient(stranger),
        Actor(ActorKind.PATIENT, 999),
        Actor(ActorKind.ADMIN, 1),
    ):
        try:
            await read(clinic, document, asker)
            yes.append(asker)
        except UnknownDocument:
            no.append(asker)

    assert yes == [patient(login), clinic.doctors[0]]
    assert no == [clinic.doctors[1], patient(stranger), Actor(ActorKind.PATIENT, 999), Actor(ActorKind.ADMIN, 1)]


async def test_a_doctor_to_whom_the_patient_is_sent_reads_too(clinic: Clinic) -> None:
    _, token = await visit(clinic)
    document = await add(clinic, token)
    await clinic.on_duty(1, "3")
    await clinic.services.queue.calling.transfer(token.token_id, "LAB", by=clinic.doctors[0], room_code="1")
    with pytest.raises(UnknownDocument):
        await read(clinic, document, clinic.doctors[1])

    await clinic.services.queue.calling.call_next("3", by=clinic.doctors[1])

    assert await read(clinic, document, clinic.doctors[1]) == SECRET


async def test_a_doctor_reads_earlier_visits_only_while_attending_the_patient(clinic: Clinic) -> None:
    login, token = await visit(clinic)
    document = await add(clinic, token)
    clinic.clock.forward(days=1)
    await clinic.services.queue.day_end.expire_leftovers()
    await clinic.on_duty(1, "2")
    await clinic.services.queue.issuing.issue(IssueRequest("GEN", patient_id=patient(login).id), by=patient(login))
    await clinic.services.queue.calling.call_next("2", by=clinic.doctors[1])

    assert await read(clinic, document, clinic.doctors[1]) == SECRET

    clinic.clock.forward(days=1)
    with pytest.raises(UnknownDocument):
        await read(clinic, document, clinic.doctors[1])
    assert await read(clinic, document, clinic.doctors[0]) == SECRET


async def test_adding_and_reading_leave_lines_in_the_journal(clinic: Clinic) -> None:
    login, token = await visit(clinic)

    document = await add(clinic, token)
    await read(clinic, document, patient(login))

    assert (await clinic.kinds())[-2:] == ["document_added", "record_read"]


async def test_a_failed_transaction_leaves_nothing_of_a_document(clinic: Clinic) -> None:
    _, token = await visit(clinic)

    with pytest.raises(UnknownPatient):
        await add(clinic, token, fails=True)

    assert [await count(clinic, table) for table in (DocumentRow, ContentRow, ContentChunkRow)] == [0, 0, 0]


@pytest.mark.parametrize("damage", ["flip", "drop", "swap", "cut", "key", "other"])
async def test_a_document_that_does_not_open_is_reported_and_not_served(clinic: Clinic, damage: str) -> None:
    login, token = await visit(clinic)
    document = await add(clinic, token)
    other = await add(clinic, token, SECRET[::-1])
    await harm(clinic, damage)

    with pytest.raises(Damaged):
        await read(clinic, document, patient(login))
    with pytest.raises(Damaged):
        await read(clinic, document, patient(login))

    assert (await clinic.kinds()).count("document_damaged") == 1
    assert [found.id for found in await clinic.services.records.documents.damaged()] == [document]
    assert (await clinic.services.records.documents.first_bad())[0] in ([document], [document, other])


async def test_a_removed_document_is_gone_with_its_key(clinic: Clinic) -> None:
    login, token = await visit(clinic)
    document = await add(clinic, token)

    await clinic.services.records.documents.remove(document, "mistake", by=clinic.doctors[0])

    with pytest.raises(UnknownDocument):
        await read(clinic, document, patient(login))
    assert [await count(clinic, table) for table in (DocumentRow, ContentRow, ContentChunkRow)] == [1, 0, 0]
    assert (await clinic.kinds())[-1] == "document_removed"


async def test_without_the_key_nothing_can_be_stored_or_read(clinic: Clinic) -> None:
    login, token = await visit(clinic)
    document = await add(clinic, token)
    clinic.services.records.documents.keys = Keyring()

    with pytest.raises(KeyMissing):
        await read(clinic, document, patient(login))
    with pytest.raises(KeyMissing):
        await add(clinic, token)


async def test_documents_of_a_walk_in_become_the_patients_when_the_desk_attaches_the_number(clinic: Clinic) -> None:
    login = await clinic.register()
    await clinic.on_duty(0, "1")
    token = await clinic.issue()
    await clinic.services.queue.calling.call_next("1", by=clinic.doctors[0])
    document = await add(clinic, token)
    with pytest.raises(UnknownDocument):
        await read(clinic, document, patient(login))

    await clinic.services.records.attaching.by_key(
        token.key, PhoneAndPin(login.phone, PIN), by=Actor(ActorKind.DESK, 9)
    )

    assert await read(clinic, document, patient(login)) == SECRET


async def count(clinic: Clinic, table: type[Any]) -> int:
    async with clinic.services.store.reading() as connection:
        return int((await connection.execute(select(func.count()).select_from(table))).scalar_one())


async def harm(clinic: Clinic, damage: str) -> None:
    """Do to the first document's rows what a failing disk or an intruder would."""
    async with clinic.services.store.transaction() as work:
        contents = list(
            (await work.connection.execute(select(col(DocumentRow.content_id)).order_by(col(DocumentRow.id)))).scalars()
        )
        first, second = contents
        chunk, chunks = ContentChunkRow, {"id": first, "other": second}
        mine = select(col(chunk.data)).where(col(chunk.content_id) == first, col(chunk.position) == 1)
        data = (await work.connection.execute(mine)).scalar_one()
        of_mine = update(chunk).where(col(chunk.content_id) == first)
        match damage:
            case "flip":
                flipped = bytes([data[0] ^ 1]) + data[1:]
                await work.connection.execute(of_mine.where(col(chunk.position) == 1).values(data=flipped))
            case "drop":
                await work.connection.execute(
                    text("DELETE FROM content_chunk WHERE content_id = :id AND position = 1"), chunks
                )
            case "cut":
                await work.connection.execute(
                    text("DELETE FROM content_chunk WHERE content_id = :id AND position = 4"), chunks
                )
                await work.connection.execute(
                    text("UPDATE content SET size = 262144, chunks = 4 WHERE id = :id"), chunks
                )
            case "swap":
                for old, new in ((1, 91), (2, 1), (91, 2)):
                    await work.connection.execute(of_mine.where(col(chunk.position) == old).values(position=new))
            case "key":
                await work.connection.execute(
                    update(ContentRow).where(col(ContentRow.id) == first).values(wrapped_key=bytes(60))
                )
            case _:
                other = (
                    await work.connection.execute(
                        select(col(ContentRow.wrapped_key)).where(col(ContentRow.id) == second)
                    )
                ).scalar_one()
                await work.connection.execute(
                    update(ContentRow).where(col(ContentRow.id) == first).values(wrapped_key=other)
                )
