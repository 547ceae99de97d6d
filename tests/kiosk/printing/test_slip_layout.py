"""Everything is on the paper, whole and readable."""

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.printing import Paper, Slip, paper
from kiosk.printing.document import slip_picture
from kiosk.printing.layout import Block, Code, Item, Layout, Line, Picture, lay_out
from kiosk.printing.typefaces import typeface_for
from kiosk.printing.wrapping import balanced_lines, lines
from tests.kiosk.slips import ENGLISH, HINDI, HINDI_COPY, LONG_ENGLISH, LONG_HINDI, a_hindi_slip, a_slip

PAPERS = [paper(58), paper(80), paper(80, "TM-T88V")]
DEVANAGARI = st.characters(min_codepoint=0x0900, max_codepoint=0x097F, categories=("L", "M", "N"))
LETTERS = st.one_of(DEVANAGARI, st.characters(min_codepoint=0x20, max_codepoint=0x7E), st.sampled_from("₹–·"))


def texts(longest: int) -> st.SearchStrategy[str]:
    """Any text a clinic may enter, senseless ones included."""
    return st.text(LETTERS, min_size=1, max_size=longest).filter(str.strip)


def ink(item: Item) -> tuple[int, int, int, int]:
    """Left, top, right and bottom of what the item blackens or whitens."""
    match item:
        case Line():
            left, top, right, bottom = item.typeface.font.getbbox(item.text, anchor="ls")
            return int(item.x + left), int(item.baseline + top), int(item.x + right), int(item.baseline + bottom)
        case Block():
            return item.x, item.y, item.x + item.width, item.y + item.height
        case Code():
            side = item.module * len(item.matrix)
            return item.x, item.y, item.x + side, item.y + side
        case Picture():
            return item.x, item.y, item.x + item.dots.width, item.y + item.dots.height


def stays_on_paper(layout: Layout) -> bool:
    boxes = [ink(item) for item in layout.items]
    return all(min(x, y) >= 0 and right <= layout.width and bottom <= layout.height for x, y, right, bottom in boxes)


@pytest.mark.parametrize("on", PAPERS, ids=lambda on: str(on.dots))
@pytest.mark.parametrize("document", [ENGLISH, HINDI, HINDI_COPY, LONG_ENGLISH, LONG_HINDI])
def test_no_two_things_touch(document: dict[str, Any], on: Paper) -> None:
    layout = lay_out(Slip.from_json(document), on)

    boxes = [ink(item) for item in layout.items if not (isinstance(item, Line) and item.is_white)]

    assert all(below[1] >= above[3] for above, below in pairwise(boxes))
    assert stays_on_paper(layout)


@pytest.mark.parametrize("on", PAPERS, ids=lambda on: str(on.dots))
def test_the_copy_is_said_in_white_on_a_black_band_across_the_paper(on: Paper) -> None:
    layout = lay_out(a_slip(copy=2, copy_text="COPY 2"), on)

    (said,) = [item for item in layout.items if isinstance(item, Line) and item.role == "copy"]
    band = next(item for item in layout.items if isinstance(item, Block))

    assert (said.text, said.is_white) == ("COPY 2", True)
    assert (band.x, band.width) == (0, on.dots)
    assert band.y <= ink(said)[1]
    assert ink(said)[3] <= band.y + band.height


def test_the_department_is_said_in_both_languages_but_not_twice_in_one() -> None:
    assert lay_out(a_slip(), paper(80)).text.count("General") == 1
    assert "department_en: General" in lay_out(a_hindi_slip(), paper(80)).text


def test_what_is_not_known_leaves_no_line() -> None:
    text = lay_out(a_slip(wait_text=None), paper(80)).text

    assert not {"wait:", "priority:", "copy:"} & set(text.split())


@given(texts(80), texts(60), texts(80), texts(240), st.from_regex(r"[A-Za-z0-9][A-Za-z0-9-]{0,11}", fullmatch=True))
@settings(max_examples=40, deadline=None)
def test_any_text_stays_on_the_paper(clinic: str, department: str, ahead: str, sentence: str, number: str) -> None:
    slip = a_slip(number=number, clinic=clinic, department=department, ahead_text=ahead, sentence=sentence)

    for on in PAPERS:
        layout = lay_out(slip, on)
        drawn = [item for item in layout.items if isinstance(item, Line)]
        assert all(item.x >= 0 and item.x + item.typeface.width(item.text) <= on.dots for item in drawn)
        assert drawn[0].text == number


@given(texts(240), st.sampled_from([120, 368, 528]))
@settings(max_examples=60, deadline=None)
def test_wrapping_loses_no_character_and_fits(text: str, width: int) -> None:
    typeface = typeface_for(text, 27)

    for rows in (lines(text, typeface, width), balanced_lines(text, typeface, width)):
        assert "".join("".join(rows).split()) == "".join(text.split())
        assert all(typeface.width(row) <= width for row in rows)


def test_wrapping_leaves_no_single_word_on_the_last_line() -> None:
    text = "Please sit here now. Your number will be called to a room soon."
    typeface = typeface_for(text, 32)

    rows = balanced_lines(text, typeface, 528)

    widths = [typeface.width(row) for row in rows]
    assert len(rows) == 2
    assert min(widths) > 0.7 * max(widths)


def test_a_word_too_long_for_a_line_breaks_between_what_a_reader_sees_as_characters() -> None:
    typeface = typeface_for("क", 27)

    rows = lines("स्त्री" * 20, typeface, 200)

    assert len(rows) > 1
    assert all(row == "स्त्री" * (len(row) // len("स्त्री")) for row in rows)


def test_a_long_department_is_set_smaller_rather_than_broken_within_a_word() -> None:
    layout = lay_out(a_slip(department="Otorhinolaryngology and Head and Neck Surgery"), paper(80))

    rows = [item for item in layout.items if isinstance(item, Line) and item.role == "department"]

    assert [row.text for row in rows] == ["Otorhinolaryngology and", "Head and Neck Surgery"]
    assert rows[0].typeface.size < 50


def test_letters_joined_without_end_are_broken_all_the_same() -> None:
    typeface = typeface_for("क", 27)

    rows = lines("क्" * 60, typeface, 200)

    assert len(rows) > 1
    assert all(typeface.width(row) <= 200 for row in rows)


def test_nothing_is_cut_off_where_strips_meet() -> None:
    slip = Slip.from_json(LONG_HINDI)

    picture = slip_picture(slip, paper(58))

    edges = [picture.crop((0, 0, 1, picture.height)), picture.crop((383, 0, 384, picture.height))]
    assert all(edge.getextrema() == (255, 255) for edge in edges)
