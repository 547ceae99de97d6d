"""All documents of a patient, or of one visit, as one PDF, on both databases."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO

import pikepdf
import pypdfium2
import pytest
from PIL import Image
from sqlalchemy import text

from queue_server.domain.access.actors import Actor, ActorKind
from queue_server.domain.errors import TooLarge, UnknownDocument
from queue_server.domain.records.documents import Document, DocumentKind
from queue_server.domain.records.prescribing import NOBODY
from queue_server.domain.records.records import Missing, RecordKind
from queue_server.services.queue.issuing import IssuedToken
from queue_server.services.records.bundles import LARGEST_BUNDLE, MOST_DOCUMENTS, check_size
from tests.clinics import MORNING, Clinic
from tests.services.records.test_signing import TYPED, prescribed, token
from tests.services.records.test_slip_papers import digits_of

__all__ = ["token"]

BLUE = (40, 80, 220)


def a_photograph(width: int = 600, height: int = 400) -> bytes:
    written = BytesIO()
    Image.new("RGB", (width, height), BLUE).save(written, "JPEG")
    return written.getvalue()


async def photographed(clinic: Clinic, walk_in: IssuedToken) -> int:
    """The doctor has handed a photograph in."""
    async with clinic.services.store.transaction() as work:
        return await clinic.services.records.documents.add(
            work,
            token_id=walk_in.token_id,
            patient_id=None,
            kind=DocumentKind.REPORT,
            name="wound",
            media_type="image/jpeg",
            content=a_photograph(),
            by=clinic.doctors[0],
        )


def words_of(page: pypdfium2.PdfPage) -> str:
    return str(page.get_textpage().get_text_bounded())


async def read(clinic: Clinic, patient: int) -> list[tuple[str, str]]:
    """What was looked at, and by whom, oldest first."""
    return [(one.what, str(one.reader)) for one in reversed(await clinic.services.records.histories.reads(patient))]


async def test_a_cover_lists_what_follows_in_order_photographs_too(clinic: Clinic, token: IssuedToken) -> None:
    await prescribed(clinic, token, replace(TYPED, person=NOBODY))
    await photographed(clinic, token)
    asha = (await clinic.register()).family[0]
    await clinic.services.records.attaching.by_login(token.key, asha)
    me, bundles = Actor(ActorKind.PATIENT, asha.id), clinic.services.records.bundles

    made = await bundles.of_patient(asha.id, "en", by=me)

    pages = pypdfium2.PdfDocument(made)
    cover, photograph = words_of(pages[0]), pages[2].render(scale=0.5).to_pil().convert("RGB")
    assert len(pages) == 3
    assert asha.person.name in cover
    assert cover.index("Prescription") < cover.index("Report · wound.jpg")
    assert "it bears no name" in cover
    assert "Paracetamol" in words_of(pages[1])
    middle = photograph.getpixel((photograph.width // 2, photograph.height // 2))
    assert all(abs(got - wanted) < 8 for got, wanted in zip(middle, BLUE, strict=True))
    with pikepdf.open(BytesIO(made)) as opened, opened.open_outline() as outline:
        assert len(outline.root) == 2
    assert await read(clinic, asha.id) == [("history", str(me)), ("document", str(me)), ("document", str(me))]
    assert await bundles.of_patient(asha.id, "en", by=me, token_id=token.token_id) == made
    for stranger in (clinic.doctors[1], Actor(ActorKind.PATIENT, asha.id + 1)):
        with pytest.raises(UnknownDocument):
            await bundles.of_patient(asha.id, "en", by=stranger)
    with pytest.raises(UnknownDocument):
        await bundles.of_patient(asha.id, "en", by=me, token_id=token.token_id + 1)


async def test_a_damaged_document_costs_nobody_the_others(clinic: Clinic, token: IssuedToken) -> None:
    await prescribed(clinic, token)
    damaged = await photographed(clinic, token)
    async with clinic.services.store.transaction() as work:
        gone = text("DELETE FROM content_chunk WHERE content_id = (SELECT content_id FROM document WHERE id = :id)")
        await work.connection.execute(gone, {"id": damaged})

    made = await clinic.services.records.bundles.of_slip(token.key, await digits_of(clinic, token), "en")

    pages = pypdfium2.PdfDocument(made)
    assert len(pages) == 2
    assert "damaged" in words_of(pages[0])
    assert "G-001" in words_of(pages[0])


async def test_a_paper_that_was_signed_with_a_name_is_not_said_to_have_none(clinic: Clinic, token: IssuedToken) -> None:
    nameless = await prescribed(clinic, token, replace(TYPED, person=NOBODY))
    asha = (await clinic.register()).family[0]
    await clinic.services.records.attaching.by_login(token.key, asha)
    history = await clinic.services.records.histories.read(asha.id)
    assert [(one.document.id, one.is_nameless) for one in history.visits[0].documents] == [(nameless["document"], True)]

    doctor, drafts = clinic.doctors[0], clinic.services.records.drafts
    kind = RecordKind.PRESCRIPTION
    await drafts.correct(token.token_id, kind, nameless["record"], by=doctor)
    again = await clinic.services.records.signing.sign(token.token_id, kind, 1, by=doctor, without=[*Missing])

    history = await clinic.services.records.histories.read(asha.id)
    assert [(one.document.id, one.is_nameless) for one in history.visits[0].documents] == [(again["document"], False)]


@pytest.mark.parametrize(("count", "size"), [(MOST_DOCUMENTS + 1, 1), (3, LARGEST_BUNDLE // 3 + 1)])
def test_whoever_has_more_than_fits_into_one_pdf_is_told_so(count: int, size: int) -> None:
    one = Document(1, 1, None, DocumentKind.REPORT, "x.pdf", "application/pdf", size, "doctor:1", MORNING)

    with pytest.raises(TooLarge):
        check_size([one] * count)
    check_size([one])
