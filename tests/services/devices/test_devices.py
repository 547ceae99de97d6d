"""Enrolled machines, and whose key this is, on both databases."""

from __future__ import annotations

import pytest

from queue_server.domain.access.actors import ActorKind
from queue_server.domain.devices.devices import DeviceKind
from queue_server.domain.errors import BadInput, LoginRequired, OtherDevice, UnknownDevice
from queue_server.services.devices.devices import CODE_VALID, LONGEST_WORD
from tests.clinics import ADMIN, Clinic


async def test_a_code_enrols_one_device_within_ten_minutes(clinic: Clinic) -> None:
    devices = clinic.services.devices.registry
    code = await devices.offer("kiosk", " Front ", "entrance", by=ADMIN)
    clinic.clock.forward(seconds=CODE_VALID.total_seconds() - 1)

    with pytest.raises(OtherDevice) as refused:
        await devices.enrol(code, DeviceKind.DISPLAY)
    key, enrolled = await devices.enrol(f" {code[:4].lower()} - {code[4:6]} {code[6:]} ", DeviceKind.KIOSK)

    actor = await devices.who(key)
    assert actor is not None
    assert (actor.kind, actor.name, actor.place) == (ActorKind.KIOSK, "Front", "entrance")
    assert (enrolled.kind, enrolled.name) == (DeviceKind.KIOSK, "Front")
    assert (refused.value.details["kind"], refused.value.details["place"]) == ("kiosk", "entrance")
    assert [one.name for one in await devices.all()] == ["Front"]
    with pytest.raises(LoginRequired):
        await devices.enrol(code)


async def test_an_old_code_enrols_nothing(clinic: Clinic) -> None:
    devices = clinic.services.devices.registry
    code = await devices.offer("display", "Hall", "main", by=ADMIN)

    clinic.clock.forward(seconds=CODE_VALID.total_seconds() + 1)

    with pytest.raises(LoginRequired):
        await devices.enrol(code)
    assert await devices.all() == []


@pytest.mark.parametrize(
    ("kind", "name", "place", "field"),
    [
        ("toaster", "Front", "entrance", "kind"),
        ("kiosk", " ", "entrance", "name"),
        ("kiosk", "Front", "x" * (LONGEST_WORD + 1), "place"),
        ("kiosk", "a\nb", "entrance", "name"),
        ("display", "Hall", "hall", "place"),
    ],
)
async def test_a_bad_device_is_refused_with_its_field(
    clinic: Clinic, kind: str, name: str, place: str, field: str
) -> None:
    with pytest.raises(BadInput) as refused:
        await clinic.services.devices.registry.offer(kind, name, place, by=ADMIN)

    assert refused.value.details["field"] == field


async def test_a_revoked_key_opens_nothing_from_that_moment(clinic: Clinic) -> None:
    devices = clinic.services.devices.registry
    key = await devices.add(DeviceKind.AGENT, "Printer", "entrance")
    agent = await devices.who(key)
    assert agent is not None

    await devices.revoke(agent.id, by=ADMIN)

    assert await devices.who(key) is None
    assert await devices.revoked() == [str(agent)]
    assert await devices.all() == []
    with pytest.raises(UnknownDevice):
        await devices.revoke(agent.id, by=ADMIN)


async def test_an_unknown_key_is_nobodys(clinic: Clinic) -> None:
    await clinic.services.devices.registry.add(DeviceKind.KIOSK, "Front", "entrance")

    assert await clinic.services.devices.registry.who("made up") is None


async def test_that_a_device_was_heard_of_is_noted_once_a_minute(clinic: Clinic) -> None:
    devices, start = clinic.services.devices.registry, clinic.clock.now()
    key = await devices.add(DeviceKind.KIOSK, "Front", "entrance")

    async def seen_after(seconds: int) -> float:
        clinic.clock.forward(seconds=seconds)
        await devices.who(key)
        (device,) = await devices.all()
        assert device.seen_at is not None
        return (device.seen_at - start).total_seconds()

    assert [await seen_after(seconds) for seconds in (0, 59, 2)] == [0, 0, 61]
