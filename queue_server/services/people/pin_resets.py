"""A new PIN for whoever has forgotten it: at the desk after a look at who it is, or by a code over SMS or e-mail."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from queue_server.domain.access.actors import PATIENT, Actor
from queue_server.domain.alerts.alerts import Channel
from queue_server.domain.errors import BadInput, UnknownPatient
from queue_server.domain.people.patients import PIN_LENGTH, Patient, is_easy, new_pin, phone_number, plain_digits
from queue_server.domain.queue.events import Event
from queue_server.services.access.credentials import fingerprint, hash_password, is_password, new_digits
from queue_server.services.alerts.preferences_and_outbox import Alerts
from queue_server.services.clinic.snapshot import Snapshots
from queue_server.storage.engine.store import Store, Transaction
from queue_server.storage.people import patient_rows, pin_attempt_rows, reset_code_rows

#: How long a code may be used, and how often it may be typed wrongly.
CODE_VALID = timedelta(minutes=10)
MOST_WRONG_CODES = 5
CODE_LENGTH = 6


class IdentityCheck(StrEnum):
    """How the desk made sure who asks for a new PIN; the journal keeps it."""

    PHOTO_ID = "photo_id"
    PHONE_IN_HAND = "phone_in_hand"
    KNOWN_IN_PERSON = "known_in_person"


@dataclass(frozen=True, slots=True)
class PhoneFamily:
    """Whom the desk has to recognise: the phone number (E.164) and everybody who is registered with it."""

    account_id: int
    phone: str
    patients: tuple[Patient, ...]


class PinResets:
    """Nobody learns from a reset by code whether a phone number is registered: answers and work are the same."""

    def __init__(self, store: Store, queues: Snapshots, alerts: Alerts) -> None:
        self._store = store
        self._queues = queues
        self._alerts = alerts

    @property
    def sends_by(self) -> Channel | None:
        """How this server sends codes, if it can: by SMS, else to the e-mail address that was given for messages."""
        return next((way for way in (Channel.SMS, Channel.EMAIL) if way in self._alerts.channels), None)

    async def send_code(self, phone: str, language: str, *, cost: int = 12) -> None:
        """Whoever holds the registered phone gets a code. Raises `BadInput` for what is no phone number."""
        number, code = await self._number(phone), new_digits(CODE_LENGTH)
        # Six digits are few: a plain hash of them would be undone in a moment by whoever reads the database.
        hashed = await hash_password(code, cost)
        async with self._store.transaction() as work:
            account = await patient_rows.account_of_phone(work.connection, number)
            await reset_code_rows.save(work, _scope(number), hashed, work.now + CODE_VALID)
            if account is not None:
                family = [patient.id for patient in await patient_rows.family(work.connection, account.id)]
                await self._alerts.put_code(work, number, language, code, family)
                work.record(Event("pin_code_sent", work.now, str(PATIENT), data={"account": account.id}))

    async def use_code(self, phone: str, code: str, pin: str, *, cost: int = 12) -> None:
        """The phone opens with this PIN, and none of its logins is left.

        Raises `BadInput` for the field phone, pin, or code: wrong, too old, used, or tried too often.
        """
        number, chosen = await self._number(phone), new_pin(pin)
        scope, wrong = _scope(number), BadInput("code", "This code is wrong or has expired.")
        async with self._store.transaction() as work:
            code_hash = await reset_code_rows.take_try(work, scope, MOST_WRONG_CODES)
        if not await is_password(plain_digits(code[:40]) or "", code_hash) or code_hash is None:
            raise wrong
        hashed = await hash_password(chosen, cost)
        async with self._store.transaction() as work:
            account = await patient_rows.account_of_phone(work.connection, number)
            if not await reset_code_rows.use_up(work, scope, code_hash) or account is None:
                raise wrong
            await _reset(work, account.id, number, hashed)
            work.record(Event("pin_reset", work.now, str(PATIENT), data={"account": account.id, "checked": "code"}))

    async def family(self, phone: str, *, by: Actor) -> PhoneFamily:
        """Who is registered with the phone number; it is written down who has read that.

        Raises `BadInput`, `UnknownPatient`.
        """
        number = await self._number(phone)
        async with self._store.transaction() as work:
            account = await patient_rows.account_of_phone(work.connection, number)
            if account is None:
                raise UnknownPatient
            family = await patient_rows.family(work.connection, account.id)
            for patient in family:
                work.record(Event("record_read", work.now, str(by), data={"patient": patient.id, "what": "family"}))
        return PhoneFamily(account.id, number, tuple(family))

    async def reset(self, phone: str, checked: str, *, by: Actor, cost: int = 12) -> str:
        """A new PIN, which is not stored anywhere; no login of the phone is left. `checked`: how the desk was sure.

        Raises `BadInput`, `UnknownPatient`.
        """
        if checked not in set(IdentityCheck):
            raise BadInput("checked", "It has to be said how it was made sure who asks.")
        number, pin = await self._number(phone), new_digits(PIN_LENGTH)
        while is_easy(pin):
            pin = new_digits(PIN_LENGTH)
        hashed = await hash_password(pin, cost)
        async with self._store.transaction() as work:
            account = await patient_rows.account_of_phone(work.connection, number)
            if account is None:
                raise UnknownPatient
            await _reset(work, account.id, number, hashed)
            work.record(Event("pin_reset", work.now, str(by), data={"account": account.id, "checked": checked}))
        return pin

    async def _number(self, phone: str) -> str:
        return phone_number(phone, (await self._queues.clinic()).phone_region)


async def _reset(work: Transaction, account_id: int, phone: str, pin_hash: str) -> None:
    await patient_rows.save_pin(work, account_id, pin_hash)
    await patient_rows.end_other_sessions(work, account_id, "")
    await pin_attempt_rows.delete_browsers(work, account_id)
    await pin_attempt_rows.clear(work, f"phone:{fingerprint(phone)}")


def _scope(phone: str) -> str:
    return f"phone:{fingerprint(phone)}"
