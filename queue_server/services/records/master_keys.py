"""The master keys of the documents: another one in use, and which are needed."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from typing import NamedTuple, cast

from queue_server.domain.access.actors import SYSTEM
from queue_server.domain.errors import KeyMissing
from queue_server.domain.queue.events import Event
from queue_server.paths import PROGRAM
from queue_server.progress import report
from queue_server.services.access import factor_secrets
from queue_server.storage.engine import setting_rows
from queue_server.storage.engine.store import Store
from queue_server.storage.people import factor_rows
from queue_server.storage.records import encrypted_blobs
from queue_server.storage.records.encryption import DoesNotOpen
from queue_server.storage.records.keyring import BadKeys, Keyring

#: The setting with the key that every server on the database has to hold. On SQLite there is one server.
_SHARED = "document_key_shared"


class SharedKey(NamedTuple):
    """The id of a master key, and by what it is known without being told."""

    key_id: str
    fingerprint: str


def fingerprint(key: bytes) -> str:
    """The same for the same key; nobody finds the key by it."""
    return hashlib.sha256(b"smart-queue document key\0" + key).hexdigest()[:16]


def _read(found: object) -> SharedKey:
    kept = cast("dict[str, str]", found)
    return SharedKey(kept["id"], kept["fingerprint"])


class MasterKeys:
    """Changing the master key writes no document anew: only the wrapped keys change."""

    def __init__(self, store: Store, keys: Keyring) -> None:
        self._store = store
        self._keys = keys

    async def prepare(self) -> None:
        """There is a master key; one is made only while no document needs another, and no other server has one.

        On PostgreSQL it is the one that all servers of the clinic hold. Raises `BadKeys`, `KeyMissing`.
        """
        shared = await self._shared() if self._store.is_postgres else None
        if shared is not None:
            self._check(shared)
        self._keys.prepare(await self.in_use())
        if self._store.is_postgres and shared is None:
            self._check(await self._share())

    async def rotate(self) -> tuple[str, int]:
        """(the id of the key that is in use from now on, how many documents' keys are wrapped under it now).

        With keys that are given by the environment the first of them is in use. A document whose key does not open
        is left as it is. Raises `BadKeys`.
        """
        key_id = self._keys.rotate() if self._keys.path is not None else self._keys.current()[0]
        count, after, total = 0, "", sum((await self.in_use()).values())
        while True:
            report(count, total)
            async with self._store.transaction() as work:
                some = await encrypted_blobs.wrapped_otherwise(work.connection, key_id, after)
                for found in some:
                    after = found[0]
                    with suppress(DoesNotOpen, KeyMissing):
                        await encrypted_blobs.wrap_again(work, self._keys, found)
                        count += 1
                if not some:
                    await factor_secrets.wrap_again(work, self._keys, key_id)
                    more = {"key": key_id, "documents": count}
                    work.record(Event("keys_rotated", work.now, str(SYSTEM), data=more))
                    await setting_rows.save_setting(work, _SHARED, self._own())
                    return key_id, count

    async def forget(self, key_id: str) -> None:
        """The older key is destroyed; backups that were made under it can no longer be read.

        Raises `BadKeys` while documents still need it.
        """
        async with self._store.reading() as connection:
            if key_id in await factor_rows.keys_in_use(connection):
                raise BadKeys(f"Second factors still need the key {key_id}; run `{PROGRAM} keys rotate` first.")
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

    def _check(self, shared: SharedKey) -> None:
        """Raises `BadKeys` unless this server holds the clinic's key."""
        is_here = not self._keys.missing([shared.key_id])
        if not is_here or fingerprint(self._keys.key(shared.key_id)) != shared.fingerprint:
            raise BadKeys(
                f"The servers of this clinic store documents under the key {shared.key_id}, which "
                f"{self._keys.place} does not hold. All need the same keys: copy them from another server. "
                "Is that key lost everywhere? "
                f"`{PROGRAM} keys rotate` makes another one."
            )

    async def _share(self) -> SharedKey:
        """The key that all servers of the clinic must hold: this one's, unless another was sooner."""
        async with self._store.transaction() as work:
            await setting_rows.save_first(work, _SHARED, self._own())
            found = await setting_rows.setting(work.connection, _SHARED)
        return _read(found)

    def _own(self) -> dict[str, str]:
        key_id, key = self._keys.current()
        return {"id": key_id, "fingerprint": fingerprint(key)}

    async def _shared(self) -> SharedKey | None:
        async with self._store.reading() as connection:
            found = await setting_rows.setting(connection, _SHARED)
        return None if found is None else _read(found)

    async def in_use(self) -> dict[str, int]:
        """Id of each master key that documents need → how many."""
        async with self._store.reading() as connection:
            return await encrypted_blobs.keys_in_use(connection)
