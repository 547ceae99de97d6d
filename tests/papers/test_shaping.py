"""Every script comes out of the PDF as it is shaped by raqm, which draws the slips."""

from __future__ import annotations

import pytest
from PIL import Image, ImageChops, ImageDraw, ImageFont, ImageStat
from reportlab.platypus import Spacer

from kiosk.printing.scripts import script_of
from queue_server.domain.clinic.letterhead import Letterhead
from queue_server.papers.blocks import Look, said
from queue_server.papers.sheets import Sheet
from tests.papers.pictures import ink, pages

SIZE = 48
SENTENCES = {
    "en": "Prescription for G-012, ½",
    "hi": "क्षत्रिय स्त्री हिन्दी कि (सुबह) ½",
    "mr": "रुग्णाला दुपारी जेवणानंतर र्‍या",
    "bn": "ক্ষুধা স্বাস্থ্য কি প্রতীক্ষা।",
    "gu": "ક્ષમા શ્રી દર્દી કિ પ્રતીક્ષા",
    "ta": "பொது மருத்துவம் கௌ ஸ்ரீ",
    "te": "క్షేత్రం స్త్రీ మధ్యాహ్నం 5",
    "kn": "ಕ್ಷೇತ್ರ ಸ್ತ್ರೀ ಪ್ರಿಸ್ಕ್ರಿಪ್ಷನ್",
    "ur": "کھانے کے بعد، ڈاکٹر ٹھیک 5 دن",
}

languages = pytest.mark.parametrize("language", SENTENCES)


def on_paper(text: str) -> Image.Image:
    """The text alone, as the PDF shows it, a pixel a point."""
    sheet = Sheet((1000, 320), 20, Letterhead(""), "", "en")
    page = pages(sheet.pdf([Spacer(0, 40), said(text, Look(SIZE))]), scale=1)[0]
    # Below the letterhead's line, above the page's number.
    shown = page.crop((0, 50, 1000, 280))
    return shown.crop(ink(shown))


def drawn(text: str, layout: ImageFont.Layout = ImageFont.Layout.RAQM) -> Image.Image:
    """The text alone, as Pillow draws it."""
    font = ImageFont.truetype(str(script_of(text).path("Regular")), SIZE, layout_engine=layout)
    picture = Image.new("L", (1000, 260), 255)
    ImageDraw.Draw(picture).text((20, 60), text, fill=28, font=font)
    return picture.crop(ink(picture))


def difference(one: Image.Image, other: Image.Image) -> float:
    """How far pictures of the same words are apart, as a share of the ink: 0 for the same, 1 and more for others."""
    size = (max(one.width, other.width) + 8, max(one.height, other.height) + 8)
    expected = softened(other, size, (4, 4))
    # The crops begin at the first dark pixel, which smoothing moves by one or two.
    shifts = [(4 + right, 4 + down) for right in range(-2, 3) for down in range(-2, 3)]
    apart = min(ImageStat.Stat(ImageChops.difference(softened(one, size, at), expected)).sum[0] for at in shifts)
    return apart / ImageStat.Stat(ImageChops.invert(expected)).sum[0]


def softened(picture: Image.Image, size: tuple[int, int], at: tuple[int, int]) -> Image.Image:
    """The picture at its place, a quarter as large: which shape is where, not how its edges are smoothed."""
    canvas = Image.new("L", size, 255)
    canvas.paste(picture, at)
    return canvas.resize((size[0] // 4, size[1] // 4), Image.Resampling.BOX)


@languages
def test_the_paper_shows_the_words_as_they_are_shaped(language: str) -> None:
    shown, expected = on_paper(SENTENCES[language]), drawn(SENTENCES[language])

    assert abs(shown.width - expected.width) <= 6
    assert abs(shown.height - expected.height) <= 3
    assert difference(shown, expected) < 0.25


@pytest.mark.parametrize("language", sorted(SENTENCES.keys() - {"en"}))
def test_unshaped_letters_would_be_noticed(language: str) -> None:
    unshaped = drawn(SENTENCES[language], ImageFont.Layout.BASIC)

    assert difference(on_paper(SENTENCES[language]), unshaped) > 0.4


def test_words_of_several_scripts_stand_side_by_side() -> None:
    alone = [on_paper(word).width for word in ("स्त्री", "மருந்து", "Clinic")]

    together = on_paper("स्त्री மருந்து Clinic")

    assert sum(alone) < together.width < sum(alone) + SIZE
