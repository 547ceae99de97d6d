"""Patients on both databases: registering, logging in, families."""

import asyncio

import pytest

from queue_server.domain.access.actors import Actor, ActorKind
from queue_server.domain.errors import BadInput, ChangedMeanwhile, LoginRequired, PhoneTaken, UnknownPatient
from queue_server.domain.people.patients import CONSENT_VERSION, LARGEST_FAMILY
from queue_server.services.people.patients import Consent, PatientLogin, PersonForm
from tests.clinics import PHONE, PIN, Clinic

CONSENT = Consent(CONSENT_VERSION)
RAVI = PersonForm("Ravi", "7", "male", "en")
DESK = Actor(ActorKind.DESK, 1)


async def log_in(clinic: Clinic, pin: str = PIN, browser: str | None = None, phone: str = PHONE) -> str:
    """The secret of a new login."""
    return (await clinic.services.people.patients.log_in(phone, pin, browser)).secret


async def who(clinic: Clinic, secret: str) -> PatientLogin:
    """Whose login it is."""
    login = await clinic.services.people.patients.who(secret)
    assert login is not None
    return login


async def test_a_registered_patient_logs_in_with_any_spelling_of_the_number(clinic: Clinic) -> None:
    registered = await clinic.register()

    login = await who(clinic, await log_in(clinic, phone="+91 8123-456-789"))

    assert login.phone == "+918123456789"
    assert login.patient is not None
    assert login.patient == (registered.patient)
    assert (login.patient.person.name, login.patient.person.birth_year, login.patient.person.sex) == (
        "Asha",
        1992,
        "female",
    )


async def test_consent_is_kept_with_its_version_language_channel_and_time(clinic: Clinic) -> None:
    login = await clinic.register()

    assert login.patient is not None
    consents = await clinic.services.people.patients.consents(login.patient.id)

    assert consents == [{"version": CONSENT_VERSION, "language": "hi", "channel": "patient", "at": clinic.clock.moment}]


@pytest.mark.parametrize("version", ["", "2020-01"])
async def test_nobody_is_registered_without_agreeing_to_the_present_text(clinic: Clinic, version: str) -> None:
    with pytest.raises(BadInput) as refused:
        await clinic.services.people.patients.register(PHONE, PIN, RAVI, Consent(version), cost=4)

    assert refused.value.details == {"field": "consent"}
    with pytest.raises(LoginRequired):
        await log_in(clinic)


async def test_registering_twice_is_one_patient(clinic: Clinic) -> None:
    first = await clinic.register()

    again = await clinic.register()

    assert (again.patient, len(again.family)) == (first.patient, 1)


async def test_registering_together_is_one_account_and_one_patient(clinic: Clinic) -> None:
    outcomes = await asyncio.gather(*(clinic.register() for _ in range(4)), return_exceptions=True)

    login = await who(clinic, await log_in(clinic))
    assert len(login.family) == 1
    assert {type(outcome) for outcome in outcomes} <= {PatientLogin, PhoneTaken}
    assert any(isinstance(outcome, PatientLogin) for outcome in outcomes)


async def test_a_registered_number_is_not_taken_over_with_another_pin(clinic: Clinic) -> None:
    await clinic.register()

    with pytest.raises(PhoneTaken):
        await clinic.services.people.patients.register(PHONE, "161803", RAVI, CONSENT, cost=4)

    assert len((await who(clinic, await log_in(clinic))).family) == 1


async def test_a_family_shares_a_phone_and_chooses_who_acts(clinic: Clinic) -> None:
    await clinic.register()
    secret = await log_in(clinic)
    patients = clinic.services.people.patients

    added = await patients.add_member(secret, await who(clinic, secret), RAVI, CONSENT)
    login = await who(clinic, secret)

    assert [member.person.name for member in login.family] == ["Asha", "Ravi"]
    assert login.patient is not None
    assert login.patient.id == added
    await patients.choose(secret, login, login.family[0].id)
    assert (await who(clinic, secret)).patient == login.family[0]
    assert (await who(clinic, await log_in(clinic))).patient is None


async def test_nobody_chooses_a_patient_of_another_phone(clinic: Clinic) -> None:
    stranger = await clinic.register("Meera", phone="+91 8123456780")
    await clinic.register()
    secret = await log_in(clinic)

    with pytest.raises(UnknownPatient):
        await clinic.services.people.patients.choose(secret, await who(clinic, secret), stranger.family[0].id)


async def test_a_family_has_an_end(clinic: Clinic) -> None:
    await clinic.register()
    secret = await log_in(clinic)
    login = await who(clinic, secret)
    for year in range(1, LARGEST_FAMILY):
        await clinic.services.people.patients.add_member(secret, login, PersonForm("Ravi", str(year)), CONSENT)

    with pytest.raises(BadInput, match=str(LARGEST_FAMILY)):
        await clinic.services.people.patients.add_member(secret, login, PersonForm("Ravi", "60"), CONSENT)


async def test_a_new_pin_ends_the_other_logins(clinic: Clinic) -> None:
    await clinic.register()
    mine, other = await log_in(clinic), await log_in(clinic)
    patients = clinic.services.people.patients

    await patients.change_pin(mine, await who(clinic, mine), PIN, "161803", None, cost=4)

    assert await patients.who(mine) is not None
    assert await patients.who(other) is None
    with pytest.raises(LoginRequired):
        await log_in(clinic)
    assert await log_in(clinic, "161803")


async def test_a_login_ends_by_itself_and_by_logging_out(clinic: Clinic) -> None:
    await clinic.register()
    secret, idle = await log_in(clinic), await log_in(clinic)
    patients = clinic.services.people.patients

    await patients.log_out(secret)
    clinic.clock.forward(days=29)
    assert await patients.who(idle) is not None
    clinic.clock.forward(days=29)
    assert await patients.who(idle) is not None
    clinic.clock.forward(days=31)

    assert await patients.who(secret) is None
    assert await patients.who(idle) is None


async def test_an_erased_patient_leaves_no_login_and_no_number(clinic: Clinic) -> None:
    login = await clinic.register()
    secret = await log_in(clinic)
    assert login.patient is not None

    await clinic.services.records.personal_data.erase(login.patient.id, by=DESK)

    assert await clinic.services.people.patients.who(secret) is None
    with pytest.raises(LoginRequired):
        await log_in(clinic)
    with pytest.raises(UnknownPatient):
        await clinic.services.records.personal_data.erase(login.patient.id, by=DESK)


async def test_the_journal_knows_ids_and_neither_names_nor_numbers(clinic: Clinic) -> None:
    await clinic.register()
    await log_in(clinic)

    kinds = await clinic.kinds()
    lines = str(await clinic.services.programs.journal.events(0, 1000))

    assert kinds[-3:] == ["patient_registered", "consent_given", "patient_logged_in"]
    for secret in ("Asha", "8123456789", PIN):
        assert secret not in lines


async def test_a_profile_is_corrected_by_somebody_else_from_what_was_seen(clinic: Clinic) -> None:
    login = await clinic.register()
    assert login.patient is not None
    patients, seen = clinic.services.people.patients, login.patient.person

    await patients.correct(login.patient.id, seen, PersonForm("Asha K", "34", "female", "hi"), by=DESK)

    with pytest.raises(ChangedMeanwhile):
        await patients.correct(login.patient.id, seen, RAVI, by=DESK)
    with pytest.raises(UnknownPatient):
        await patients.correct(99, seen, RAVI, by=DESK)
    (found,) = await clinic.services.screens.lists.found_patients("asha", 20, by=DESK)
    assert (found["name"], found["birth_year"]) == ("Asha K", 1992)


async def test_whoever_is_registered_by_somebody_else_is_not_logged_in(clinic: Clinic, quick_hashes: None) -> None:
    made = await clinic.services.people.patients.register_for(PHONE, PIN, RAVI, "desk", version=CONSENT_VERSION)

    login = await who(clinic, await log_in(clinic))
    assert made in login.family
    assert len(await clinic.services.people.patients.sessions(login)) == 1
