"""Which account a login at the provider opens, on both databases: never one by a name, and nobody's without a role."""

from __future__ import annotations

from dataclasses import replace

import pytest

from queue_server.domain.access.actors import CODE, SYSTEM, ActorKind
from queue_server.domain.access.authorisation import May, authorise
from queue_server.domain.errors import BadInput, NoAccount
from queue_server.domain.people.provider_logins import Identity, read_mapping
from queue_server.domain.people.second_factor import code_of, step_at
from queue_server.domain.people.staff import Role
from queue_server.services.people.provider_accounts import ProviderAccounts
from tests.clinics import ADMIN, Clinic
from tests.services.people.staff_logins import PASSWORD, log_in, me, who

MAPPED = read_mapping("clinic-admins=admin; clinic-doctors=doctor; ward=Ward desk")
ISSUER = "https://login.hospital.example"
ANNA = Identity(ISSUER, "248289761001", "Anna B", "anna", frozenset({"clinic-doctors"}))

pytestmark = pytest.mark.usefixtures("quick_hashes")


def accounts(clinic: Clinic) -> ProviderAccounts:
    return clinic.services.people.provider_accounts


async def test_whoever_has_a_group_of_ours_gets_an_account_once(clinic: Clinic) -> None:
    first = await me(clinic, await accounts(clinic).log_in(ANNA, MAPPED))
    again = await me(clinic, await accounts(clinic).log_in(ANNA, MAPPED))

    assert (first.kind, first.name, first.waits_for) == (ActorKind.DOCTOR, "Anna B", "")
    assert again == first
    assert (await clinic.services.people.staffing.one(first.id)).login == "anna"


@pytest.mark.parametrize("groups", [frozenset[str](), frozenset({"visitors"}), frozenset({"ward"})])
async def test_whoever_has_none_or_one_whose_role_is_not_there_gets_nothing(
    clinic: Clinic, groups: frozenset[str]
) -> None:
    with pytest.raises(NoAccount):
        await accounts(clinic).log_in(replace(ANNA, groups=groups), MAPPED)


async def test_a_name_like_somebody_elses_opens_nothing_of_theirs(clinic: Clinic) -> None:
    """The provider's names and addresses can be chosen; a login here is somebody's own."""
    stranger = replace(ANNA, login="first", name="Dr. First")

    actor = await me(clinic, await accounts(clinic).log_in(stranger, MAPPED))

    assert actor.id not in {doctor.id for doctor in clinic.doctors}
    assert (await clinic.services.people.staffing.one(actor.id)).login == "first2"
    with pytest.raises(NoAccount):
        await accounts(clinic).log_in(replace(stranger, subject="other", groups=frozenset()), MAPPED)


async def test_the_same_subject_of_another_issuer_is_somebody_else(clinic: Clinic) -> None:
    first = await me(clinic, await accounts(clinic).log_in(ANNA, MAPPED))
    other = await me(clinic, await accounts(clinic).log_in(replace(ANNA, issuer="https://other.example"), MAPPED))

    assert first.id != other.id


async def test_the_role_follows_the_groups_and_goes_with_them(clinic: Clinic) -> None:
    await clinic.services.people.roles.add({"name": "Ward desk", "base": "desk", "rights": ["run_desk"]}, by=ADMIN)
    session = await accounts(clinic).log_in(ANNA, MAPPED)

    moved = await me(clinic, await accounts(clinic).log_in(replace(ANNA, groups=frozenset({"ward"})), MAPPED))

    assert await who(clinic, session) is None
    assert moved.role is not None
    assert moved.role.name == "Ward desk"
    with pytest.raises(NoAccount):
        await accounts(clinic).log_in(replace(ANNA, groups=frozenset()), MAPPED)


async def test_the_last_administrator_stays_one_whatever_the_groups_say(clinic: Clinic) -> None:
    boss = replace(ANNA, groups=frozenset({"clinic-admins"}))
    await accounts(clinic).log_in(boss, MAPPED)

    assert (await me(clinic, await accounts(clinic).log_in(ANNA, MAPPED))).kind is ActorKind.ADMIN


async def test_an_account_is_connected_by_its_owner_and_keeps_its_role_and_password(clinic: Clinic) -> None:
    owner, other = await me(clinic, await log_in(clinic)), await me(clinic, await log_in(clinic, "second"))
    await accounts(clinic).connect(owner, ANNA)
    with pytest.raises(BadInput):
        await accounts(clinic).connect(other, ANNA)

    actor = await me(clinic, await accounts(clinic).log_in(replace(ANNA, groups=frozenset({"ward"})), MAPPED))

    assert (actor, actor.kind) == (owner, ActorKind.DOCTOR)
    assert await log_in(clinic)
    with pytest.raises(BadInput):
        await accounts(clinic).disconnect(owner, "wrong horse")
    await accounts(clinic).disconnect(owner, PASSWORD)
    assert not await accounts(clinic).is_connected(owner.id)


async def test_a_closed_account_stays_closed(clinic: Clinic) -> None:
    actor = await me(clinic, await accounts(clinic).log_in(ANNA, MAPPED))
    await clinic.services.people.staffing.set_active(actor.id, is_active=False, by=SYSTEM)

    with pytest.raises(NoAccount):
        await accounts(clinic).log_in(ANNA, MAPPED)


async def test_a_second_factor_is_asked_for_unless_the_provider_did(clinic: Clinic) -> None:
    actor = await me(clinic, await log_in(clinic))
    factors = clinic.services.people.factors
    await factors.begin(actor, PASSWORD)
    secret = await factors.beginning(actor)
    assert secret is not None
    await factors.confirm(actor, code_of(secret, step_at(clinic.clock.now())))
    await accounts(clinic).connect(actor, ANNA)

    assert (await me(clinic, await accounts(clinic).log_in(ANNA, MAPPED))).waits_for == CODE
    strong = await me(clinic, await accounts(clinic).log_in(replace(ANNA, is_strong=True), MAPPED))

    assert authorise(strong, May.OPEN_CONSOLE)
    assert (await clinic.services.people.staffing.one(actor.id)).role is Role.DOCTOR
