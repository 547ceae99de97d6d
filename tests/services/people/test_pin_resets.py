"""New PINs for whoever forgot the old one: by a code over SMS, and at the desk."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from typing import Any

import bcrypt
import pytest

from queue_server.domain.access.actors import Actor, ActorKind
from queue_server.domain.alerts.alerts import Channel, Holder
from queue_server.domain.errors import BadInput, LoginRequired, UnknownPatient
from queue_server.services.alerts.preferences_and_outbox import Alerts
from queue_server.services.people.pin_resets import PinResets
from queue_server.storage.alerts import outbox_history_rows
from tests.alerting import RememberingDriver
from tests.clinics import PHONE, PIN, Clinic

NEW = "161803"
DESK = Actor(ActorKind.DESK, 1)
STRANGER = "081234 56780"


async def sent_codes(clinic: Clinic) -> list[str]:
    """The codes in the outbox, newest first."""
    async with clinic.services.store.reading() as connection:
        found = await outbox_history_rows.newest(connection, channel=Channel.SMS, state=None, before=None, most=50)
    return [str(message.data["code"]) for message in found]


async def log_in(clinic: Clinic, pin: str) -> bool:
    try:
        return bool(await clinic.services.people.patients.log_in(PHONE, pin))
    except LoginRequired:
        return False


async def test_a_code_sets_a_new_pin_once_and_ends_the_logins(clinic: Clinic, resets: PinResets) -> None:
    await clinic.register()
    opened = await clinic.services.people.patients.log_in(PHONE, PIN)
    await resets.send_code(PHONE, "hi", cost=4)
    code = (await sent_codes(clinic))[0]

    await resets.use_code("+91 8123 456 789", f" {code[:3]} {code[3:]}", NEW, cost=4)

    assert re.fullmatch(r"\d{6}", code)
    assert await clinic.services.people.patients.who(opened.secret) is None
    assert (await log_in(clinic, NEW), await log_in(clinic, PIN)) == (True, False)
    with pytest.raises(BadInput):
        await resets.use_code(PHONE, code, "141421", cost=4)


async def test_without_sms_the_code_goes_to_the_agreed_e_mail_address(clinic: Clinic) -> None:
    store, queues = clinic.services.store, clinic.services.clinic.queues
    alerts = Alerts(store, queues, {Channel.EMAIL: RememberingDriver(Channel.EMAIL)})
    login = await clinic.register()
    assert login.patient
    holder = Holder(patient_id=login.patient.id)
    await alerts.agree(holder, Channel.EMAIL, "asha@example.org", by=Actor(ActorKind.PATIENT, login.patient.id))
    resets = PinResets(store, queues, alerts)
    assert resets.sends_by is Channel.EMAIL

    await resets.send_code(PHONE, "hi", cost=4)

    async with store.reading() as connection:
        sent = await outbox_history_rows.newest(connection, channel=None, state=None, before=None, most=50)
    assert [(message.channel, message.to) for message in sent] == [(Channel.EMAIL, "asha@example.org")]
    await resets.use_code(PHONE, sent[0].data["code"], NEW, cost=4)
    assert await log_in(clinic, NEW)


async def test_two_who_use_the_code_together_set_one_pin(clinic: Clinic, resets: PinResets) -> None:
    await clinic.register()
    await resets.send_code(PHONE, "hi", cost=4)
    code = (await sent_codes(clinic))[0]

    done = await asyncio.gather(
        *(resets.use_code(PHONE, code, pin, cost=4) for pin in (NEW, "141421")), return_exceptions=True
    )

    assert sorted(type(one).__name__ for one in done) == ["BadInput", "NoneType"]


async def test_a_code_is_valid_for_ten_minutes_and_only_the_newest(clinic: Clinic, resets: PinResets) -> None:
    await clinic.register()
    await resets.send_code(PHONE, "hi", cost=4)
    await resets.send_code(PHONE, "hi", cost=4)
    second, first = await sent_codes(clinic)

    if first != second:
        with pytest.raises(BadInput):
            await resets.use_code(PHONE, first, NEW, cost=4)
    clinic.clock.forward(minutes=10)

    with pytest.raises(BadInput):
        await resets.use_code(PHONE, second, NEW, cost=4)
    assert await log_in(clinic, PIN)


async def test_after_five_wrong_codes_the_right_one_is_worth_nothing(clinic: Clinic, resets: PinResets) -> None:
    await clinic.register()
    await resets.send_code(PHONE, "hi", cost=4)
    code = (await sent_codes(clinic))[0]
    wrong = f"{(int(code) + 1) % 1_000_000:06}"

    await asyncio.gather(*(resets.use_code(PHONE, wrong, NEW, cost=4) for _ in range(5)), return_exceptions=True)

    with pytest.raises(BadInput):
        await resets.use_code(PHONE, code, NEW, cost=4)
    assert await log_in(clinic, PIN)


async def test_an_easy_pin_costs_no_try(clinic: Clinic, resets: PinResets) -> None:
    await clinic.register()
    await resets.send_code(PHONE, "hi", cost=4)
    code = (await sent_codes(clinic))[0]
    for _ in range(6):
        with pytest.raises(BadInput) as refused:
            await resets.use_code(PHONE, code, "111111", cost=4)
        assert refused.value.details["field"] == "pin"

    await resets.use_code(PHONE, code, NEW, cost=4)


def counted(call: Callable[..., Any], name: str, work: list[str]) -> Callable[..., Any]:
    """The call, which also notes its name."""

    def count(*given: Any) -> Any:
        work.append(name)
        return call(*given)

    return count


async def test_an_unknown_number_makes_as_much_work_and_sends_nothing(
    clinic: Clinic, resets: PinResets, monkeypatch: pytest.MonkeyPatch
) -> None:
    await clinic.register()
    work: list[str] = []
    for name in ("hashpw", "checkpw"):
        monkeypatch.setattr(bcrypt, name, counted(getattr(bcrypt, name), name, work))

    costs = []
    for phone in (PHONE, STRANGER):
        work.clear()
        await resets.send_code(phone, "hi", cost=4)
        with pytest.raises(BadInput, match="wrong or has expired"):
            await resets.use_code(phone, "not it", NEW, cost=4)
        with pytest.raises(LoginRequired):
            await clinic.services.people.patients.log_in(phone, "314159")
        costs.append(list(work))

    assert costs[0] == costs[1] == ["hashpw", "checkpw", "checkpw"]
    assert len(await sent_codes(clinic)) == 1


async def test_the_desk_gives_a_new_pin_and_says_what_was_checked(clinic: Clinic, resets: PinResets) -> None:
    await clinic.register()
    opened = await clinic.services.people.patients.log_in(PHONE, PIN)
    family = await resets.family(PHONE, by=DESK)

    pin = await resets.reset(PHONE, "photo_id", by=DESK, cost=4)

    assert [patient.person.name for patient in family.patients] == ["Asha"]
    assert await clinic.services.people.patients.who(opened.secret) is None
    assert (await log_in(clinic, pin), await log_in(clinic, PIN)) == (True, False)
    kinds = await clinic.kinds()
    assert [kind for kind in kinds if kind in {"record_read", "pin_reset"}] == ["record_read", "pin_reset"]
    line = next(line for line in await clinic.services.programs.journal.events(0, 1000) if line["kind"] == "pin_reset")
    assert (line["actor"], line["data"]["checked"]) == ("desk:1", "photo_id")
    assert pin not in str(line)


async def test_a_reset_forgives_wrong_pins(clinic: Clinic, resets: PinResets) -> None:
    await clinic.register()
    for _ in range(5):
        await log_in(clinic, "314159")

    pin = await resets.reset(PHONE, "known_in_person", by=DESK, cost=4)

    assert await log_in(clinic, pin)


@pytest.mark.parametrize("checked", ["", "nothing", "photo"])
async def test_the_desk_has_to_say_what_was_checked(clinic: Clinic, resets: PinResets, checked: str) -> None:
    await clinic.register()

    with pytest.raises(BadInput):
        await resets.reset(PHONE, checked, by=DESK, cost=4)

    assert await log_in(clinic, PIN)


async def test_nobody_unknown_gets_a_pin(resets: PinResets) -> None:
    for ask in (resets.family(STRANGER, by=DESK), resets.reset(STRANGER, "photo_id", by=DESK, cost=4)):
        with pytest.raises(UnknownPatient):
            await ask
