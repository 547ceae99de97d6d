"""Keys of other programs, and what they open, on both databases."""

from __future__ import annotations

import pytest

from queue_server.domain.access.scopes import ALL_SCOPES, Scope
from queue_server.domain.errors import UnknownProgram
from tests.clinics import Clinic


async def test_a_key_opens_its_scopes_until_it_is_revoked(clinic: Clinic) -> None:
    programs, devices = clinic.services.programs.keys, clinic.services.devices.registry
    narrow = await programs.add("narrow", [Scope.QUEUES_READ])
    full = await programs.add("full")

    found = [await devices.who(key) for key in (narrow, full)]

    assert [(one.name, one.scopes) for one in found if one] == [
        ("narrow", frozenset({Scope.QUEUES_READ})),
        ("full", ALL_SCOPES),
    ]
    assert [one.seen_at for one in await programs.all()] == [clinic.clock.now()] * 2
    assert found[0] is not None
    await programs.revoke(found[0].id)
    assert await devices.who(narrow) is None
    assert str(found[0]) in await devices.revoked()
    with pytest.raises(UnknownProgram):
        await programs.revoke(found[0].id)
