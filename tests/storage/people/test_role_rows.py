"""Roles as they are stored, on both databases."""

from __future__ import annotations

from sqlalchemy import update

from queue_server.domain.access.rights import May
from queue_server.domain.access.roles import Base, KnownRole, OwnRole
from queue_server.domain.people.staff import Role
from queue_server.storage.people import role_rows, staff_rows
from queue_server.storage.tables import StaffRoleRow
from tests.clinics import Clinic

WARD = OwnRole("Ward desk", Base.DESK, frozenset({May.RUN_DESK}), frozenset({"LAB"}))


async def test_a_role_comes_back_as_it_was_saved_with_its_holders(clinic: Clinic) -> None:
    doctor = clinic.doctors[0].id
    async with clinic.services.store.transaction() as work:
        role = await role_rows.add_role(work, WARD)
        assert role is not None
        assert await role_rows.add_role(work, WARD) is None
        await staff_rows.change_staff(work, doctor, role=Role.DESK, role_id=role)
        assert await role_rows.roles(work.connection) == [KnownRole(role, WARD, 1)]
        assert await role_rows.holders(work.connection, role) == [doctor]

        await role_rows.save_role(work, role, OwnRole("Nurse", Base.DOCTOR, frozenset({May.SEE_ROOM})))

        changed = await staff_rows.by_id(work.connection, doctor)
        assert changed is not None
        assert changed.role is Role.DOCTOR
        await staff_rows.change_staff(work, doctor, role_id=None)
        await role_rows.remove_role(work, role)
        assert await role_rows.role(work.connection, role) is None


async def test_a_word_that_this_version_does_not_know_gives_nobody_a_right(clinic: Clinic) -> None:
    async with clinic.services.store.transaction() as work:
        role = await role_rows.add_role(work, WARD)
        assert role is not None
        await work.connection.execute(update(StaffRoleRow).values(rights=["run_desk", "fly"]))

        assert await role_rows.role(work.connection, role) == WARD
