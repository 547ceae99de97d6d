"""Secrets of second factors: each opens for its own account only, and under another key without the old one."""

from __future__ import annotations

import base64
from dataclasses import replace

from queue_server.domain.people.second_factor import Factor
from queue_server.services.access import factor_secrets
from queue_server.storage.people import factor_rows
from queue_server.storage.records.keyring import Keyring
from tests.clinics import KEYS, Clinic

SECRET = b"s" * 20
OLD = Keyring(given=KEYS)
NEW = f"new:{base64.b64encode(bytes(32)).decode()}"


async def test_a_secret_opens_for_its_own_account_only(clinic: Clinic) -> None:
    first, second = (doctor.id for doctor in clinic.doctors[:2])
    async with clinic.services.store.transaction() as work:
        await factor_secrets.put(work, OLD, first, SECRET)
        stored = await factor_rows.factor(work.connection, first, is_confirmed=False)
    assert stored is not None

    assert SECRET not in stored.wrapped
    assert factor_secrets.opened(OLD, stored) == Factor(SECRET)
    assert factor_secrets.opened(OLD, replace(stored, staff_id=second)) is None
    assert factor_secrets.opened(Keyring(given=NEW), stored) is None


async def test_a_rewrapped_secret_needs_the_old_key_no_more(clinic: Clinic) -> None:
    first = clinic.doctors[0].id
    async with clinic.services.store.transaction() as work:
        await factor_secrets.put(work, OLD, first, SECRET)
        await factor_secrets.wrap_again(work, Keyring(given=f"{NEW},{KEYS}"), "new")
        stored = await factor_rows.factor(work.connection, first, is_confirmed=False)

    assert factor_secrets.opened(Keyring(given=NEW), stored) == Factor(SECRET)
