"""What a doctor writes with: the list of medicines, favourites and templates."""

import pytest

from queue_server.domain.access.actors import Actor, ActorKind
from queue_server.domain.errors import BadInput, NotFound
from queue_server.domain.records.prescribing import Typed, TypedLine
from queue_server.domain.records.records import Medicine
from tests.clinics import Clinic
from tests.services.records.test_drafts import FEVER, TYPED


async def test_favourites_and_templates_are_the_doctors_own(clinic: Clinic) -> None:
    favourites, (first, second) = clinic.services.records.favourites, clinic.doctors
    await favourites.add(FEVER, by=first)
    await favourites.add(FEVER, by=first)
    await favourites.keep_regimen(" Viral  fever ", Typed((FEVER, TypedLine()), note="Drink."), by=first)
    await favourites.keep_regimen("Viral fever", Typed((FEVER,), note="Drink much."), by=first)

    mine = await favourites.of(first)

    assert [each["line"]["generic"] for each in mine["favourites"]] == ["Paracetamol"]
    assert [(each["diagnosis"], each["content"]["note"]) for each in mine["regimens"]] == [
        ("Viral fever", "Drink much.")
    ]
    assert await favourites.of(second) == {"favourites": [], "regimens": []}
    with pytest.raises(NotFound):
        await favourites.remove(mine["favourites"][0]["id"], by=second)
    await favourites.remove(mine["favourites"][0]["id"], by=first)
    await favourites.remove_regimen(mine["regimens"][0]["id"], by=first)
    assert await favourites.of(first) == {"favourites": [], "regimens": []}


async def test_what_is_no_favourite_is_refused(clinic: Clinic) -> None:
    favourites, doctor = clinic.services.records.favourites, clinic.doctors[0]

    with pytest.raises(BadInput):
        await favourites.add(TypedLine(dose="1-0-1"), by=doctor)
    with pytest.raises(BadInput):
        await favourites.keep_regimen("", TYPED, by=doctor)
    with pytest.raises(BadInput):
        await favourites.keep_regimen("Fever", Typed(), by=doctor)


async def test_a_file_extends_the_list_or_changes_nothing(clinic: Clinic) -> None:
    medicines, admin = clinic.services.records.medicines, Actor(ActorKind.ADMIN, 1)
    await medicines.all()

    imported = await medicines.extend(
        b"generic,form,strength\nParacetamol,tablet,500 mg|555 mg\nQuuxamide,tablet,\n", by=admin
    )
    with pytest.raises(BadInput):
        await medicines.extend(b"generic,form,strength\nOther,tablet,1 mg\n,tablet,\n", by=admin)

    assert (imported.added, imported.known) == (2, 1)
    assert (await medicines.all()).search("quux") == [Medicine("Quuxamide", "tablet")]
    assert (await medicines.all()).search("other") == []
    own = next(one for one, medicine in await medicines.own() if medicine.generic == "Quuxamide")
    await medicines.remove(own, by=admin)
    assert (await medicines.all()).search("quux") == []
    with pytest.raises(NotFound):
        await medicines.remove(own, by=admin)
