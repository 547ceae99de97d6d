"""Phone accounts, the patients who belong to them, their consents and logins."""

from __future__ import annotations

from datetime import datetime, timedelta

from queue_server.domain.people.patients import Patient, Person, PhoneAccount, Sex
from queue_server.domain.queue.tokens import State
from queue_server.storage.engine.store import Transaction
from queue_server.storage.people import attach_code_rows, patient_rows
from tests.clinics import MORNING
from tests.storage.rows import DAY, GENERAL, LABORATORY, a_patient, a_stay, a_token, later

PHONE = "+918123456789"
LONG_AGO = MORNING - timedelta(days=365)


async def an_account(work: Transaction, phone: str = PHONE) -> int:
    """A phone account."""
    account = await patient_rows.add_account(work, phone, "a hash")
    assert account is not None
    return account


async def test_a_number_is_registered_once_and_found_by_phone_and_id(work: Transaction) -> None:
    account = await an_account(work)

    assert await patient_rows.add_account(work, PHONE, "another hash") is None
    assert await patient_rows.account_of_phone(work.connection, PHONE) == PhoneAccount(account, PHONE, "a hash")

    await patient_rows.save_pin(work, account, "a new hash")
    assert await patient_rows.account(work.connection, account) == PhoneAccount(account, PHONE, "a new hash")
    assert await patient_rows.account_of_phone(work.connection, "+918123456780") is None


async def test_a_family_comes_in_the_order_of_registration_without_who_was_erased(work: Transaction) -> None:
    account = await an_account(work)
    people = [Person("Ravi", 1990, Sex.MALE, "hi"), Person("Asha", 1992), Person("Meera", 2020, Sex.FEMALE)]
    ravi, asha, meera = [await patient_rows.add_patient(work, account, person) for person in people]
    await patient_rows.save_person(work, meera, Person("Meera Devi", 2021, Sex.FEMALE, "hi"))
    await patient_rows.erase_patient(work, asha)

    assert await patient_rows.family(work.connection, account) == [
        Patient(ravi, people[0]),
        Patient(meera, Person("Meera Devi", 2021, Sex.FEMALE, "hi")),
    ]
    assert await patient_rows.account_of_patient(work.connection, ravi) == account
    assert await patient_rows.account_of_patient(work.connection, asha) is None


async def test_an_erased_patient_is_chosen_in_no_login_and_has_no_code(work: Transaction) -> None:
    account = await an_account(work)
    asha = await patient_rows.add_patient(work, account, Person("Asha", 1992))
    await patient_rows.add_session(work, "a secret's hash", account, asha)
    await attach_code_rows.replace(work, asha, "a code's hash", MORNING + timedelta(minutes=10))

    assert [await patient_rows.erase_patient(work, asha) for _ in range(2)] == [True, False]

    login = await patient_rows.session(work.connection, "a secret's hash", LONG_AGO, LONG_AGO)
    assert login
    assert login.patient_id is None
    assert await attach_code_rows.take(work, "a code's hash") is None


async def test_an_account_is_locked_while_it_is_there_and_leaves_no_login(work: Transaction) -> None:
    account = await an_account(work)
    await patient_rows.add_session(work, "a secret's hash", account, None)
    assert await patient_rows.lock_account(work, account)

    await patient_rows.remove_account(work, account)

    assert not await patient_rows.lock_account(work, account)
    assert await patient_rows.session(work.connection, "a secret's hash", LONG_AGO, LONG_AGO) is None


async def test_consents_are_kept_oldest_first(work: Transaction) -> None:
    asha = await a_patient(work)
    await patient_rows.add_consent(work, asha, "2026-01", "hi", "kiosk")
    at = later(work, minutes=1)
    await patient_rows.add_consent(work, asha, "2026-02", "en", "phone")

    assert await patient_rows.consents(work.connection, asha) == [
        {"version": "2026-01", "language": "hi", "channel": "kiosk", "at": MORNING},
        {"version": "2026-02", "language": "en", "channel": "phone", "at": at},
    ]


async def opened(work: Transaction, secret: str, seen: datetime = LONG_AGO, created: datetime = LONG_AGO) -> bool:
    """Whether the secret opens a login that was used and begun since these moments."""
    return await patient_rows.session(work.connection, secret, seen, created) is not None


async def test_a_login_is_open_while_it_is_used_and_not_too_old(work: Transaction) -> None:
    await patient_rows.add_session(work, "one", await an_account(work), None, "Firefox · Linux")
    used = later(work, hours=1)
    await patient_rows.change_session(work, "one", seen_at=used)

    assert await opened(work, "one", used, MORNING)
    assert not await opened(work, "one", used + timedelta(seconds=1), MORNING)
    assert not await opened(work, "one", used, MORNING + timedelta(seconds=1))
    assert not await opened(work, "another")


async def test_the_logins_of_an_account_come_last_used_first_and_end_one_by_one_or_all_but_one(
    work: Transaction,
) -> None:
    account, other = await an_account(work), await an_account(work, "+918123456780")
    for secret, whose in (("one", account), ("two", account), ("three", account), ("other", other)):
        await patient_rows.add_session(work, secret, whose, None)
        later(work, minutes=1)

    async def open_ones() -> list[str]:
        found = await patient_rows.sessions_of(work.connection, account, LONG_AGO, LONG_AGO)
        return [one.mark for one in found]

    assert await open_ones() == ["three", "two", "one"]
    await patient_rows.end_session(work, "two")
    assert await open_ones() == ["three", "one"]
    await patient_rows.end_other_sessions(work, account, "one")
    assert await open_ones() == ["one"]
    assert await opened(work, "other")


async def test_the_mark_of_a_login_is_too_short_to_be_its_secret(work: Transaction) -> None:
    await patient_rows.add_session(work, "0123456789abcdef" * 4, await an_account(work), None)

    login = await patient_rows.session(work.connection, "0123456789abcdef" * 4, LONG_AGO, LONG_AGO)

    assert login
    assert login.mark == "0123456789abcdef"


async def test_a_patients_live_token_is_of_the_department_and_the_day(work: Transaction) -> None:
    asha = await a_patient(work)
    over, live = [await a_token(work, number, patient_id=asha) for number in ("G-001", "G-002")]
    await a_stay(work, over, State.ATTENDED)
    await a_stay(work, live, State.HELD)

    found = await patient_rows.live_token(work.connection, asha, GENERAL, DAY)

    assert found == (live, f"{DAY}-G-002", "G-002")
    assert await patient_rows.live_token(work.connection, asha, LABORATORY, DAY) is None
    assert await patient_rows.live_token(work.connection, asha, GENERAL, DAY + timedelta(days=1)) is None


async def test_a_patients_tokens_of_a_day_come_newest_first_without_deleted_ones(work: Transaction) -> None:
    asha = await a_patient(work)
    walk_in = await a_token(work, "G-001")
    await a_token(work, "G-002", patient_id=asha, is_deleted=True)
    await a_token(work, "G-003", DAY - timedelta(days=1), patient_id=asha)
    last = await a_token(work, "G-004", patient_id=asha)

    await patient_rows.attach(work, walk_in, asha)

    assert [id_ for id_, _ in await patient_rows.tokens_of(work.connection, asha, DAY)] == [last, walk_in]
    assert await patient_rows.patient_of_token(work.connection, walk_in) == asha
    assert await patient_rows.patient_of_token(work.connection, last + 1) is None
