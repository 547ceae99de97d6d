"""Encrypted contents as rows: written and opened chunk by chunk, destroyed with their key."""

from __future__ import annotations

import base64

import pytest
from sqlalchemy import ColumnElement, delete, func, select, update
from sqlmodel import col

from queue_server.domain.errors import KeyMissing
from queue_server.storage.engine.store import Transaction
from queue_server.storage.records import encrypted_blobs as blobs
from queue_server.storage.records.encryption import CHUNK, DoesNotOpen
from queue_server.storage.records.keyring import Keyring
from queue_server.storage.tables import ContentChunkRow, ContentRow
from tests.clinics import KEYS, MORNING
from tests.storage.rows import later

RING = Keyring(given=KEYS)
NEWER = Keyring(given=f"newer:{base64.b64encode(bytes(32)).decode()},{KEYS}")


async def a_content(work: Transaction, plain: bytes) -> str:
    """A whole content; its id."""
    content = await blobs.begin(work, RING)
    pieces = [plain[start : start + CHUNK] for start in range(0, len(plain), CHUNK)] or [b""]
    for position, piece in enumerate(pieces):
        await blobs.write(work, content, position, [piece], is_last=position == len(pieces) - 1)
    assert await blobs.finish(work, content, len(plain))
    return content.id


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK])
async def test_a_content_opens_as_it_was_written(work: Transaction, size: int) -> None:
    plain = bytes(place % 251 for place in range(size))

    content = await blobs.opened(work.connection, RING, await a_content(work, plain))

    assert (content.size, content.chunks) == (size, blobs.chunk_count(size))
    assert b"".join(await blobs.chunks(work.connection, content, 0, 99)) == plain
    assert await blobs.chunks(work.connection, content, content.chunks, 9) == []


async def test_small_contents_open_together_without_those_that_do_not(work: Transaction) -> None:
    first, empty, longer, changed, short = [
        await a_content(work, plain) for plain in (b"one", b"", bytes(CHUNK + 1), b"two", bytes(CHUNK + 1))
    ]
    await work.connection.execute(update(ContentChunkRow).where(_of(changed)).values(data=bytes(40)))
    last = (_of(short), col(ContentChunkRow.position) == 1)
    await work.connection.execute(delete(ContentChunkRow).where(*last))

    found = await blobs.small(work.connection, RING, [first, empty, longer, changed, short, "unknown"])

    assert found == {first: b"one", empty: b"", longer: bytes(CHUNK + 1)}
    with pytest.raises(KeyMissing):
        await blobs.small(work.connection, Keyring(given=f"newer:{base64.b64encode(bytes(32)).decode()}"), [first])


async def test_nothing_that_is_stored_shows_what_was_written(work: Transaction) -> None:
    content = await a_content(work, b"haemoglobin" * 99)

    sealed = await work.connection.scalar(select(col(ContentChunkRow.data)).where(_of(content)))

    assert sealed
    assert b"haemoglobin" not in sealed


async def test_a_content_that_is_not_whole_does_not_open(work: Transaction) -> None:
    content = await blobs.begin(work, RING)
    await blobs.write(work, content, 0, [bytes(CHUNK)], is_last=False)

    with pytest.raises(DoesNotOpen):
        await blobs.opened(work.connection, RING, content.id)
    with pytest.raises(DoesNotOpen):
        await blobs.opened(work.connection, RING, "0" * 32)


async def test_a_content_without_one_of_its_chunks_does_not_open(work: Transaction) -> None:
    content = await a_content(work, bytes(2 * CHUNK))
    whole = await blobs.opened(work.connection, RING, content)

    await work.connection.execute(delete(ContentChunkRow).where(_of(content), col(ContentChunkRow.position) == 0))

    with pytest.raises(DoesNotOpen):
        await blobs.opened(work.connection, RING, content)
    with pytest.raises(DoesNotOpen):
        await blobs.chunk(work.connection, whole, 0)


async def test_a_content_without_its_master_key_says_which_is_missing(work: Transaction) -> None:
    content = await a_content(work, b"plain")

    with pytest.raises(KeyMissing) as refused:
        await blobs.opened(work.connection, Keyring(given=KEYS.replace("test:", "other:")), content)

    assert refused.value.details == {"key_id": "test"}


async def test_a_destroyed_content_leaves_neither_key_nor_chunk(work: Transaction) -> None:
    kept, gone = await a_content(work, b"kept"), [await a_content(work, b"gone") for _ in range(3)]

    await blobs.destroy(work, gone)

    for table in (ContentRow, ContentChunkRow):
        assert await work.connection.scalar(select(func.count()).select_from(table)) == 1
    assert await blobs.opened(work.connection, RING, kept)


async def test_what_nobody_came_to_own_is_found_when_it_is_old(work: Transaction) -> None:
    content = await blobs.begin(work, RING)
    moment = later(work, hours=1)
    await blobs.begin(work, RING)

    assert await blobs.abandoned(work.connection, MORNING) == []
    assert await blobs.abandoned(work.connection, moment) == [content.id]
    assert not await blobs.finish(work, blobs.Content("0" * 32, content.cipher, 0, 0), 5)


async def test_after_a_rotation_contents_are_wrapped_again_and_open_without_the_old_key(work: Transaction) -> None:
    content = await a_content(work, b"plain")
    assert await blobs.keys_in_use(work.connection) == {"test": 1}

    (found,) = await blobs.wrapped_otherwise(work.connection, "newer", "")
    await blobs.wrap_again(work, NEWER, found)

    assert await blobs.wrapped_otherwise(work.connection, "newer", "") == []
    assert await blobs.keys_in_use(work.connection) == {"newer": 1}
    only_newer = Keyring(given=f"newer:{base64.b64encode(bytes(32)).decode()}")
    opened = await blobs.opened(work.connection, only_newer, content)
    assert await blobs.chunk(work.connection, opened, 0) == b"plain"


async def test_a_wrapped_key_that_was_changed_does_not_open(work: Transaction) -> None:
    content = await a_content(work, b"plain")
    await work.connection.execute(update(ContentRow).where(col(ContentRow.id) == content).values(wrapped_key=bytes(60)))

    with pytest.raises(DoesNotOpen):
        await blobs.opened(work.connection, RING, content)


async def test_what_doctors_wrote_is_gone_through_in_pages(work: Transaction) -> None:
    contents = sorted([await a_content(work, b"plain") for _ in range(3)])
    await blobs.begin(work, RING)

    first = await blobs.written(work.connection, "", 2)

    assert first == contents[:2]
    assert await blobs.written(work.connection, first[-1], 2) == contents[2:]


@pytest.mark.parametrize(("size", "count"), [(0, 1), (1, 1), (CHUNK, 1), (CHUNK + 1, 2)])
def test_an_empty_content_has_one_chunk(size: int, count: int) -> None:
    assert blobs.chunk_count(size) == count


def _of(content: str) -> ColumnElement[bool]:
    return col(ContentChunkRow.content_id) == content
