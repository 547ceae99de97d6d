"""What stands on papers and slips besides their content, on both databases."""

from __future__ import annotations

import base64
from io import BytesIO

import pytest
from PIL import Image

from queue_server.domain.clinic.letterhead import Heading, written
from queue_server.domain.errors import BadFields, BadInput, ChangedMeanwhile
from tests.clinics import ADMIN, Clinic
from tests.inspecting.corpus import a_picture

SUNRISE = {"name": "Sunrise", "lines": "12 Station Road\n\n 560001 Bengaluru ", "slip_texts": {"en": "Window 2."}}


async def test_without_a_heading_papers_have_the_clinics_own_name(clinic: Clinic) -> None:
    letterheads = clinic.services.clinic.letterheads

    letterhead = await letterheads.current()

    assert await letterheads.heading() == Heading()
    assert (letterhead.name, letterhead.lines, letterhead.logo) == ("Test clinic", (), None)
    assert letterhead.verify_at == "http://queue.test/verify"
    assert str(letterhead.zone) == "Asia/Kolkata"


async def test_a_saved_heading_counts_from_the_next_paper_on(clinic: Clinic) -> None:
    letterheads = clinic.services.clinic.letterheads
    await letterheads.current()

    await letterheads.save(SUNRISE, None, by=ADMIN)

    letterhead = await letterheads.current()
    assert (letterhead.name, letterhead.lines) == ("Sunrise", ("12 Station Road", "560001 Bengaluru"))


async def test_a_paper_can_be_shown_with_a_heading_that_is_not_saved(clinic: Clinic) -> None:
    letterheads = clinic.services.clinic.letterheads

    assert (await letterheads.current(Heading("Moon"))).name == "Moon"
    assert (await letterheads.current()).name == "Test clinic"


async def test_a_slip_says_its_sentence_in_its_language_or_in_english(clinic: Clinic) -> None:
    letterheads = clinic.services.clinic.letterheads
    assert (await letterheads.on_slip("hi")).text is None

    await letterheads.save({**SUNRISE, "slip_texts": {"en": "Window 2.", "hi": "खिड़की 2।"}}, None, by=ADMIN)

    assert [(await letterheads.on_slip(language)).text for language in ("hi", "en", "ta")] == [
        "खिड़की 2।",
        "Window 2.",
        "Window 2.",
    ]


async def test_a_logo_stands_on_papers_and_on_slips_that_want_it(clinic: Clinic) -> None:
    letterheads = clinic.services.clinic.letterheads
    await letterheads.save_logo(a_picture("PNG"), by=ADMIN)
    shown = (await letterheads.on_slip("en")).logo
    assert shown is not None
    with Image.open(BytesIO(base64.b64decode(shown))) as drawn:
        assert drawn.format == "PNG"

    await letterheads.save({**SUNRISE, "is_logo_on_slips": False}, None, by=ADMIN)

    assert (await letterheads.on_slip("en")).logo is None
    assert (await letterheads.current()).logo is not None
    assert await letterheads.has_logo()


async def test_a_removed_logo_is_gone_everywhere(clinic: Clinic) -> None:
    letterheads = clinic.services.clinic.letterheads
    await letterheads.save_logo(a_picture(), by=ADMIN)

    await letterheads.remove_logo(by=ADMIN)

    assert not await letterheads.has_logo()
    assert (await letterheads.on_slip("en")).logo is None


async def test_what_is_no_picture_leaves_the_logo_as_it_is(clinic: Clinic) -> None:
    letterheads = clinic.services.clinic.letterheads
    await letterheads.save_logo(a_picture(), by=ADMIN)
    before = (await letterheads.current()).logo

    with pytest.raises(BadInput):
        await letterheads.save_logo(b"no picture", by=ADMIN)

    assert (await letterheads.current()).logo == before


async def test_a_bad_heading_and_one_that_somebody_else_has_changed_are_refused(clinic: Clinic) -> None:
    letterheads = clinic.services.clinic.letterheads
    seen = written(await letterheads.heading())
    with pytest.raises(BadFields):
        await letterheads.save({**SUNRISE, "name": "x" * 100}, seen, by=ADMIN)

    await letterheads.save(SUNRISE, seen, by=ADMIN)

    with pytest.raises(ChangedMeanwhile):
        await letterheads.save({**SUNRISE, "name": "Moon"}, seen, by=ADMIN)
    assert (await letterheads.heading()).name == "Sunrise"
