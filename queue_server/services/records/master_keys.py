"""The master keys of the documents: another one in use, and which are needed."""

from __future__ import annotations

from contextlib import suppress

from queue_server.domain.access.actors import SYSTEM
from queue_server.domain.errors import KeyMissing
from queue_server.domain.queue.events import Event
from queue_server.paths import PROGRAM
from queue_server.storage.engine.store import Store
from queue_server.storage.records import encrypted_blobs
from queue_server.storage.records.encryption import DoesNotOpen
from queue_server.storage.records.keyring import BadKeys, Keyring


class MasterKeys:
    """Changing the master key writes no document anew: only the wrapped keys change."""

    def __init__(self, store: Store, keys: Keyring) -> None:
        self._store = store
        self._keys = keys

    async def prepare(self) -> None:
        """There is a master key; one is made only while no document needs another. Raises `BadKeys`, `KeyMissing`."""
        self._keys.prepare(await self.in_use())

    async def rotate(self) -> tuple[str, int]:
        """(the id of the key that is in use from now on, how many documents' keys are wrapped under it now).

        With keys that are given by the environment the first of them is in use. A document whose key does not open
        is left as it is. Raises `BadKeys`.
        """
        key_id = self._keys.rotate() if self._keys.path is not None else self._keys.current()[0]
        count, after = 0, ""
        while True:
            async with self._store.transaction() as work:
                some = await encrypted_blobs.wrapped_otherwise(work.connection, key_id, after)
                for found in some:
                    after = found[0]
                    with suppress(DoesNotOpen, KeyMissing):
                        await encrypted_blobs.wrap_again(work, self._keys, found)
                        count += 1
                if not some:
                    more = {"key": key_id, "documents": count}
                    work.record(Event("keys_rotated", work.now, str(SYSTEM), data=more))
                    return key_id, count

    async def forget(self, key_id: str) -> None:
        """The older key is destroyed; backups that were made under it can no longer be read.

        Raises `BadKeys` while documents still need it.
        """
        if count := (await self.in_use()).get(key_id):
            raise BadKeys(f"{count} documents still need the key {key_id}; run `{PROGRAM} keys rotate` first.")
        self._keys.forget(key_id)
        async with self._store.transaction() as work:
            work.record(Event("key_forgotten", work.now, str(SYSTEM), data={"key": key_id}))

    async def written(self) -> tuple[int, int]:
        """(how many of the doctors' own texts open, how many do not)."""
        good, bad, after = 0, 0, ""
        while True:
            async with self._store.reading() as connection:
                some = await encrypted_blobs.written(connection, after)
                for content_id in some:
                    try:
                        content = await encrypted_blobs.opened(connection, self._keys, content_id)
                        await encrypted_blobs.chunks(connection, content, 0, content.chunks)
                        good += 1
                    except (DoesNotOpen, KeyMissing):
                        bad += 1
            if not some:
                return good, bad
            after = some[-1]

    async def in_use(self) -> dict[str, int]:
        """Id of each master key that documents need → how many."""
        async with self._store.reading() as connection:
            return await encrypted_blobs.keys_in_use(connection)
