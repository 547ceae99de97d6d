"""Urdu keeps doses, phone numbers, ranges and dates in the order in which they were written: looked at as pictures."""

from __future__ import annotations

import time
import timeit

import pytest
from PIL import Image, ImageDraw
from reportlab.platypus import Spacer

from kiosk.bidi import LEFT_TO_RIGHT_ISOLATE, POP_ISOLATE, isolated
from kiosk.printing import paper
from kiosk.printing.layout import Line, lay_out
from kiosk.printing.raster import draw
from kiosk.printing.scripts import URDU
from kiosk.printing.typefaces import Typeface
from queue_server.domain.clinic.letterhead import Letterhead
from queue_server.locale import Texts
from queue_server.papers.blocks import Look, said
from queue_server.papers.sheets import Sheet
from tests.kiosk.slips import a_slip
from tests.papers.pictures import ink, pages
from tests.papers.test_shaping import SIZE, difference

#: What a naive line turns round.
RUNS = (
    *("1-0-0", "10-0-8", "1/2-0-1", "½-0-1", "040 2345 6789", "+91 40 2345 6789", "10–20", "22-11-2026", "500 mg"),
    *("1 tab-0-0", "1*0*0", "+91 (40) 2345", "12-B"),
)
WORD = "کمرہ"


def number_alone(run: str, typeface: Typeface) -> Image.Image:
    """The run as it is written from left to right, with nothing beside it."""
    picture = Image.new("L", (1000, 200), 255)
    ImageDraw.Draw(picture).text((20, 100), run, fill=28, font=typeface.font, anchor="ls", direction="ltr")
    return picture.crop(ink(picture))


def left_of_the_word(picture: Image.Image, number: Image.Image) -> Image.Image:
    """The left part of a line, as wide as the number is: there stands what follows a word in Urdu."""
    left, top, _, bottom = ink(picture)
    part = picture.crop((left, top, left + number.width, bottom))
    return part.crop(ink(part))


@pytest.mark.parametrize("run", RUNS)
def test_a_paper_shows_the_number_as_it_was_written(run: str) -> None:
    sheet = Sheet((1000, 320), 20, Letterhead(""), "", "en")
    page = pages(sheet.pdf([Spacer(0, 40), said(f"{WORD} {run}", Look(SIZE))]), scale=1)[0]
    # Below the letterhead's line, above the page's number.
    page = page.crop((0, 50, 1000, 280))
    number = number_alone(run, Typeface(URDU, "Regular", SIZE))

    assert difference(left_of_the_word(page, number), number) < 0.3


@pytest.mark.parametrize("run", RUNS)
def test_a_slip_shows_the_number_as_it_was_written(run: str) -> None:
    layout = lay_out(a_slip(department=f"{WORD} {run}"), paper(80))
    line = next(item for item in layout.items if isinstance(item, Line) and WORD in item.text)
    top = line.baseline - line.typeface.size
    slip = draw(layout).convert("L").crop((0, top, layout.width, line.baseline + line.typeface.size // 2))
    number = number_alone(run, line.typeface)

    assert difference(left_of_the_word(slip, number), number) < 0.4


@pytest.mark.parametrize("run", RUNS)
def test_a_number_that_is_turned_round_would_be_noticed(run: str) -> None:
    typeface = Typeface(URDU, "Regular", SIZE)
    naive = Image.new("L", (1000, 200), 255)
    ImageDraw.Draw(naive).text((20, 100), f"{WORD} {run}", fill=28, font=typeface.font, anchor="ls", direction="rtl")
    number = number_alone(run, typeface)

    assert difference(left_of_the_word(naive, number), number) > 0.45


def test_isolates_that_somebody_typed_or_left_out_make_no_difference() -> None:
    typed = f"{WORD} {LEFT_TO_RIGHT_ISOLATE}1-0-0{POP_ISOLATE}"

    assert said(typed, Look(SIZE)).text == said(f"{WORD} 1-0-0", Look(SIZE)).text


@pytest.mark.parametrize(
    "text", ["1-0-0", "Room 10-20", "सुबह 1-0-0", "कमरा 040 2345 6789", f"{WORD} 12", f"{WORD} G-012", WORD, ""]
)
def test_what_cannot_be_turned_round_stays_as_it_is(text: str) -> None:
    assert isolated(text) == text


def test_numbers_beside_letters_are_isolated_one_by_one() -> None:
    assert isolated("10–20 منٹ، 1-0-0") == "\u206610–20\u2069 منٹ، \u20661-0-0\u2069"
    assert isolated("سوال 5، 10، 15") == "سوال 5، 10، 15"
    assert isolated("(250 mg/5 ml) دوا") == "(\u2066250 mg/5 ml\u2069) دوا"
    assert isolated("فون +91 (40) 2345 6789") == "فون \u2066+91 (40) 2345 6789\u2069"
    assert isolated("فون (040) 2345 6789") == "فون \u2066(040) 2345 6789\u2069"


WITH_LETTERS = ("1 tab-0-1 tab", "2x5 ml", "10.30 am – 1 pm", "5 mg - 10 mg", "IV 5-10", "MH-12-AB-1234", "PO Box 12-3")
WITH_SIGNS = ("1--0--0", "1~2", "1_0_0", "1x0x0", "-2.5", "−2.50 / −0.75", "10%-20%", "1⅞-0", "۱-۰-۰", "٠٤٠ ٢٣٤٥")


@pytest.mark.parametrize("run", [*WITH_LETTERS, *WITH_SIGNS, "2026-11-22T10:30"])
def test_signs_units_and_letters_that_belong_to_a_number_stay_in_its_place(run: str) -> None:
    assert isolated(f"{WORD} {run}") == f"{WORD} \u2066{run}\u2069"


@pytest.mark.parametrize("part", ["a-", "1-", "1 a ", "a. ", "(1) ", "1x", "1 (1"])
def test_a_line_of_sixteen_thousand_letters_takes_no_second(part: str) -> None:
    text = WORD + part * (16_000 // len(part))

    assert timeit.timeit(lambda: isolated(text), timer=time.process_time, number=1) < 1


def test_texts_of_pages_are_isolated_where_the_language_is_written_from_right_to_left() -> None:
    class Catalogue:
        def gettext(self, sentence: str) -> str:
            return "%(low)s–%(high)s منٹ"

    assert Texts("ur", Catalogue()).gettext("x", low=10, high=20) == "\u206610–20\u2069 منٹ"  # type: ignore[arg-type]
