"""What a role's word means, and that nothing happens where nothing changes."""

from __future__ import annotations

import pytest

from queue_server.domain.access.rights import May
from queue_server.domain.access.roles import Base, OwnRole
from queue_server.domain.errors import BadInput
from queue_server.domain.people.staff import Role
from queue_server.services.access.role_changes import change_role, chosen, put_roles, said
from queue_server.storage.people import role_rows
from tests.clinics import ADMIN, Clinic

WARD = OwnRole("Ward desk", Base.DESK, frozenset({May.RUN_DESK}), frozenset({"LAB"}))


async def test_a_word_is_a_built_in_role_or_the_name_of_an_own_one(clinic: Clinic) -> None:
    async with clinic.services.store.transaction() as work:
        role = await role_rows.add_role(work, WARD)

        assert await chosen(work, "doctor") == (Role.DOCTOR, None)
        assert await chosen(work, "Ward desk") == (Role.DESK, role)
        with pytest.raises(BadInput):
            await chosen(work, "ward desk")


async def test_a_role_that_stays_as_it_is_leaves_no_line(clinic: Clinic) -> None:
    async with clinic.services.store.transaction() as work:
        role = await role_rows.add_role(work, WARD)
        assert role is not None
        await change_role(work, role, WARD, WARD, by=ADMIN)
        assert await put_roles(work, [WARD], by=ADMIN) == []

    assert not {"role_changed", "role_removed"} & set(await clinic.kinds())


def test_the_journal_says_what_a_role_holds() -> None:
    assert said(WARD) == {"name": "Ward desk", "rights": ["run_desk"], "departments": ["LAB"]}
