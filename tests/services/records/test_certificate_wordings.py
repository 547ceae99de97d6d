"""What a certificate says: built in for every language, and the clinic's own, on both databases."""

from __future__ import annotations

from dataclasses import replace

import pytest

from queue_server.domain.errors import BadInput
from queue_server.domain.records.certificates import Wording, check_wording
from queue_server.domain.records.records import CertificateKind
from queue_server.locale import LANGUAGES
from queue_server.services.records.certificate_wordings import built_in, sample
from tests.clinics import ADMIN, MORNING, Clinic

FITNESS = CertificateKind.FITNESS


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", CertificateKind)
def test_every_built_in_wording_can_be_filled(kind: CertificateKind, language: str) -> None:
    wording = built_in(kind, language)

    title, text = sample(wording, "Test clinic", MORNING.date())

    assert check_wording(wording) == wording
    assert not set("{}[]") & set(title + text)


def test_a_sample_spans_the_days_that_it_names() -> None:
    _, text = sample(built_in(CertificateKind.SICK_LEAVE, "en"), "Test clinic", MORNING.date())

    assert "from 22 November 2026 to 24 November 2026 (number of days: 3)" in text


async def test_the_clinics_own_wording_counts_in_its_language_only(clinic: Clinic) -> None:
    wordings = clinic.services.records.wordings
    own = Wording(FITNESS, "en", "Fit for work", "{patient} is fit.")

    await wordings.save(own, by=ADMIN)

    assert await wordings.one(FITNESS, "en") == own
    assert await wordings.one(FITNESS, "hi") == built_in(FITNESS, "hi")
    assert [place for place, (_, is_own) in (await wordings.all()).items() if is_own] == [(FITNESS, "en")]


async def test_the_built_in_wording_is_restored_by_asking_or_by_typing_it(clinic: Clinic) -> None:
    wordings, own = clinic.services.records.wordings, Wording(FITNESS, "en", "Fit", "{patient} is fit.")
    usual = built_in(FITNESS, "en")

    await wordings.save(own, by=ADMIN)
    await wordings.restore(FITNESS, "en", by=ADMIN)
    asked = (await wordings.all())[FITNESS, "en"]
    await wordings.save(own, by=ADMIN)
    await wordings.save(replace(usual, text=f"\n{usual.text}  \n"), by=ADMIN)
    typed = (await wordings.all())[FITNESS, "en"]

    assert asked == typed == (usual, False)


@pytest.mark.parametrize(("title", "text", "field"), [("", "Fit.", "title"), ("Fit", "{nobody} is fit.", "text")])
async def test_a_wording_that_cannot_be_filled_is_refused(clinic: Clinic, title: str, text: str, field: str) -> None:
    with pytest.raises(BadInput) as refused:
        await clinic.services.records.wordings.save(Wording(FITNESS, "en", title, text), by=ADMIN)

    assert refused.value.details["field"] == field
    assert await clinic.services.records.wordings.one(FITNESS, "en") == built_in(FITNESS, "en")


async def test_a_language_that_is_not_offered_has_the_wording_of_the_first(clinic: Clinic) -> None:
    assert await clinic.services.records.wordings.one(FITNESS, "tlh") == built_in(FITNESS, "en")
