"""Files that are handed in: clean ones are documents, of all others nothing is kept, on both databases."""

from __future__ import annotations

import errno
from collections.abc import AsyncIterator
from datetime import timedelta
from io import BytesIO

import pytest

from queue_server.domain.access.actors import Actor
from queue_server.domain.errors import FileRefused, StorageFull, UnknownDocument
from queue_server.domain.records.documents import DocumentKind
from queue_server.services.queue.issuing import IssuedToken
from queue_server.services.records import uploads as module
from queue_server.services.records.uploads import ABANDONED_AFTER, StagedFile, Upload, Uploaded, is_full
from queue_server.storage.records import encrypted_blobs
from queue_server.storage.records.encryption import CHUNK
from tests.clinics import Clinic
from tests.inspecting.corpus import a_pdf
from tests.services.records.test_documents import add, read


@pytest.fixture
async def token(clinic: Clinic) -> IssuedToken:
    """The first doctor has the patient in room 1."""
    await clinic.on_duty(0, "1")
    issued = await clinic.issue()
    await clinic.services.queue.calling.call_next("1", by=clinic.doctors[0])
    return issued


async def pieces(content: bytes, *, fails: bool = False) -> AsyncIterator[bytes]:
    """The content as it comes over the line; with `fails` the line breaks at its end."""
    for start in range(0, len(content), 50_000):
        yield content[start : start + 50_000]
    if fails:
        raise ConnectionResetError


async def upload(clinic: Clinic, token: IssuedToken, content: bytes, by: Actor | None = None, **more: bool) -> Uploaded:
    """The first doctor hands a file in."""
    handed = Upload(token.token_id, DocumentKind.REPORT, "Blood.pdf", by or clinic.doctors[0])
    return await clinic.services.records.uploads.upload(handed, pieces(content, **more))


async def left(clinic: Clinic) -> int:
    """How many contents there are although no document has them."""
    clinic.clock.moment += ABANDONED_AFTER + timedelta(seconds=1)
    return await clinic.services.records.uploads.clean_up()


async def test_a_clean_file_is_a_document_of_the_token(clinic: Clinic, token: IssuedToken) -> None:
    uploaded = await upload(clinic, token, a_pdf())

    assert not uploaded.is_again
    assert (await read(clinic, uploaded.id, clinic.doctors[0])).startswith(b"%PDF-")
    assert await left(clinic) == 0


async def test_the_same_file_again_is_the_same_document(clinic: Clinic, token: IssuedToken) -> None:
    first = await upload(clinic, token, a_pdf())

    assert await upload(clinic, token, a_pdf()) == Uploaded(first.id, is_again=True)
    assert (await upload(clinic, token, a_pdf(2))).id != first.id


@pytest.mark.parametrize("content", [b"", b"#!/bin/sh\n", a_pdf()[:200]])
async def test_of_a_file_that_is_refused_nothing_is_kept(clinic: Clinic, token: IssuedToken, content: bytes) -> None:
    with pytest.raises(FileRefused):
        await upload(clinic, token, content)

    assert await clinic.services.records.documents.of_token(token.token_id, by=clinic.doctors[0]) == []
    assert await left(clinic) == 0


async def test_of_a_file_that_is_cut_off_nothing_is_kept(clinic: Clinic, token: IssuedToken) -> None:
    with pytest.raises(ConnectionResetError):
        await upload(clinic, token, a_pdf(), fails=True)

    assert await left(clinic) == 0


async def test_a_full_disk_is_said_and_leaves_nothing(
    clinic: Clinic, token: IssuedToken, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(encrypted_blobs, "write", full)
    with pytest.raises(StorageFull):
        await upload(clinic, token, a_pdf())

    assert await left(clinic) == 0


async def test_only_whoever_handed_a_file_in_takes_it_back(clinic: Clinic, token: IssuedToken) -> None:
    uploads, (first, second) = clinic.services.records.uploads, clinic.doctors
    mine = await upload(clinic, token, a_pdf())
    written_here = await add(clinic, token)

    for document, token_id, by in (
        (mine.id, token.token_id, second),
        (mine.id, token.token_id + 1, first),
        (written_here, token.token_id, first),
        (99, token.token_id, first),
    ):
        with pytest.raises(UnknownDocument):
            await uploads.take_back(document, token_id, by=by)
    await uploads.take_back(mine.id, token.token_id, by=first)

    stay = await clinic.services.records.documents.of_token(token.token_id, by=first)
    assert [one.id for one in stay] == [written_here]


async def test_what_a_power_cut_left_behind_is_cleaned_up_and_documents_stay(
    clinic: Clinic, token: IssuedToken
) -> None:
    kept = await upload(clinic, token, a_pdf())
    async with clinic.services.store.transaction() as work:
        await encrypted_blobs.begin(work, clinic.services.records.documents.keys)

    assert await clinic.services.records.uploads.clean_up() == 0
    assert await left(clinic) == 1
    assert await read(clinic, kept.id, clinic.doctors[0])


@pytest.mark.parametrize("size", [1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK])
async def test_a_staged_file_is_encrypted_and_comes_back_as_it_was(size: int) -> None:
    file, content = BytesIO(), b"secret " * (size // 7) + b"x" * (size % 7)

    stage = await StagedFile.filled(file, pieces(content))

    assert b"".join([piece async for piece in stage.pieces()]) == content
    assert b"secret" not in file.getvalue()


async def test_a_file_that_is_too_large_is_refused_before_all_of_it_has_come(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LARGEST_FILE", 100_000)

    with pytest.raises(FileRefused):
        await StagedFile.filled(BytesIO(), pieces(bytes(100_001), fails=True))


@pytest.mark.parametrize(
    ("error", "is_so"),
    [
        (OSError(errno.ENOSPC, ""), True),
        (OSError(errno.EDQUOT, ""), True),
        (OSError(errno.EACCES, ""), False),
        (ValueError("database or disk is full"), False),
    ],
)
def test_a_full_disk_is_told_from_other_errors(error: Exception, *, is_so: bool) -> None:
    assert is_full(error) == is_so
