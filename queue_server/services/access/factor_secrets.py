"""The secrets of second factors, wrapped under the documents' master keys, each for one account."""

from __future__ import annotations

from queue_server.domain.errors import KeyMissing
from queue_server.domain.people.second_factor import Factor
from queue_server.storage.engine.store import Transaction
from queue_server.storage.people import factor_rows
from queue_server.storage.people.factor_rows import StoredFactor
from queue_server.storage.records.encryption import DoesNotOpen, unwrap
from queue_server.storage.records.keyring import Keyring


async def put(work: Transaction, keys: Keyring, staff_id: int, secret: bytes) -> None:
    """The account has a factor with this secret, which is not confirmed; one before it is gone. Raises `KeyMissing`."""
    await factor_rows.put(work, staff_id, *keys.wrap(secret, _name(staff_id)))


def opened(keys: Keyring, stored: StoredFactor | None) -> Factor | None:
    """The factor; none where there is none, or where its key is gone or another account's."""
    if stored is None:
        return None
    try:
        return Factor(unwrap(stored.wrapped, keys.key(stored.key_id), _name(stored.staff_id)), stored.drift)
    except (KeyMissing, DoesNotOpen):
        return None


async def wrap_again(work: Transaction, keys: Keyring, key_id: str) -> None:
    """Every secret that opens is wrapped under the key in use, which has this id."""
    for stored in await factor_rows.wrapped_otherwise(work.connection, key_id):
        if factor := opened(keys, stored):
            await factor_rows.rewrap(work, stored.staff_id, *keys.wrap(factor.secret, _name(stored.staff_id)))


def _name(staff_id: int) -> str:
    """What the wrapping is bound to, so that one account's secret opens for no other."""
    return f"factor:{staff_id}"
