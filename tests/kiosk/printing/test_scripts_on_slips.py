"""Every script comes out shaped and readable; one that is unknown harms nothing else."""

import pytest
from PIL import ImageFont

from kiosk.printing import paper
from kiosk.printing.document import slip_document
from kiosk.printing.layout import Line, lay_out
from kiosk.printing.rendering import render
from kiosk.printing.scripts import FONTS, LATIN, SCRIPTS, URDU, WEIGHTS, Script, script_of
from kiosk.printing.typefaces import Typeface
from tests.kiosk.slips import HINDI_COPY, LONG_ENGLISH, LONG_HINDI, a_slip

DEVANAGARI = SCRIPTS[0]
#: A character that no font knows.
NOWHERE = "\U000e0000"


def mask(font: ImageFont.FreeTypeFont, text: str) -> tuple[tuple[int, int], bytes]:
    drawn = font.getmask(text)
    return drawn.size, bytes(drawn)


def unreadable(text: str, typeface: Typeface) -> set[str]:
    """Characters of the text that come out as the empty box."""
    box = mask(typeface.font, NOWHERE)
    return {character for character in text if mask(typeface.font, character) == box}


@pytest.mark.parametrize("weight", WEIGHTS)
@pytest.mark.parametrize("script", [LATIN, *SCRIPTS], ids=lambda script: script.family)
def test_every_font_knows_latin_digits_and_the_rupee(script: Script, weight: str) -> None:
    assert not unreadable("GENDT-0123456789 abz.,:;()–’“”…·₹€éñ", Typeface(script, weight, 32))


@pytest.mark.parametrize("document", [HINDI_COPY, LONG_HINDI, LONG_ENGLISH])
def test_no_text_of_a_slip_comes_out_as_boxes(document: dict[str, str]) -> None:
    layout = lay_out(a_slip(**document), paper(80))

    assert not {box for item in layout.items if isinstance(item, Line) for box in unreadable(item.text, item.typeface)}


@pytest.mark.parametrize(
    "word", ["क्ष", "स्त्री", "प्रतीक्षा", "क्लिनिक", "हिन्दी", "ক্ষুধা", "શ્રી", "ஸ்ரீ", "స్త్రీ", "ಕ್ಷೇತ್ರ", "ڈاکٹر"]
)
def test_conjuncts_are_joined_and_vowel_signs_take_their_place(word: str) -> None:
    script = script_of(word)
    unshaped = ImageFont.truetype(str(script.path("Regular")), 48, layout_engine=ImageFont.Layout.BASIC)

    shaped = Typeface(script, "Regular", 48)

    assert mask(shaped.font, word) != mask(unshaped, word)
    assert shaped.font.getlength(word) < unshaped.getlength(word)


def test_the_short_i_is_drawn_before_its_consonant() -> None:
    font = Typeface(DEVANAGARI, "Regular", 64).font

    sign_then_letter, letter = font.getmask("कि"), font.getmask("क")

    width, height = sign_then_letter.size
    stem = sign_then_letter.crop((0, height // 2, (width - letter.size[0]) // 2 + 4, height))
    assert stem.getextrema()[1] > 0
    assert width > letter.size[0]


@pytest.mark.parametrize(
    ("text", "script"),
    [
        ("City Health Clinic", LATIN),
        ("सामान्य", DEVANAGARI),
        ("OPD सामान्य Block B", DEVANAGARI),
        ("22 नवंबर 2026, 10:42", DEVANAGARI),
        ("G-012", LATIN),
        ("ସାଧାରଣ ଚିକିତ୍ସା", LATIN),
        ("সাধারণ রোগ।", SCRIPTS[1]),
        ("સામાન્ય", SCRIPTS[2]),
        ("பொது மருத்துவம்", SCRIPTS[3]),
        ("సాధారణ", SCRIPTS[4]),
        ("ಸಾಮಾನ್ಯ", SCRIPTS[5]),
        ("عام مریض", URDU),
    ],
)
def test_the_text_chooses_its_font(text: str, script: Script) -> None:
    assert script_of(text) is script


def test_a_slip_in_an_unknown_script_prints_with_its_number_right() -> None:
    slip = a_slip(department="ସାଧାରଣ ଚିକିତ୍ସା", sentence="ଦୟାକରି ବସନ୍ତୁ", language="or")

    out = render(slip_document(slip, paper(58)), 384)

    expected = render(slip_document(a_slip(), paper(58)), 384)
    number = (0, 0, 384, 110)
    assert out.picture.crop(number).tobytes() == expected.picture.crop(number).tobytes()
    assert out.text == "G-012  22 Nov 2026, 10:42\n"


def test_the_licence_lies_beside_the_fonts_and_they_are_small() -> None:
    fonts = sorted(FONTS.glob("*.ttf"))

    assert "SIL OPEN FONT LICENSE" in (FONTS / "OFL.txt").read_text()
    assert [path.name for path in fonts] == sorted(s.path(w).name for s in (LATIN, *SCRIPTS) for w in WEIGHTS)
    assert sum(path.stat().st_size for path in fonts) < 1_800_000


@pytest.mark.parametrize("script", [LATIN, *SCRIPTS], ids=lambda script: script.family)
def test_a_changed_font_does_not_keep_the_name_of_the_original(script: Script) -> None:
    family, _ = Typeface(script, "Regular", 20).font.getname()

    assert family == script.family
    assert "Noto" not in family
