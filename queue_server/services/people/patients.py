"""Patients and their logins: one phone number and PIN opens the family that shares the phone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from queue_server.domain.access.actors import PATIENT, Actor, ActorKind
from queue_server.domain.errors import BadInput, ChangedMeanwhile, PhoneTaken, UnknownPatient
from queue_server.domain.people.patients import (
    CONSENT_VERSION,
    LARGEST_FAMILY,
    Patient,
    PatientSession,
    Person,
    Sex,
    birth_year,
    clean_name,
    new_pin,
    phone_number,
)
from queue_server.domain.people.staff import browser_words
from queue_server.domain.queue.events import Event
from queue_server.locale import offered
from queue_server.services.access.credentials import fingerprint, hash_password, new_key
from queue_server.services.clinic.snapshot import Snapshots
from queue_server.services.people.pins import Pins
from queue_server.storage.engine.store import Store, Transaction
from queue_server.storage.people import patient_rows, pin_attempt_rows

#: A login ends after this long without use, and after this long in any case.
IDLE = timedelta(days=30)
ABSOLUTE = timedelta(days=180)
_NOTED_EVERY = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class PersonForm:
    """What was typed about a person; `age` is an age or a year of birth."""

    name: str
    age: str
    sex: str = "unsaid"
    language: str = "en"


@dataclass(frozen=True, slots=True)
class Consent:
    """The version of the text that was shown and agreed to (empty: not agreed), and through which face."""

    version: str
    channel: str = "patient"


@dataclass(frozen=True, slots=True)
class NewSession:
    """What a browser keeps after logging in: the session's secret, and that it is the owner's browser."""

    secret: str
    browser: str


@dataclass(frozen=True, slots=True)
class PatientLogin:
    """A phone's login: the number (E.164), the patient who was chosen (if any), and everybody on the phone."""

    account_id: int
    phone: str
    patient: Patient | None
    family: tuple[Patient, ...]


class Patients:
    """Registration, logins and families. The journal keeps ids, never a name or a number."""

    def __init__(self, store: Store, queues: Snapshots, pins: Pins) -> None:
        self._store = store
        self._queues = queues
        self._pins = pins

    async def register(
        self,
        phone: str,
        pin: str,
        form: PersonForm,
        consent: Consent,
        browser: str | None = None,
        *,
        user_agent: str = "",
        cost: int = 12,
    ) -> NewSession:
        """The person is a patient and logged in. Sent twice, or by somebody of a registered family, it logs in too.

        Raises `BadInput` naming the field, `PhoneTaken` when the phone has another PIN, `TooManyTries`.
        """
        person = await self.person(form)
        number, chosen_pin = await self._phone(phone), new_pin(pin)
        _check_consent(consent)
        scope = await self._pins.begin(number, browser)
        account_id = await self._account_for(number, chosen_pin, cost)
        await self._pins.succeeded(scope)
        async with self._store.transaction() as work:
            patient_id = await _join(work, account_id, person, consent)
            return await _open(work, account_id, patient_id, browser, user_agent)

    async def register_for(self, phone: str, pin: str, form: PersonForm, channel: str, *, version: str) -> Patient:
        """The person is a patient, entered by somebody else through `channel`; nobody is logged in.

        `version`: of the consent text that the patient agreed to. Raises what `register` raises.
        """
        opened = await self.register(phone, pin, form, Consent(version, channel))
        login = await self.who(opened.secret)
        await self.log_out(opened.secret)
        if login is None or login.patient is None:
            raise UnknownPatient
        return login.patient

    async def log_in(self, phone: str, pin: str, browser: str | None = None, *, user_agent: str = "") -> NewSession:
        """The secrets of a new login. Raises `BadInput` for no phone number, `LoginRequired`, `TooManyTries`."""
        account = await self._pins.check(await self._phone(phone), pin, browser)
        async with self._store.transaction() as work:
            family = await patient_rows.family(work.connection, account.id)
            chosen = family[0].id if len(family) == 1 else None
            opened = await _open(work, account.id, chosen, browser, user_agent)
            work.record(Event("patient_logged_in", work.now, str(PATIENT), data={"account": account.id}))
        return opened

    async def log_out(self, secret: str) -> None:
        """The secret opens nothing any more."""
        async with self._store.transaction() as work:
            await patient_rows.end_session(work, fingerprint(secret))

    async def is_known_browser(self, phone: str, browser: str) -> bool:
        """Whether the phone's owner has logged in with the browser of this secret before; not for a wrong number."""
        try:
            number = await self._phone(phone)
        except BadInput:
            return False
        async with self._store.reading() as connection:
            return await pin_attempt_rows.is_known_browser(connection, fingerprint(browser), number)

    async def sessions(self, login: PatientLogin) -> list[PatientSession]:
        """The open logins of the phone, the one used last first."""
        now = self._store.clock.now()
        async with self._store.reading() as connection:
            return await patient_rows.sessions_of(connection, login.account_id, now - IDLE, now - ABSOLUTE)

    async def end_session(self, login: PatientLogin, mark: str) -> None:
        """The phone's login that is shown under this mark is over; nothing happens without one."""
        for session in await self.sessions(login):
            if session.mark == mark:
                async with self._store.transaction() as work:
                    await patient_rows.end_session(work, session.secret_hash)
                    _sessions_ended(work, login)

    async def end_sessions(self, login: PatientLogin) -> None:
        """Delete the sessions of the phone."""
        async with self._store.transaction() as work:
            await patient_rows.end_other_sessions(work, login.account_id, "")
            _sessions_ended(work, login)

    async def who(self, secret: str) -> PatientLogin | None:
        """Whose login this is; none when it has ended, never was, or the account is gone."""
        now, hashed = self._store.clock.now(), fingerprint(secret)
        async with self._store.reading() as connection:
            session = await patient_rows.session(connection, hashed, now - IDLE, now - ABSOLUTE)
            account = await patient_rows.account(connection, session.account_id) if session else None
            if session is None or account is None:
                return None
            family = await patient_rows.family(connection, account.id)
        if now - session.seen_at > _NOTED_EVERY:
            async with self._store.transaction() as work:
                await patient_rows.change_session(work, hashed, seen_at=work.now)
        chosen = next((patient for patient in family if patient.id == session.patient_id), None)
        return PatientLogin(account.id, account.phone, chosen, tuple(family))

    async def choose(self, secret: str, login: PatientLogin, patient_id: int) -> None:
        """The login acts for this member of the family from now on. Raises `UnknownPatient`."""
        if patient_id not in {patient.id for patient in login.family}:
            raise UnknownPatient
        async with self._store.transaction() as work:
            await patient_rows.change_session(work, fingerprint(secret), patient_id=patient_id)

    async def add_member(self, secret: str, login: PatientLogin, form: PersonForm, consent: Consent) -> int:
        """One more patient on this phone, chosen at once; returns the id. Raises `BadInput`."""
        person = await self.person(form)
        _check_consent(consent)
        async with self._store.transaction() as work:
            patient_id = await _join(work, login.account_id, person, consent)
            await patient_rows.change_session(work, fingerprint(secret), patient_id=patient_id)
        return patient_id

    async def change(self, patient: Patient, form: PersonForm) -> None:
        """Save the patient's profile. Raises `BadInput`."""
        person = await self.person(form)
        async with self._store.transaction() as work:
            await patient_rows.save_person(work, patient.id, person)
            work.record(Event("patient_changed", work.now, str(Actor(ActorKind.PATIENT, patient.id))))

    async def correct(self, patient_id: int, seen: Person, form: PersonForm, *, by: Actor) -> None:
        """Save the profile of a patient that `by` has `seen` so.

        Raises `BadInput`, `UnknownPatient`, `ChangedMeanwhile` when it is not so any more.
        """
        person = await self.person(form)
        async with self._store.transaction() as work:
            known = await patient_rows.person(work.connection, patient_id)
            if known is None:
                raise UnknownPatient
            if known != seen:
                raise ChangedMeanwhile("The patient's profile was changed meanwhile.")
            await patient_rows.save_person(work, patient_id, person)
            work.record(Event("patient_changed", work.now, str(by), data={"patient": patient_id}))

    async def change_pin(
        self, secret: str, login: PatientLogin, old: str, new: str, browser: str | None, *, cost: int = 12
    ) -> None:
        """The phone has another PIN, and its other logins are over. Raises `LoginRequired`, `BadInput`."""
        chosen = new_pin(new)
        await self._pins.check(login.phone, old, browser)
        hashed = await hash_password(chosen, cost)
        async with self._store.transaction() as work:
            await patient_rows.save_pin(work, login.account_id, hashed)
            await patient_rows.end_other_sessions(work, login.account_id, fingerprint(secret))
            work.record(Event("pin_changed", work.now, str(PATIENT), data={"account": login.account_id}))

    async def check_pin(self, login: PatientLogin, pin: str, browser: str | None) -> None:
        """Whoever holds the phone also knows its PIN. Raises `LoginRequired`, `TooManyTries`."""
        await self._pins.check(login.phone, pin, browser)

    async def consents(self, patient_id: int) -> list[dict[str, object]]:
        """What the patient agreed to, oldest first: version, language, channel, at."""
        async with self._store.reading() as connection:
            return await patient_rows.consents(connection, patient_id)

    async def person(self, form: PersonForm) -> Person:
        """What was typed, checked. Raises `BadInput` naming the field."""
        clinic = await self._queues.clinic()
        if form.sex not in list(Sex):
            raise BadInput("sex", "Please choose one of the answers.")
        year = birth_year(form.age, self._queues.now().astimezone(clinic.zone).year)
        return Person(clean_name(form.name), year, Sex(form.sex), offered(form.language))

    async def _phone(self, text: str) -> str:
        return phone_number(text, (await self._queues.clinic()).phone_region)

    async def _account_for(self, phone: str, pin: str, cost: int) -> int:
        async with self._store.reading() as connection:
            account = await patient_rows.account_of_phone(connection, phone)
        if account is not None:
            if not await self._pins.is_right(account, pin):
                raise PhoneTaken
            return account.id
        hashed = await hash_password(pin, cost)
        async with self._store.transaction() as work:
            account_id = await patient_rows.add_account(work, phone, hashed)
        if account_id is None:
            raise PhoneTaken
        return account_id


def _sessions_ended(work: Transaction, login: PatientLogin) -> None:
    work.record(Event("patient_sessions_ended", work.now, str(PATIENT), data={"account": login.account_id}))


def _check_consent(consent: Consent) -> None:
    if consent.version != CONSENT_VERSION:
        raise BadInput("consent", "Please read and accept how your data is kept.")


async def _join(work: Transaction, account_id: int, person: Person, consent: Consent) -> int:
    """The person belongs to the account; whoever is there already, with the same name and year, is not added twice."""
    if not await patient_rows.lock_account(work, account_id):
        raise UnknownPatient
    family = await patient_rows.family(work.connection, account_id)
    for known in family:
        if (known.person.name, known.person.birth_year) == (person.name, person.birth_year):
            return known.id
    if len(family) >= LARGEST_FAMILY:
        raise BadInput("name", f"One phone number can hold {LARGEST_FAMILY} patients.")
    patient_id = await patient_rows.add_patient(work, account_id, person)
    await patient_rows.add_consent(work, patient_id, consent.version, person.language, consent.channel)
    by = str(Actor(ActorKind.PATIENT, patient_id))
    work.record(Event("patient_registered", work.now, by, data={"patient": patient_id, "account": account_id}))
    more = {"patient": patient_id, "version": consent.version, "language": person.language, "channel": consent.channel}
    work.record(Event("consent_given", work.now, by, data=more))
    return patient_id


async def _open(
    work: Transaction, account_id: int, patient_id: int | None, browser: str | None, user_agent: str
) -> NewSession:
    opened = NewSession(new_key(), new_key())
    if browser is not None:
        await pin_attempt_rows.delete_browser(work, fingerprint(browser))
    await patient_rows.add_session(work, fingerprint(opened.secret), account_id, patient_id, browser_words(user_agent))
    await pin_attempt_rows.know_browser(work, fingerprint(opened.browser), account_id)
    return opened
