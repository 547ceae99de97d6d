"""Slips as they come out: bytes, picture and text, side by side in tests/golden/slips."""

from collections.abc import Callable
from typing import Any

import pytest
import zxingcpp
from PIL import Image, ImageOps

from kiosk.printing import Paper, Slip, paper
from kiosk.printing.document import slip_document, slip_picture, stub
from kiosk.printing.layout import Line, lay_out
from kiosk.printing.rendering import render
from tests.kiosk.slips import ENGLISH, ENGLISH_COPY, HINDI, HINDI_COPY, LONG_ENGLISH, LONG_HINDI

CASES: dict[str, tuple[dict[str, Any], Paper]] = {
    "en-80": (ENGLISH, paper(80)),
    "en-58": (ENGLISH, paper(58)),
    "en-tm-t88": (ENGLISH, paper(80, "TM-T88V")),
    "en-58-copy": (ENGLISH_COPY, paper(58)),
    "en-80-long": (LONG_ENGLISH, paper(80)),
    "hi-80": (HINDI, paper(80)),
    "hi-58": (HINDI, paper(58)),
    "hi-80-copy": (HINDI_COPY, paper(80)),
    "hi-58-long": (LONG_HINDI, paper(58)),
}

cases = pytest.mark.parametrize(("document", "on"), CASES.values(), ids=CASES)


def the_code_on(picture: Image.Image) -> str:
    """The text of the one QR code in the picture, as a phone reads it."""
    (code,) = zxingcpp.read_barcodes(ImageOps.expand(picture.convert("L"), 20, 255))
    return str(code.text)


@pytest.mark.parametrize("name", CASES)
def test_a_slip_comes_out_as_it_was_looked_at(name: str, matches_golden: Callable[..., None]) -> None:
    document, on = CASES[name]
    slip = Slip.from_json(document)

    printed = slip_document(slip, on)

    matches_golden(name, printed, render(printed, on.dots).picture, f"{lay_out(slip, on).text}stub: {stub(slip, on)}\n")


@cases
def test_the_same_slip_gives_the_same_bytes(document: dict[str, Any], on: Paper) -> None:
    assert slip_document(Slip.from_json(document), on) == slip_document(Slip.from_json(document), on)


@cases
def test_paper_shows_the_picture_then_the_stub_and_is_cut_once_at_the_end(document: dict[str, Any], on: Paper) -> None:
    slip = Slip.from_json(document)
    drawn = slip_picture(slip, on)

    out = render(slip_document(slip, on), on.dots)

    assert out.picture.crop((0, 0, drawn.width, drawn.height)).tobytes() == drawn.tobytes()
    assert out.text == f"{stub(slip, on)}\n"
    assert out.cuts == (out.picture.height,)


@cases
def test_the_code_on_paper_opens_the_patients_page(document: dict[str, Any], on: Paper) -> None:
    out = render(slip_document(Slip.from_json(document), on), on.dots)

    assert the_code_on(out.picture) == document["url"]


@cases
def test_a_slip_torn_below_the_code_still_works(document: dict[str, Any], on: Paper) -> None:
    slip = Slip.from_json(document)
    layout = lay_out(slip, on)

    kinds = [getattr(item, "role", type(item).__name__) for item in layout.items]

    end_of_code = kinds.index("Code")
    assert set(kinds[:end_of_code]) <= {"number", "copy", "Block"}
    assert kinds[0] == "number"


@cases
def test_the_number_is_by_far_the_largest_text(document: dict[str, Any], on: Paper) -> None:
    layout = lay_out(Slip.from_json(document), on)
    heights = {item.role: item.typeface.size for item in layout.items if isinstance(item, Line)}

    number = heights.pop("number")

    assert number > 1.4 * max(heights.values())


@cases
def test_no_strip_is_higher_than_a_cheap_printer_takes(document: dict[str, Any], on: Paper) -> None:
    data = slip_document(Slip.from_json(document), on)
    at, rows = data.find(b"\x1dv0"), []

    while data[at : at + 3] == b"\x1dv0":
        width, height = (int.from_bytes(data[at + 4 + i : at + 6 + i], "little") for i in (0, 2))
        rows.append(height)
        at += 8 + width * height

    assert rows
    assert max(rows) <= 255
    assert data[at:].startswith(b"\x1ba\x01")
