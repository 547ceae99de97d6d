"""What a keeper is told, and its letters."""

from __future__ import annotations

import pytest

from queue_server.domain.access.actors import Actor, ActorKind
from queue_server.domain.devices.devices import DeviceKind
from queue_server.domain.devices.keepers import KNOWN_DAYS
from queue_server.domain.errors import Unavailable
from queue_server.services.devices.keepers import Greeting
from tests.clinics import ADMIN, Clinic
from tests.services.devices.keepers import a_keeper


async def a_device(clinic: Clinic) -> Actor:
    key = await clinic.services.devices.registry.add(DeviceKind.KIOSK, "Entrance", "entrance")
    device = await clinic.services.devices.registry.who(key)
    assert device is not None
    assert device.kind is ActorKind.KIOSK
    return device


async def test_days_follow_one_another_and_hours_are_moments(clinic: Clinic) -> None:
    hours = {"sun": [["09:00", "13:00"]], "mon": []}
    await clinic.services.clinic.departments.change("LAB", {"hours": hours}, by=ADMIN)

    facts = await clinic.services.devices.keepers.facts(Greeting("a" * 32), by=await a_device(clinic))
    first, second = facts["days"][:2]
    laboratory = facts["departments"][1]

    assert len(facts["days"]) == KNOWN_DAYS
    assert first["day"] == "2026-11-22"
    assert first["until"] == second["since"] == "2026-11-22T22:30:00+00:00"
    assert first["words"]["en"] == "22 Nov 2026"
    assert laboratory["spans"][0] == ("2026-11-22T03:30:00+00:00", "2026-11-22T07:30:00+00:00")
    assert facts["slips"]["hi"]["slip"]["wait_text"] is None


async def test_a_store_keeps_its_letters_and_a_new_one_on_the_same_device_gets_others(clinic: Clinic) -> None:
    keepers, device = clinic.services.devices.keepers, await a_device(clinic)
    letters = [(await keepers.greet(Greeting(store * 32), by=device)).series for store in ("a", "b", "a")]

    assert letters == ["A", "B", "A"]


async def test_numbers_of_a_revoked_kiosk_are_handed_in_once_its_machine_is_enrolled_again(clinic: Clinic) -> None:
    keeper = await a_keeper(clinic)
    before = keeper.gives(clinic.clock.now())
    await keeper.hands_in(before)
    kept = [keeper.gives(clinic.clock.now()) for _ in range(2)]
    await clinic.services.devices.registry.revoke(keeper.device.id, by=ADMIN)

    keeper.device = await a_device(clinic)
    facts = await keeper.greet()
    assert await keeper.hands_in(before, *kept) == [1, 2, 3]

    assert (facts["series"], facts["departments"][0]["highest"]) == ("A", {"2026-11-22": 1})
    assert await clinic.order() == ["G-A01", "G-A02", "G-A03"]
    assert (await clinic.kinds()).count("keeper_taken_over") == 1


async def test_the_store_of_a_kiosk_that_may_act_is_nobody_elses(clinic: Clinic) -> None:
    keeper = await a_keeper(clinic)
    keeper.device = await a_device(clinic)

    with pytest.raises(Unavailable):
        await keeper.greet()


async def test_what_a_keeper_says_of_itself_is_known(clinic: Clinic) -> None:
    keepers, device = clinic.services.devices.keepers, await a_device(clinic)
    await keepers.greet(Greeting("a" * 32), by=device)
    clinic.clock.forward(minutes=10)
    await keepers.greet(Greeting("a" * 32, 7, 10_800), by=device)

    keeper = (await keepers.newest())[device.id]

    assert (keeper.waiting, keeper.clock_off_s, keeper.is_clock_wrong) == (7, 10_800, True)
    assert keeper.heard_at == clinic.clock.now()
