"""Roles of the clinic's own, on both databases: who gets which, who is out, and what nobody can do to himself."""

from __future__ import annotations

from typing import Any

import pytest

from queue_server.domain.access.actors import SYSTEM, Actor, ActorKind
from queue_server.domain.access.authorisation import May, authorise
from queue_server.domain.access.roles import Base, OwnRole
from queue_server.domain.errors import (
    BadFields,
    BadInput,
    LastAdministrator,
    NotAllowed,
    StillInUse,
    UnknownRole,
    UnknownStaff,
)
from queue_server.domain.people.staff import Role
from queue_server.services.clinic.configuration_file import BadFile
from queue_server.services.people.staff_accounts import StaffForm
from tests.clinics import ADMIN, Clinic
from tests.services.people.staff_logins import log_in, me, who

WARD: dict[str, Any] = {"name": "Ward desk", "base": "desk", "rights": ["run_desk"], "departments": ["LAB"]}


async def test_whoever_gets_a_role_logs_in_anew_and_has_its_rights_and_departments(clinic: Clinic) -> None:
    roles, doctor = clinic.services.people.roles, clinic.doctors[0]
    await clinic.on_duty(0, "1")
    secret = await log_in(clinic)
    await roles.add(WARD, by=ADMIN)

    await roles.give(doctor.id, "Ward desk", by=ADMIN)

    assert await who(clinic, secret) is None
    actor = await me(clinic, await log_in(clinic))
    assert actor.role == OwnRole("Ward desk", Base.DESK, frozenset({May.RUN_DESK}), frozenset({"LAB"}))
    assert authorise(actor, May.RUN_DESK).kind is ActorKind.DESK
    with pytest.raises(NotAllowed):
        authorise(actor, May.OPEN_CONSOLE)
    assert await clinic.services.queue.duties.room_of(doctor.id) is None
    assert {"role_added", "staff_role_changed"} <= set(await clinic.kinds())


async def test_whoever_has_a_role_that_changes_is_logged_out_and_one_that_stays_is_not(clinic: Clinic) -> None:
    roles = clinic.services.people.roles
    role = await roles.add(WARD, by=ADMIN)
    await roles.give(clinic.doctors[0].id, "Ward desk", by=ADMIN)
    secret = await log_in(clinic)

    await roles.change(role, WARD, by=ADMIN)
    assert await who(clinic, secret) is not None
    await roles.change(role, WARD | {"base": "doctor", "rights": ["open_console"]}, by=ADMIN)

    assert await who(clinic, secret) is None
    assert (await me(clinic, await log_in(clinic))).kind is ActorKind.DOCTOR


async def test_nobody_changes_the_own_role_and_the_last_administrator_keeps_it(clinic: Clinic) -> None:
    people = clinic.services.people
    boss = await people.accounts.create("boss", "correct horse", Role.ADMIN, "Boss", cost=4)
    other, _ = await people.staffing.add("other", "desk", StaffForm("Other"), by=SYSTEM, cost=4)

    with pytest.raises(NotAllowed):
        await people.roles.give(boss, "desk", by=Actor(ActorKind.ADMIN, boss))
    with pytest.raises(LastAdministrator):
        await people.roles.give(boss, "desk", by=SYSTEM)
    await people.roles.give(other, "admin", by=Actor(ActorKind.ADMIN, boss))
    await people.roles.give(boss, "desk", by=Actor(ActorKind.ADMIN, other))

    assert (await people.staffing.one(boss)).role is Role.DESK


async def test_what_is_not_there_cannot_be_given_and_what_is_held_cannot_be_removed(clinic: Clinic) -> None:
    roles = clinic.services.people.roles
    role = await roles.add(WARD, by=ADMIN)
    with pytest.raises(BadFields):
        await roles.add(WARD, by=ADMIN)
    with pytest.raises(BadInput):
        await roles.give(clinic.doctors[0].id, "Owner", by=ADMIN)
    with pytest.raises(UnknownStaff):
        await roles.give(999_999, "desk", by=ADMIN)
    await roles.give(clinic.doctors[0].id, "Ward desk", by=ADMIN)

    with pytest.raises(StillInUse):
        await roles.remove(role, by=ADMIN)
    await roles.give(clinic.doctors[0].id, "doctor", by=ADMIN)
    await roles.remove(role, by=ADMIN)

    with pytest.raises(UnknownRole):
        await roles.one(role)


async def test_a_new_account_may_have_a_role_from_the_beginning(clinic: Clinic) -> None:
    await clinic.services.people.roles.add(WARD, by=ADMIN)

    added, _ = await clinic.services.people.staffing.add("asha", "Ward desk", StaffForm("Asha"), by=ADMIN, cost=4)

    assert (await clinic.services.people.staffing.one(added)).role is Role.DESK
    assert [known.holders for known in await clinic.services.people.roles.everything()] == [1]


async def test_the_desk_of_a_department_is_shown_its_queue_alone(clinic: Clinic) -> None:
    desk = clinic.services.screens.desk
    mine, other = await clinic.issue("LAB"), await clinic.issue("GEN")
    by = Actor(ActorKind.DESK, 7, role=OwnRole("Ward desk", Base.DESK, frozenset({May.RUN_DESK}), frozenset({"LAB"})))

    shown: Any = (await desk.queues(by.departments)).data
    everything: Any = (await desk.queues()).data

    assert [token["number"] for token in shown["active"]] == [mine.number]
    assert {token["number"] for token in everything["active"]} == {mine.number, other.number}
    assert (await desk.find(other.number, by=by))["tokens"] == []
    assert [token["number"] for token in (await desk.find(mine.number, by=by))["tokens"]] == [mine.number]


async def test_the_set_up_file_takes_roles_along_and_one_without_them_leaves_them(clinic: Clinic) -> None:
    roles, files = clinic.services.people.roles, clinic.services.clinic.configuration
    await roles.add(WARD, by=ADMIN)
    text = await files.export()
    role = (await roles.everything())[0].id

    await files.load(text, by=ADMIN)
    assert [(known.id, known.role.name) for known in await roles.everything()] == [(role, "Ward desk")]
    await files.load(text.replace('["run_desk"]', '["run_desk", "delete_tokens"]'), by=ADMIN)
    assert May.DELETE_TOKENS in (await roles.one(role)).rights
    await roles.give(clinic.doctors[0].id, "Ward desk", by=ADMIN)
    with pytest.raises(BadFile):
        await files.load(text.replace('"name": "Ward desk"', '"name": "Other"'), by=ADMIN)
    head, tail = text.split('  "roles": [')
    await files.load(head.rstrip().rstrip(",") + tail[tail.index("]\n}") + 1 :], by=ADMIN)

    assert (await roles.one(role)).name == "Ward desk"
