"""Rows that make writing quick: a doctor's own, and the clinic's."""

from __future__ import annotations

from queue_server.domain.records.certificates import Wording
from queue_server.domain.records.records import CertificateKind, Medicine
from queue_server.storage.engine.store import Transaction
from queue_server.storage.records import prescribing_list_rows as rows
from tests.storage.rows import FIRST, SECOND


async def test_favourites_are_a_doctors_own_in_the_order_in_which_they_were_added(work: Transaction) -> None:
    first, second = [await rows.add_favourite(work, FIRST, {"medicine": name}) for name in ("Zinc", "Aspirin")]

    assert await rows.favourites(work.connection, FIRST) == [
        (first, {"medicine": "Zinc"}),
        (second, {"medicine": "Aspirin"}),
    ]
    assert await rows.favourites(work.connection, SECOND) == []
    removed = [await rows.remove_favourite(work, doctor, first) for doctor in (SECOND, FIRST, FIRST)]
    assert removed == [False, True, False]


async def test_a_doctor_has_one_usual_prescription_for_a_diagnosis(work: Transaction) -> None:
    for diagnosis, note in (("fever", "1"), ("Cough", "2"), ("fever", "3")):
        await rows.save_regimen(work, FIRST, diagnosis, {"note": note})
    await rows.save_regimen(work, SECOND, "fever", {"note": "4"})

    found = await rows.regimens(work.connection, FIRST)

    assert [(diagnosis, content["note"]) for _, diagnosis, content in found] == [("Cough", "2"), ("fever", "3")]
    removed = [await rows.remove_regimen(work, doctor, found[0][0]) for doctor in (SECOND, FIRST, FIRST)]
    assert removed == [False, True, False]


async def test_the_clinics_medicines_are_each_there_once_by_name(work: Transaction) -> None:
    zinc, aspirin = Medicine("zinc oxide", "cream"), Medicine("Aspirin", "tablet", "75 mg")
    await rows.add_medicines(work, [zinc, aspirin])
    await rows.add_medicines(work, [aspirin, Medicine("Aspirin", "tablet", "300 mg")])

    found = await rows.medicines(work.connection)

    assert [medicine for _, medicine in found] == [Medicine("Aspirin", "tablet", "300 mg"), aspirin, zinc]
    assert [await rows.remove_medicine(work, found[0][0]) for _ in range(2)] == [True, False]


async def test_as_many_medicines_as_a_file_may_hold_are_added_at_once(work: Transaction) -> None:
    await rows.add_medicines(work, [Medicine(f"Medicine {number}", "tablet") for number in range(5000)])

    assert len(await rows.medicines(work.connection)) == 5000


async def test_the_clinics_wording_takes_the_place_of_the_one_before_until_it_is_removed(work: Transaction) -> None:
    first = Wording(CertificateKind.FITNESS, "en", "Fitness", "First.")
    second = Wording(CertificateKind.FITNESS, "en", "Fit", "Second.")
    hindi = Wording(CertificateKind.FITNESS, "hi", "स्वस्थ", "पाठ")
    for wording in (first, second, hindi):
        await rows.save_wording(work, wording)

    found = await rows.wordings(work.connection)
    assert {wording.language: wording for wording in found} == {"en": second, "hi": hindi}

    await rows.remove_wording(work, CertificateKind.FITNESS, "en")
    assert await rows.wordings(work.connection) == [hindi]
