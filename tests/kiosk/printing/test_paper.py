"""Whatever the printer, everything is on the paper: nothing lies beyond its dots, and nothing is lost."""

from typing import Any

import pytest
import zxingcpp
from PIL import Image, ImageChops, ImageOps

from kiosk.printing import Paper, Slip, paper
from kiosk.printing.document import slip_document, slip_picture
from kiosk.printing.paper import FEWEST_DOTS, MOST_DOTS, models
from kiosk.printing.rendering import render
from tests.kiosk.slips import ENGLISH, LONG_ENGLISH, LONG_HINDI

TEST = ENGLISH | {"number": "TEST", "ruler": True}
#: Those with a width of their own stand for all others of the same.
WIDTHS = {on.dots: on for on in (paper(width, model) for model in models() for width in (58, 80))}


def ink(picture: Image.Image) -> tuple[int, int, int, int]:
    """Left, top, right and bottom of what is black."""
    return ImageChops.invert(picture.convert("L")).getbbox() or (0, 0, 0, 0)


def test_every_model_that_prints_pictures_has_a_width() -> None:
    assert len(models()) == 30
    assert {paper(80, model).dots for model in models() if "TM-T88" in model} == {512}
    assert sorted(WIDTHS) == [384, 432, 504, 512, 544, 576, 640]


@pytest.mark.parametrize("on", WIDTHS.values(), ids=lambda on: str(on.dots))
@pytest.mark.parametrize("document", [LONG_ENGLISH, LONG_HINDI, TEST], ids=["long-en", "long-hi", "test"])
def test_a_slip_comes_out_whole_on_every_width(on: Paper, document: dict[str, Any]) -> None:
    slip = Slip.from_json(document)
    drawn = slip_picture(slip, on)

    # The renderer refuses whatever is wider than the paper.
    out = render(slip_document(slip, on), on.dots).picture

    assert out.width == drawn.width == on.dots
    assert out.crop((0, 0, drawn.width, drawn.height)).tobytes() == drawn.tobytes()
    (code,) = zxingcpp.read_barcodes(ImageOps.expand(out.convert("L"), 20, 255))
    assert code.text == slip.url
    left, _, right, _ = ink(out)
    edges = (0, on.dots) if slip.ruler else (1, on.dots - 1)
    assert (left, right) == edges if slip.ruler else edges[0] <= left < right <= edges[1]


def test_the_ruler_shows_how_wide_a_printer_prints() -> None:
    wide = slip_picture(Slip.from_json(TEST), paper(80))

    # A printer of 512 dots prints this much of it: the bar at the left, none at the right.
    on_paper = wide.crop((0, 0, 512, 60))
    assert ink(on_paper.crop((0, 0, 4, 60))) != (0, 0, 0, 0)
    bar = slip_picture(Slip.from_json(TEST), paper(80, "TM-T88V")).crop((508, 0, 512, 76))
    assert ink(bar)[3] - ink(bar)[1] == 56
    assert ink(on_paper.crop((508, 0, 512, 60)))[3] - ink(on_paper.crop((508, 0, 512, 60)))[1] < 40


@pytest.mark.parametrize(
    ("width", "model", "dots", "found"),
    [(80, None, None, 576), (80, "TM-T88V", None, 512), (80, None, 512, 512), (58, "TM-T88V", 400, 400)],
)
def test_the_dots_that_are_given_count_before_those_of_the_model(
    width: int, model: str | None, dots: int | None, found: int
) -> None:
    assert paper(width, model, dots).dots == found


@pytest.mark.parametrize("dots", [FEWEST_DOTS - 8, MOST_DOTS + 8, 513, -8])
def test_dots_that_no_printer_has_are_refused(dots: int) -> None:
    with pytest.raises(ValueError, match=f"{dots} dots are no printer's width"):
        paper(80, None, dots)


@pytest.mark.parametrize(("model", "said"), [("TM-U220", "prints no pictures"), ("TM-T99", "is not known")])
def test_a_model_that_cannot_print_slips_is_refused_with_those_that_can(model: str, said: str) -> None:
    with pytest.raises(ValueError, match=f"{said}.*TM-T88V"):
        paper(80, model)
