"""Staff are told what is wrong: once, by the way that they chose."""

import pytest

from queue_server.domain.alerts.alerts import Channel
from queue_server.domain.devices.devices import DeviceKind
from queue_server.domain.errors import BadInput
from queue_server.domain.people.staff import Role
from tests.alerting import PHONE, AlertingClinic
from tests.clinics import ADMIN


async def a_nurse(alerting: AlertingClinic) -> int:
    accounts = alerting.services.people.accounts
    return await accounts.create("nisha", "a password of hers", Role.DESK, "Nisha", cost=4)


async def a_display_goes_dark(alerting: AlertingClinic) -> None:
    registry = alerting.services.devices.registry
    await registry.who(await registry.add(DeviceKind.DISPLAY, "Hall", "main"))
    await alerting.clinic.issue()
    await alerting.services.alerts.staff.tell()
    alerting.clock.forward(minutes=3)


async def told(alerting: AlertingClinic) -> list[str]:
    await alerting.services.alerts.staff.tell()
    await alerting.services.alerts.sending.drain()
    return [message.body for message in alerting.sms.given]


async def test_whoever_chose_it_is_told_once_and_again_only_after_it_was_well(alerting: AlertingClinic) -> None:
    staff, registry = alerting.services.alerts.staff, alerting.services.devices.registry
    await staff.add(await a_nurse(alerting), Channel.SMS, PHONE, by=ADMIN)
    await a_display_goes_dark(alerting)
    said = "Hall: nothing was heard of this display for two minutes."

    assert await told(alerting) == [said]
    alerting.clock.forward(hours=1)
    assert await told(alerting) == [said]
    await registry.heard(["display:1"])
    await told(alerting)
    alerting.clock.forward(minutes=11)
    await registry.heard(["display:1"])
    await told(alerting)
    alerting.clock.forward(minutes=3)
    assert await told(alerting) == [said, said]


async def test_without_anybody_who_chose_it_nothing_is_sent(alerting: AlertingClinic) -> None:
    await a_display_goes_dark(alerting)

    assert await told(alerting) == []


async def test_whoever_has_left_or_no_longer_wants_it_is_not_told(alerting: AlertingClinic) -> None:
    staff, nurse = alerting.services.alerts.staff, await a_nurse(alerting)
    await staff.add(nurse, Channel.SMS, PHONE, by=ADMIN)
    await staff.add(nurse, Channel.EMAIL, "nisha@example.org", by=ADMIN)
    await staff.remove(nurse, Channel.SMS, by=ADMIN)
    before = [(one.name, to.channel, to.masked) for one, to in await staff.recipients()]

    await alerting.services.people.staffing.set_active(nurse, is_active=False, by=ADMIN)

    assert before == [("Nisha", "email", "n•••@example.org")]
    assert await staff.recipients() == []


@pytest.mark.parametrize(("channel", "to"), [(Channel.SMS, "080 1234"), (Channel.EMAIL, "nobody"), (Channel.PUSH, "x")])
async def test_an_address_that_does_not_fit_is_refused(alerting: AlertingClinic, channel: Channel, to: str) -> None:
    with pytest.raises(BadInput):
        await alerting.services.alerts.staff.add(await a_nurse(alerting), channel, to, by=ADMIN)


async def test_somebody_who_is_no_member_of_staff_is_refused(alerting: AlertingClinic) -> None:
    with pytest.raises(BadInput):
        await alerting.services.alerts.staff.add(4711, Channel.SMS, PHONE, by=ADMIN)
