"""A walk-in's token becomes a registered patient's, on both databases."""

import pytest

from queue_server.domain.access.actors import Actor, ActorKind
from queue_server.domain.errors import (
    Conflict,
    LoginRequired,
    UnknownPatient,
    UnknownToken,
    WhichPatient,
)
from queue_server.domain.people.patients import CONSENT_VERSION, Patient
from queue_server.services.people.patients import Consent, PersonForm
from queue_server.services.queue.issuing import IssuedToken
from queue_server.services.records.attaching import CODE_LASTS, PhoneAndPin, PhoneCode
from tests.clinics import PHONE, PIN, Clinic

DESK = Actor(ActorKind.DESK, 1)


@pytest.fixture
async def asha(clinic: Clinic) -> Patient:
    """A registered patient."""
    return (await clinic.register()).family[0]


async def attach(clinic: Clinic, token: IssuedToken, proof: PhoneAndPin | PhoneCode) -> int:
    """The desk attaches the token."""
    return await clinic.services.records.attaching.by_key(token.key, proof, by=DESK)


async def test_the_desk_attaches_a_walk_ins_token_to_a_patient(clinic: Clinic, asha: Patient) -> None:
    walk_in = await clinic.issue()
    visits = clinic.services.screens.own_tokens

    assert await attach(clinic, walk_in, PhoneAndPin(PHONE, PIN)) == asha.id
    assert await attach(clinic, walk_in, PhoneAndPin(PHONE, PIN)) == asha.id

    assert [token["number"] for token in await visits.today(asha)] == ["G-001"]
    assert (await clinic.kinds()).count("patient_attached") == 1


async def test_a_token_is_attached_only_with_the_pin_and_to_one_patient(clinic: Clinic, asha: Patient) -> None:
    walk_in, second = await clinic.issue(), await clinic.issue()
    meera = (await clinic.register("Meera", phone="+91 8123456780")).family[0]
    with pytest.raises(LoginRequired):
        await attach(clinic, walk_in, PhoneAndPin(PHONE, "314159"))
    await attach(clinic, walk_in, PhoneAndPin(PHONE, PIN))

    with pytest.raises(Conflict, match="another patient"):
        await attach(clinic, walk_in, PhoneAndPin("+91 8123456780", PIN, meera.id))
    with pytest.raises(Conflict, match="already with G-001"):
        await attach(clinic, second, PhoneAndPin(PHONE, PIN))
    with pytest.raises(UnknownPatient):
        await attach(clinic, second, PhoneAndPin(PHONE, PIN, meera.id))
    with pytest.raises(UnknownToken):
        await clinic.services.records.attaching.by_key("nobody-knows-it", PhoneAndPin(PHONE, PIN), by=DESK)


async def test_in_a_family_the_desk_says_who(clinic: Clinic, asha: Patient) -> None:
    patients = clinic.services.people.patients
    secret = (await patients.log_in(PHONE, PIN)).secret
    login = await patients.who(secret)
    assert login is not None
    ravi = await patients.add_member(secret, login, PersonForm("Ravi", "7"), Consent(CONSENT_VERSION))
    walk_in = await clinic.issue()

    with pytest.raises(WhichPatient) as asked:
        await attach(clinic, walk_in, PhoneAndPin(PHONE, PIN))

    assert asked.value.details == {"patients": [{"id": asha.id, "name": "Asha"}, {"id": ravi, "name": "Ravi"}]}
    assert await attach(clinic, walk_in, PhoneAndPin(PHONE, PIN, ravi)) == ravi


async def test_a_code_on_the_phone_says_whose_the_token_is_once(clinic: Clinic, asha: Patient) -> None:
    first, second = await clinic.issue("GEN"), await clinic.issue("LAB")
    code = await clinic.services.records.attaching.new_code(asha)

    assert await attach(clinic, first, PhoneCode(f" {code[:4].lower()}-{code[4:]} ")) == asha.id

    with pytest.raises(LoginRequired):
        await attach(clinic, second, PhoneCode(code))


async def test_a_newer_code_or_ten_minutes_make_a_code_void(clinic: Clinic, asha: Patient) -> None:
    token, attaching = await clinic.issue(), clinic.services.records.attaching
    older = await attaching.new_code(asha)
    newer = await attaching.new_code(asha)
    with pytest.raises(LoginRequired):
        await attach(clinic, token, PhoneCode(older))
    clinic.clock.forward(seconds=CODE_LASTS.total_seconds())

    with pytest.raises(LoginRequired):
        await attach(clinic, token, PhoneCode(newer))
    assert await attaching.owner(token.key) is None


async def test_a_code_that_could_not_be_used_is_still_good(clinic: Clinic, asha: Patient) -> None:
    walk_in, waiting = await clinic.issue(), await clinic.services.screens.own_tokens.take(asha, "GEN")
    code = await clinic.services.records.attaching.new_code(asha)
    with pytest.raises(Conflict, match="already"):
        await attach(clinic, walk_in, PhoneCode(code))
    await clinic.services.screens.own_tokens.cancel(asha, waiting.token_id)

    assert await attach(clinic, walk_in, PhoneCode(code)) == asha.id


async def test_who_is_logged_in_keeps_a_number_whose_link_is_known(clinic: Clinic, asha: Patient) -> None:
    walk_in, attaching = await clinic.issue(), clinic.services.records.attaching
    meera = (await clinic.register("Meera", phone="+91 8123456780")).family[0]

    await attaching.by_login(walk_in.key, asha)
    await attaching.by_login(walk_in.key, asha)

    assert await attaching.owner(walk_in.key) == asha.id
    with pytest.raises(Conflict):
        await attaching.by_login(walk_in.key, meera)


async def test_yesterdays_number_is_nobodys_to_take(clinic: Clinic, asha: Patient) -> None:
    walk_in = await clinic.issue()
    clinic.clock.forward(days=1)

    with pytest.raises(UnknownToken):
        await clinic.services.records.attaching.by_login(walk_in.key, asha)


async def test_a_patient_who_is_erased_leaves_no_code(clinic: Clinic, asha: Patient) -> None:
    token, code = await clinic.issue(), await clinic.services.records.attaching.new_code(asha)
    await clinic.services.records.personal_data.erase(asha.id, by=DESK)

    with pytest.raises(LoginRequired):
        await attach(clinic, token, PhoneCode(code))
