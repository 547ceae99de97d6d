"""Marathi has its own ल and श, which the fonts hold beside Hindi's: looked at as pictures."""

from __future__ import annotations

import pytest
from PIL import Image, ImageDraw
from reportlab.platypus import Spacer

from kiosk.printing import paper
from kiosk.printing.layout import lay_out
from kiosk.printing.raster import draw
from kiosk.printing.typefaces import typeface_for
from queue_server.domain.clinic.letterhead import Letterhead
from queue_server.papers.blocks import Look, said
from queue_server.papers.sheets import Sheet
from tests.kiosk.slips import a_slip
from tests.papers.pictures import ink, pages
from tests.papers.test_shaping import SIZE, difference

WORD = "ललशश"


def drawn(language: str, size: int = SIZE) -> Image.Image:
    """The word as raqm draws it in this language."""
    typeface = typeface_for(WORD, size, language=language)
    picture = Image.new("L", (1000, 260), 255)
    ImageDraw.Draw(picture).text((20, 60), WORD, fill=28, font=typeface.font, language=language)
    return picture.crop(ink(picture))


def on_paper(language: str) -> Image.Image:
    sheet = Sheet((1000, 320), 20, Letterhead(""), "", language)
    page = pages(sheet.pdf([Spacer(0, 40), said(WORD, Look(SIZE))]), scale=1)[0].crop((0, 50, 1000, 280))
    return page.crop(ink(page))


def test_the_two_languages_differ() -> None:
    assert difference(drawn("mr"), drawn("hi")) > 0.3


@pytest.mark.parametrize(("language", "other"), [("mr", "hi"), ("hi", "mr"), ("en", "mr")])
def test_a_paper_has_the_shapes_of_its_language(language: str, other: str) -> None:
    shown = on_paper(language)

    assert difference(shown, drawn(language)) < 0.25 < difference(shown, drawn(other))


def test_the_same_marathi_paper_is_the_same_file() -> None:
    sheet = Sheet((1000, 320), 20, Letterhead(""), "", "mr")

    assert sheet.pdf([said(WORD, Look(SIZE))]) == sheet.pdf([said(WORD, Look(SIZE))])


def test_a_slip_has_the_shapes_of_its_language() -> None:
    slips = {
        language: draw(lay_out(a_slip(department=WORD, language=language), paper(80))) for language in ("mr", "hi")
    }

    assert slips["mr"].tobytes() != slips["hi"].tobytes()
    assert typeface_for(WORD, 40, language="mr").language == "mr"
    assert typeface_for(WORD, 40, language="hi").language is None
    assert typeface_for("Room 3", 40, language="mr").language is None
