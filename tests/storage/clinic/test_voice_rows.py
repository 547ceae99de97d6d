"""Words that the clinic has recorded."""

from __future__ import annotations

from sqlalchemy import update
from sqlmodel import col

from queue_server.storage.clinic import voice_rows as rows
from queue_server.storage.engine.store import Transaction
from queue_server.storage.tables import VoiceClipRow


async def test_the_newest_recording_of_a_word_counts(work: Transaction) -> None:
    await rows.save(work, "hi", "टोकन", b"first")
    await rows.save(work, "hi", "टोकन", b"second")
    await rows.save(work, "en", "Token", b"other")

    assert await rows.of_language(work.connection, "hi") == {"टोकन": b"second"}
    assert await rows.recorded(work.connection) == [("en", "Token"), ("hi", "टोकन")]
    assert await rows.size(work.connection, "hi", "") == (1, 6)
    assert await rows.size(work.connection, "hi", "टोकन") == (0, 0)


async def test_a_recording_is_removed_alone_or_with_all_others(work: Transaction) -> None:
    for word in ("0", "1", "2"):
        await rows.save(work, "hi", word, b"sound")

    await rows.remove(work, "hi", "1")
    assert [word for _, word in await rows.recorded(work.connection)] == ["0", "2"]
    await rows.remove_all(work)
    assert await rows.recorded(work.connection) == []


async def test_a_recording_that_has_changed_by_itself_is_found(work: Transaction) -> None:
    await rows.save(work, "hi", "0", b"sound")
    await rows.save(work, "hi", "1", b"sound")
    spoilt = update(VoiceClipRow).where(col(VoiceClipRow.word) == "1").values(content=b"noise")
    await work.connection.execute(spoilt)

    assert [found async for found in rows.damaged(work.connection)] == [("hi", "1")]
