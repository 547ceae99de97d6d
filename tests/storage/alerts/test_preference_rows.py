"""Who wants to be told, how, and at which addresses."""

from __future__ import annotations

from datetime import time, timedelta

from queue_server.domain.alerts.alerts import AlertPreference, Channel, Holder
from queue_server.storage.alerts import preference_rows
from queue_server.storage.engine.store import Transaction
from tests.storage.rows import DAY, a_patient, a_token, later

EVERY = frozenset(Channel)
SMS, EMAIL = Channel.SMS, Channel.EMAIL


async def told_at(work: Transaction, holder: Holder) -> list[str]:
    """Where the holder is told."""
    return [one.to for one in await preference_rows.addresses_of(work.connection, holder)]


async def test_a_token_is_told_at_its_own_addresses_and_its_patients_each_once(work: Transaction) -> None:
    patient = await a_patient(work)
    token = await a_token(work, patient_id=patient)
    for holder, channel, to in (
        (Holder(patient_id=patient), EMAIL, "asha@mail.example"),
        (Holder(token_id=token), SMS, "+918123456789"),
        (Holder(patient_id=patient), SMS, "+918123456789"),
    ):
        await preference_rows.add_address(work, holder, channel, to)

    found = await preference_rows.contacts(work.connection, [token], EVERY)

    assert found[token].addresses == ((EMAIL, "asha@mail.example"), (SMS, "+918123456789"))
    assert (found[token].language, found[token].number) == ("en", "G-001")
    assert (await preference_rows.contacts(work.connection, [token], [SMS]))[token].addresses == (
        (SMS, "+918123456789"),
    )


async def test_who_has_no_address_of_a_channel_is_not_reached(work: Transaction) -> None:
    token = await a_token(work)
    await preference_rows.add_address(work, Holder(token_id=token), EMAIL, "asha@mail.example")

    assert await preference_rows.contacts(work.connection, [token], [SMS]) == {}
    assert await preference_rows.contacts(work.connection, [], EVERY) == {}
    assert await preference_rows.contacts(work.connection, [token], []) == {}


async def test_what_was_said_for_a_number_goes_before_what_the_patient_said(work: Transaction) -> None:
    patient = await a_patient(work)
    token, other = [await a_token(work, number, patient_id=patient) for number in ("G-001", "G-002")]
    usual = AlertPreference(minutes=30, ahead=5, quiet_from=time(21), quiet_until=time(7, 30))
    await preference_rows.add_address(work, Holder(patient_id=patient), SMS, "+918123456789")
    await preference_rows.save_wish(work, Holder(patient_id=patient), usual)
    await preference_rows.save_wish(work, Holder(token_id=token), AlertPreference(minutes=5))

    found = await preference_rows.contacts(work.connection, [token, other], EVERY)

    assert (found[token].wish, found[other].wish) == (AlertPreference(minutes=5), usual)


async def test_a_later_wish_takes_the_place_of_the_earlier(work: Transaction) -> None:
    holder = Holder(patient_id=await a_patient(work))
    assert await preference_rows.wish_of(work.connection, holder) == AlertPreference()

    await preference_rows.save_wish(work, holder, AlertPreference(minutes=5))
    await preference_rows.save_wish(work, holder, AlertPreference(ahead=2))

    assert await preference_rows.wish_of(work.connection, holder) == AlertPreference(ahead=2)


async def test_a_patient_without_a_number_is_reached_where_the_gateway_takes_it(work: Transaction) -> None:
    patient = await a_patient(work)
    assert await preference_rows.contact_of_patient(work.connection, patient, EVERY) is None
    for channel, to in ((EMAIL, "asha@mail.example"), (SMS, "+918123456789")):
        await preference_rows.add_address(work, Holder(patient_id=patient), channel, to)

    await preference_rows.refuse_address(work, SMS, "+918123456789", "no such number")

    found = await preference_rows.contact_of_patient(work.connection, patient, EVERY)
    assert found is not None
    assert (found.token_id, found.addresses) == (None, ((EMAIL, "asha@mail.example"),))


async def test_an_address_that_was_refused_is_tried_again_when_it_is_given_again(work: Transaction) -> None:
    holder = Holder(patient_id=await a_patient(work))
    await preference_rows.add_address(work, holder, SMS, "+918123456789")
    await preference_rows.refuse_address(work, SMS, "+918123456789", "x" * 999)
    (refused,) = await preference_rows.addresses_of(work.connection, holder)

    await preference_rows.add_address(work, holder, SMS, "+918123456789")

    (again,) = await preference_rows.addresses_of(work.connection, holder)
    assert (refused.refused_reason, again.refused_reason, again.id) == ("x" * 200, None, refused.id)


async def test_of_many_browsers_the_newest_stay(work: Transaction) -> None:
    holder = Holder(patient_id=await a_patient(work))
    await preference_rows.add_address(work, holder, SMS, "+918123456789")
    for browser in ("oldest", "older", "newest"):
        later(work, minutes=1)
        await preference_rows.add_address(work, holder, Channel.PUSH, browser)

    await preference_rows.keep_newest(work, holder, Channel.PUSH, 2)

    assert await told_at(work, holder) == ["+918123456789", "older", "newest"]


async def test_an_address_a_channel_or_everything_is_taken_back(work: Transaction) -> None:
    holder, other = Holder(patient_id=await a_patient(work)), Holder(token_id=await a_token(work))
    for channel, to in ((SMS, "1"), (SMS, "2"), (EMAIL, "3"), (EMAIL, "4")):
        await preference_rows.add_address(work, holder, channel, to)
    await preference_rows.add_address(work, other, SMS, "1")

    await preference_rows.remove_addresses(work, holder, SMS, "1")
    after_one = await told_at(work, holder)
    await preference_rows.remove_addresses(work, holder, EMAIL)
    after_a_channel = await told_at(work, holder)
    await preference_rows.remove_addresses(work, holder)

    assert (after_one, after_a_channel) == (["2", "3", "4"], ["2"])
    assert (await told_at(work, holder), await told_at(work, other)) == ([], ["1"])


async def test_nothing_of_an_erased_patient_or_the_patients_numbers_is_left(work: Transaction) -> None:
    patient = await a_patient(work)
    token, others = await a_token(work, patient_id=patient), await a_token(work, "G-002")
    holders = [Holder(patient_id=patient), Holder(token_id=token), Holder(token_id=others)]
    for holder in holders:
        await preference_rows.add_address(work, holder, SMS, "1")
        await preference_rows.save_wish(work, holder, AlertPreference(minutes=5))

    await preference_rows.delete_of_patient(work, patient)

    assert [await told_at(work, holder) for holder in holders] == [[], [], ["1"]]
    wishes = [(await preference_rows.wish_of(work.connection, holder)).minutes for holder in holders]
    assert wishes == [AlertPreference().minutes, AlertPreference().minutes, 5]


async def test_what_was_said_for_numbers_of_earlier_days_is_deleted_and_what_patients_said_stays(
    work: Transaction,
) -> None:
    patient = Holder(patient_id=await a_patient(work))
    old = Holder(token_id=await a_token(work, day=DAY - timedelta(days=1)))
    new = Holder(token_id=await a_token(work))
    for holder in (patient, old, new):
        await preference_rows.add_address(work, holder, SMS, "1")

    await preference_rows.delete_tokens_before(work, DAY)

    assert [await told_at(work, holder) for holder in (patient, old, new)] == [["1"], [], ["1"]]
