"""A paper that a doctor has signed is verified by the code on it, on both databases."""

import hashlib
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest

from queue_server.domain.errors import UnknownPaper
from queue_server.domain.records.verification import IssuedPaper
from tests.clinics import Clinic
from tests.papers.pictures import codes
from tests.services.records.test_signing import PRESCRIPTION, TYPED, certified, content_of, prescribed


async def verified(clinic: Clinic, document_id: int) -> IssuedPaper:
    """What the clinic says of the document's code; its hashes are right."""
    content = await content_of(clinic, document_id)
    ((link,),) = codes(content)
    key, (told,) = urlsplit(link).path.rsplit("/", 1)[1], parse_qs(urlsplit(link).query)["h"]
    paper = await clinic.services.records.papers.verify(key)
    assert (paper.content_hash, paper.file_hash) == (told, hashlib.sha256(content).hexdigest())
    return paper


async def test_the_code_of_a_signed_paper_verifies_it(clinic: Clinic) -> None:
    await clinic.on_duty(0, "1")
    token = await clinic.issue()
    await clinic.next("1")

    prescription = await verified(clinic, (await prescribed(clinic, token))["document"])
    certificate = await verified(clinic, (await certified(clinic, token))["document"])

    assert (prescription.kind, certificate.kind) == ("prescription", "sick_leave")
    assert prescription.clinic == "Test clinic"
    assert prescription.replaced_at is None


async def test_a_correction_says_so_on_the_page_of_the_older_paper(clinic: Clinic) -> None:
    await clinic.on_duty(0, "1")
    token = await clinic.issue()
    await clinic.next("1")
    first = await prescribed(clinic, token)

    await clinic.services.records.drafts.correct(token.token_id, PRESCRIPTION, first["record"], by=clinic.doctors[0])
    second = await prescribed(clinic, token, replace(TYPED, note="Rest as well."))

    old, new = [await verified(clinic, signed["document"]) for signed in (first, second)]
    assert old.replaced_at is not None
    assert (new.version, new.replaced_at) == (2, None)


async def test_what_was_never_signed_is_not_verified(clinic: Clinic) -> None:
    with pytest.raises(UnknownPaper):
        await clinic.services.records.papers.verify("never")
