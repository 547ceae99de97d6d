"""What is printed of a signed prescription, on both databases."""

from dataclasses import replace

import pytest

from queue_server.domain.errors import NoMedicines
from queue_server.services.queue.issuing import IssuedToken
from queue_server.services.records.medicine_slips import MedicineSlips
from tests.clinics import Clinic
from tests.services.records.test_signing import LINES, TYPED, certified, prescribed, token

__all__ = ["token"]


def slips(clinic: Clinic) -> MedicineSlips:
    records, known = clinic.services.records, clinic.services.clinic
    return MedicineSlips(clinic.services.store, known.queues, records.drafts, records.medicines, known.letterheads)


async def test_it_says_what_was_signed_in_words_and_signs(clinic: Clinic, token: IssuedToken) -> None:
    signed = await prescribed(clinic, token)

    made = await slips(clinic).compose(token.token_id, signed["record"])

    first, _, drops = made["lines"]
    assert first["name"] == "1. Paracetamol 500 mg, tablet"
    assert first["signs"] == [["morning", "1"], ["noon", "1"], ["night", "1"]]
    assert (
        first["words"].replace("\u00a0", " ")
        == "Morning 1 tablet, Noon 1 tablet, Night 1 tablet · after food · for 3 days"
    )
    assert (first["total"], first["english"]) == ("Total: 9 tablets", None)
    assert (drops["signs"], drops["total"]) == ([], None)
    assert (made["patient"], made["advice"]) == ("A. Walker · 34 years", "Drink much.")
    paper = await clinic.services.records.papers.verify((made["url"] or "").rpartition("/")[2].partition("?")[0])
    assert (made["url"] or "").endswith(f"?h={paper.content_hash}")


async def test_it_is_in_the_tokens_language_with_the_pharmacys_english(clinic: Clinic, token: IssuedToken) -> None:
    await clinic.services.screens.desk.edit(token.token_id, "hi", by=clinic.doctors[0])
    evening = replace(LINES[0], dose="1/2-0-1/2-0")
    signed = await prescribed(clinic, token, replace(TYPED, lines=(evening,)))

    made = await slips(clinic).compose(token.token_id, signed["record"])

    (line,) = made["lines"]
    assert "आधी गोली" in line["words"].replace("\u00a0", " ")
    assert "half a tablet" in (line["english"] or "").replace("\u00a0", " ")
    assert line["signs"] == [["morning", "½"], ["noon", "–"], ["evening", "½"], ["night", "–"]]
    assert (made["language"], made["title"]) == ("hi", "आपकी दवाएँ")


async def test_a_certificate_and_what_is_not_signed_have_no_medicines(clinic: Clinic, token: IssuedToken) -> None:
    certificate = await certified(clinic, token)

    for record in (certificate["record"], 99):
        with pytest.raises(NoMedicines):
            await slips(clinic).compose(token.token_id, record)
