"""The printer on the desk of the tests: bytes to a picture."""

import pytest

from kiosk.printing.rendering import BadDocument, render


def test_a_raster_lands_where_it_was_sent() -> None:
    out = render(b"\x1b@\x1bJ\x05\x1dv0\0\x01\0\x02\0\xff\x81", 16)

    assert out.picture.size == (16, 7)
    assert [out.picture.getpixel((x, 5)) for x in (0, 7, 8)] == [0, 0, 255]
    assert [out.picture.getpixel((x, 6)) for x in (0, 1, 7)] == [0, 255, 0]


@pytest.mark.parametrize(("align", "x"), [(0, 0), (1, 4), (2, 8)])
def test_a_raster_follows_the_alignment(align: int, x: int) -> None:
    out = render(b"\x1ba" + bytes([align]) + b"\x1dv0\0\x01\0\x01\0\xff", 16)

    assert [out.picture.getpixel((at, 0)) == 0 for at in (x, x + 7)] == [True, True]
    assert sum(out.picture.getpixel((at, 0)) == 0 for at in range(16)) == 8


def test_letters_grow_with_their_size() -> None:
    small = render(b"G-012\n", 384).picture
    large = render(b"\x1d!\x33G-012\n", 384).picture
    double = render(b"\x1b!\x30G-012\n", 384).picture

    boxes = [picture.point(lambda dot: 255 - dot).getbbox() or (0, 0, 0, 0) for picture in (small, double, large)]
    heights = [bottom - top for _, top, _, bottom in boxes]
    assert heights[0] > 0
    assert heights == [heights[0] * scale for scale in (1, 2, 4)]


def test_a_reset_takes_everything_back() -> None:
    assert render(b"\x1ba\x01\x1bE\x01\x1d!\x11\x1b@G\n", 96).picture.tobytes() == render(b"G\n", 96).picture.tobytes()


def test_cuts_and_feeds_are_noted() -> None:
    out = render(b"A\n\x1bd\x02\x1dV\x01B\n\x1dVB\x0a", 96)

    assert out.cuts == (90, 130)
    assert out.text == "A\nB\n"


def test_questions_about_the_state_print_nothing() -> None:
    assert render(b"\x10\x04\x01\x1bt\x00\x1d(H\x06\x00000001", 96).picture.size == (96, 1)


@pytest.mark.parametrize(
    ("data", "offset"),
    [
        (b"A\n\x1bp\x00", 2),
        (b"\x1dv0\0\x01\0\x09\0\xff", 0),
        (b"\x1b", 0),
        (b"ab\xe0", 2),
        (b"\x1dv0\0\x0a\0\x01\0" + bytes(10), 0),
        (b"\x1dv0\x03\x01\0\x01\0\xff", 0),
        (b"\x1d(L\x02\x00\x30\x32", 0),
    ],
)
def test_what_is_unknown_cut_short_or_too_wide_is_told_with_its_place(data: bytes, offset: int) -> None:
    with pytest.raises(BadDocument) as raised:
        render(data, 64)

    assert raised.value.offset == offset
