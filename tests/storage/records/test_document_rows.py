"""Documents as rows, with labels that open with their content's key."""

from __future__ import annotations

from sqlalchemy import update
from sqlmodel import col

from queue_server.domain.records.documents import DocumentKind
from queue_server.storage.engine.store import Transaction
from queue_server.storage.records import document_rows, encrypted_blobs
from queue_server.storage.records.document_rows import Label, NewDocument, Stored
from queue_server.storage.records.keyring import Keyring
from queue_server.storage.tables import DocumentRow
from tests.clinics import KEYS, MORNING
from tests.storage.rows import a_patient, a_token

RING = Keyring(given=KEYS)
LABEL = Label("खून की जाँच.pdf", "a" * 64, "b" * 64)


async def a_document(work: Transaction, token: int, label: Label = LABEL, **more: object) -> int:
    """A PDF of seven bytes; its id."""
    content = await encrypted_blobs.begin(work, RING)
    await encrypted_blobs.write(work, content, 0, [b"content"], is_last=True)
    await encrypted_blobs.finish(work, content, 7)
    values = {"patient_id": None, "kind": DocumentKind.REPORT, "media_type": "application/pdf", "by": "doctor:1"}
    new = NewDocument(token_id=token, **{**values, **more})  # type: ignore[arg-type]
    return await document_rows.add(work, new, content, 7, label)


async def the(work: Transaction, document: int, keys: Keyring = RING) -> Stored:
    """The document, which must be there."""
    found = await document_rows.one(work.connection, keys, document)
    assert found
    return found


async def test_a_document_is_read_as_it_was_added(work: Transaction) -> None:
    token, asha = await a_token(work), await a_patient(work)
    first = await a_document(work, token)
    id_ = await a_document(work, token, patient_id=asha, is_upload=True, replaces=first)

    found = await the(work, id_)

    document = found.document
    assert (document.name, document.size, document.by, document.added_at) == (LABEL.name, 7, "doctor:1", MORNING)
    assert (document.patient_id, document.replaces, document.is_upload) == (asha, first, True)
    assert (found.label, found.is_damaged) == (LABEL, False)
    content = await encrypted_blobs.opened(work.connection, RING, found.content_id)
    assert await encrypted_blobs.chunk(work.connection, content, 0) == b"content"


async def test_a_label_that_does_not_open_leaves_a_name_of_its_own(work: Transaction) -> None:
    id_ = await a_document(work, await a_token(work))

    under_other_keys = await the(work, id_, Keyring(given=KEYS.replace("test:", "other:")))
    await work.connection.execute(update(DocumentRow).where(col(DocumentRow.id) == id_).values(label=b"changed" * 9))
    changed = await the(work, id_)

    for found in (under_other_keys, changed):
        assert (found.document.name, found.label, found.is_damaged) == (f"document-{id_}.pdf", None, True)


async def test_documents_are_found_by_token_and_by_patient_oldest_first(work: Transaction) -> None:
    asha, token, other = await a_patient(work), await a_token(work), await a_token(work, "G-002")
    first = await a_document(work, token)
    second = await a_document(work, other, patient_id=asha)
    third = await a_document(work, token, patient_id=asha)

    async def of(found: list[Stored]) -> list[int]:
        return [one.document.id for one in found]

    assert await of(await document_rows.of_token(work.connection, RING, token)) == [first, third]
    assert await of(await document_rows.of_patient(work.connection, RING, asha)) == [second, third]
    assert await document_rows.ids_of_patient(work.connection, asha) == [second, third]
    assert await document_rows.ids(work.connection, first, 9) == [second, third]
    assert await document_rows.counts_of_tokens(work.connection, [token, other, other + 1]) == {token: 2, other: 1}

    assert await document_rows.give_to(work, token, asha) == 2
    assert await document_rows.ids_of_patient(work.connection, asha) == [first, second, third]


async def test_a_removed_document_is_found_nowhere_and_names_the_content_to_destroy(work: Transaction) -> None:
    asha, token = await a_patient(work), await a_token(work)
    id_ = await a_document(work, token, patient_id=asha, is_upload=True)
    content = (await the(work, id_)).content_id

    assert await document_rows.remove(work, [id_], "erased") == [content]

    assert await document_rows.one(work.connection, RING, id_) is None
    assert await document_rows.of_token(work.connection, RING, token) == []
    assert await document_rows.ids_of_patient(work.connection, asha) == []
    assert await document_rows.upload_count(work.connection, token) == 0
    assert await document_rows.counts_of_tokens(work.connection, [token]) == {}
    assert await document_rows.remove(work, [id_], "erased") == []


async def test_only_what_was_uploaded_counts_against_a_tokens_files(work: Transaction) -> None:
    token = await a_token(work)
    await a_document(work, token)
    await a_document(work, token, is_upload=True)

    assert await document_rows.upload_count(work.connection, token, is_locking=True) == 1


async def test_a_damaged_document_is_reported_once(work: Transaction) -> None:
    id_ = await a_document(work, await a_token(work))

    assert [await document_rows.mark_damaged(work, id_) for _ in range(2)] == [True, False]

    assert [one.document.id for one in await document_rows.damaged(work.connection, RING)] == [id_]
    assert (await the(work, id_)).is_damaged
