"""An ABHA address is one person's, however it is spelled, and a share is noted once."""

from __future__ import annotations

from datetime import timedelta

from queue_server.domain.people.patients import Person, Sex
from queue_server.domain.programs.abdm import Profile, ShareState
from queue_server.storage.people import patient_rows
from queue_server.storage.programs import abdm_rows
from tests.clinics import Clinic

ASHA = Profile("Asha@sbx", "91123456789012", "Asha", Sex.FEMALE, 1988, "8123456789")


async def test_an_address_is_nobodys_until_it_is_given_and_then_found_in_any_spelling(clinic: Clinic) -> None:
    async with clinic.services.store.transaction() as work:
        assert await abdm_rows.take_address(work, ASHA) is None
        patient = await patient_rows.add_patient(work, None, Person("Asha", 1988))
        await abdm_rows.give_address(work, ASHA, patient)
        assert not await abdm_rows.has_account(work.connection, patient)

    async with clinic.services.store.transaction() as work:
        assert await abdm_rows.take_address(work, Profile("ASHA@SBX", None, "Asha", Sex.FEMALE, 1988, None)) == patient


async def test_a_share_is_noted_once_and_forgotten_with_its_time(clinic: Clinic) -> None:
    async with clinic.services.store.transaction() as work:
        assert await abdm_rows.add_share(work, "a-share", "GEN")
        assert not await abdm_rows.add_share(work, "a-share", "GEN")
        await abdm_rows.change_share(work, "a-share", state=ShareState.REFUSED, code="quota_reached")
        found = await abdm_rows.newest_shares(work.connection, 9)
        assert [(share.counter, share.state, share.code) for share in found] == [("GEN", "refused", "quota_reached")]
        await abdm_rows.delete_shares_before(work, work.now)
        assert len(await abdm_rows.newest_shares(work.connection, 9)) == 1
        await abdm_rows.delete_shares_before(work, work.now + timedelta(seconds=1))
        assert await abdm_rows.newest_shares(work.connection, 9) == []
