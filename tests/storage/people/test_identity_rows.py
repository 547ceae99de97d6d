"""Whom a login provider knows, as it is stored, on both databases."""

from __future__ import annotations

from queue_server.domain.people.provider_logins import Identity, KnownIdentity
from queue_server.storage.people import identity_rows
from tests.clinics import Clinic

ANNA = Identity("https://login.example", "1")


async def test_an_identity_opens_one_account_and_is_known_by_issuer_and_subject(clinic: Clinic) -> None:
    first, second = (doctor.id for doctor in clinic.doctors[:2])
    async with clinic.services.store.transaction() as work:
        assert await identity_rows.add(work, ANNA, first, is_managed=False)
        assert not await identity_rows.add(work, ANNA, second, is_managed=False)
        assert await identity_rows.known(work.connection, ANNA) == KnownIdentity(first, is_managed=False)
        for other in (Identity("https://other.example", "1"), Identity("https://login.example", "2")):
            assert await identity_rows.known(work.connection, other) is None
        assert await identity_rows.of_account(work.connection, first) == [KnownIdentity(first, is_managed=False)]
        assert {"first", "second"} <= await identity_rows.logins(work.connection)

        assert await identity_rows.remove(work, first) == 1

        assert await identity_rows.known(work.connection, ANNA) is None


async def test_what_made_an_account_is_not_disconnected(clinic: Clinic) -> None:
    first = clinic.doctors[0].id
    async with clinic.services.store.transaction() as work:
        await identity_rows.add(work, ANNA, first, is_managed=True)

        assert await identity_rows.remove(work, first) == 0
