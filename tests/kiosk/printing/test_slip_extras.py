"""The clinic's logo and its own sentence on a slip, and slips of servers that know of neither."""

import base64
from io import BytesIO
from itertools import pairwise

import pytest
from PIL import Image, ImageDraw

from kiosk.printing import BadSlip, Paper, Slip, paper
from kiosk.printing.document import slip_document, slip_picture
from kiosk.printing.layout import Code, Line, Picture, lay_out
from kiosk.printing.rendering import render
from tests.kiosk.printing.test_slip_layout import PAPERS, ink, stays_on_paper
from tests.kiosk.slips import ENGLISH, HINDI_COPY, a_slip

#: What the code is for, in Hindi.
CAPTION = "अपनी बारी फ़ोन पर देखने के लिए यह कोड स्कैन करें"

papers = pytest.mark.parametrize("on", PAPERS, ids=lambda on: str(on.dots))


def a_logo(width: int = 320, height: int = 120) -> str:
    picture = Image.new("1", (width, height), 1)
    ImageDraw.Draw(picture).rectangle((4, 4, width - 5, height - 5), fill=0)
    written = BytesIO()
    picture.save(written, "PNG")
    return base64.b64encode(written.getvalue()).decode()


@papers
def test_logo_and_sentence_lie_on_the_paper_and_touch_nothing(on: Paper) -> None:
    layout = lay_out(
        a_slip(**HINDI_COPY, logo=a_logo(), extra_text="दवा खिड़की 2 पर, शाम 4 बजे तक मिलती है।", code_text=CAPTION), on
    )

    boxes = [ink(item) for item in layout.items if not (isinstance(item, Line) and item.is_white)]

    assert all(below[1] >= above[3] for above, below in pairwise(boxes))
    assert stays_on_paper(layout)
    assert isinstance(layout.items[-1], Line)
    assert layout.items[-1].role == "extra"
    below_the_code = layout.items[next(i for i, item in enumerate(layout.items) if isinstance(item, Code)) + 1]
    assert isinstance(below_the_code, Line)
    assert below_the_code.role == "code"


@papers
def test_the_logo_stands_below_the_code_and_comes_out_of_the_printer(on: Paper) -> None:
    slip = a_slip(logo=a_logo())
    kinds = [type(item).__name__ for item in lay_out(slip, on).items]

    (picture,) = [item for item in lay_out(slip, on).items if isinstance(item, Picture)]
    printed = render(slip_document(slip, on), on.dots).picture

    assert kinds.index("Code") < kinds.index("Picture")
    black = printed.convert("L").crop((picture.x + 6, picture.y + 6, picture.x + 314, picture.y + 114))
    assert black.getextrema() == (0, 0)


@pytest.mark.parametrize("logo", ["", "no base64!", "aGVsbG8=", a_logo(4000, 40), a_logo(200, 900), a_logo()[:60]])
def test_a_logo_that_cannot_be_printed_costs_no_slip(logo: str) -> None:
    assert slip_picture(a_slip(logo=logo), paper(80)).tobytes() == slip_picture(a_slip(), paper(80)).tobytes()


@pytest.mark.parametrize("wrong", [{"logo": 5}, {"logo": "x" * 30_000}, {"extra_text": 5}])
def test_what_is_no_logo_and_no_sentence_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(BadSlip, match=r"logo|extra_text"):
        Slip.from_json(ENGLISH | wrong)


def test_a_slip_without_the_newer_fields_is_printed() -> None:
    assert "logo" not in ENGLISH

    slip = Slip.from_json(ENGLISH)

    assert (slip.logo, slip.extra_text) == (None, None)


def test_a_text_that_is_too_long_is_shortened_at_a_word_and_printed() -> None:
    name = "Cardiology, hypertension and non-communicable diseases follow-up"

    slip = Slip.from_json(ENGLISH | {"department": name, "extra_text": "x" * 161})

    assert slip.department == "Cardiology, hypertension and non-communicable diseases…"
    assert slip.extra_text == "x" * 159 + "…"
    assert stays_on_paper(lay_out(slip, paper(58)))
