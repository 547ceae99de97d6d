"""Second factors as they are stored, on both databases."""

from __future__ import annotations

from queue_server.storage.people import factor_rows
from queue_server.storage.people.factor_rows import StoredFactor
from tests.clinics import Clinic


async def test_a_factor_counts_once_it_is_confirmed(clinic: Clinic) -> None:
    doctor = clinic.doctors[0].id
    async with clinic.services.store.transaction() as work:
        await factor_rows.put(work, doctor, "one", b"wrapped")
        assert await factor_rows.factor(work.connection, doctor) is None
        assert await factor_rows.having(work.connection) == set()
        waiting = await factor_rows.factor(work.connection, doctor, is_confirmed=False)
        assert waiting == StoredFactor(doctor, "one", b"wrapped", 0)

        await factor_rows.confirm(work, doctor)

        assert await factor_rows.factor(work.connection, doctor) == waiting
        assert await factor_rows.having(work.connection) == {doctor}
        assert await factor_rows.wrapped_otherwise(work.connection, "two") == [waiting]
        await factor_rows.rewrap(work, doctor, "two", b"again")
        assert await factor_rows.wrapped_otherwise(work.connection, "two") == []
        assert await factor_rows.keys_in_use(work.connection) == {"two"}


async def test_a_step_is_used_once_and_recovery_codes_are_their_own_accounts(clinic: Clinic) -> None:
    first, second = (doctor.id for doctor in clinic.doctors[:2])
    async with clinic.services.store.transaction() as work:
        assert await factor_rows.use(work, first, 7, 0)
        assert not await factor_rows.use(work, first, 7, 0)
        assert await factor_rows.use(work, second, 7, 0)
        await factor_rows.put_recovery(work, first, ["a" * 64])
        assert not await factor_rows.use_recovery(work, second, "a" * 64)
        assert await factor_rows.use_recovery(work, first, "a" * 64)
        assert await factor_rows.recovery_left(work.connection, first) == 0
