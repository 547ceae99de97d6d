"""A slip as the bytes that a thermal printer understands (ESC/POS, written by python-escpos).

Everything is sent as a picture, except one last line. A picture comes out the same on every printer: one typeface,
every script, the layout that was looked at, and a QR whose size we know. The printers' own letters differ in size
and code page, know no Indic script, and magnify their number to steps; their own QR command is missing on cheap
ones. The price is 20 to 40 KB a slip, which a network or USB takes at once and a serial line at 115,200 baud in two
or three seconds, so blank rows and the blank right of every strip are not sent.

The last line, the number and, where it is ASCII, the time, is in the printer's own letters. It puts the number at
both ends of the slip, so that either half of a torn one still tells it.
"""

from collections.abc import Iterator
from itertools import groupby
from typing import Any

from PIL import Image, ImageChops

from kiosk.printing.layout import lay_out
from kiosk.printing.library import capabilities
from kiosk.printing.medicine_layout import lay_out_medicines
from kiosk.printing.medicines import MedicineSlip
from kiosk.printing.paper import STRIP_ROWS, Paper
from kiosk.printing.raster import draw
from kiosk.printing.slip import Slip

#: Blank rows from which on a gap gets a strip of its own, one byte wide.
GAP_ROWS = 8
#: Width of a character in the printer's own font A.
COLUMN_DOTS = 12


def slip_picture(slip: Slip, on: Paper) -> Image.Image:
    """The slip as black and white dots, without the last line in the printer's own letters."""
    return draw(lay_out(slip, on))


def slip_document(slip: Slip, on: Paper) -> bytes:
    """The slip as ESC/POS: set up, picture, last line, cut. The same slip and paper give the same bytes."""
    return _document(slip_picture(slip, on), stub(slip, on), on)


def medicines_picture(medicines: MedicineSlip, on: Paper) -> Image.Image:
    """The medicines as black and white dots, without the last line in the printer's own letters."""
    return draw(lay_out_medicines(medicines, on))


def medicines_document(medicines: MedicineSlip, on: Paper) -> bytes:
    """The medicines as ESC/POS, like a slip."""
    return _document(medicines_picture(medicines, on), medicines.number, on)


def _document(picture: Image.Image, last_line: str, on: Paper) -> bytes:
    printer = _printer(on)
    printer.hw("INIT")
    for strip in strips(picture):
        printer.image(strip, fragment_height=STRIP_ROWS)
    printer.set(align="center")
    printer.textln(last_line)
    printer.set(align="left")
    printer.cut(mode="PART")
    return bytes(printer.output)


def strips(picture: Image.Image) -> Iterator[Image.Image]:
    """The picture from top to bottom in pieces of at most `STRIP_ROWS`, each cut on the right after its last ink."""
    for top, bottom in _runs(picture):
        for row in range(top, bottom, STRIP_ROWS):
            piece = picture.crop((0, row, picture.width, min(row + STRIP_ROWS, bottom)))
            ink = ImageChops.invert(piece).getbbox()
            right = -(-ink[2] // 8) * 8 if ink else 8
            yield piece.crop((0, 0, right, piece.height))


def stub(slip: Slip, on: Paper) -> str:
    """The last line: number and time, or the number alone where the time is not ASCII or too long."""
    text = f"{slip.number}  {slip.issued_at}"
    return text if text.isascii() and len(text) <= on.dots // COLUMN_DOTS else slip.number


def _runs(picture: Image.Image) -> Iterator[tuple[int, int]]:
    """First and past-the-last row of each stretch with ink and of each gap of at least `GAP_ROWS`."""
    white = Image.new("1", (picture.width, 1), 255).tobytes()
    data = picture.tobytes()
    is_gap: list[bool] = []
    for is_blank, group in groupby(
        data[start : start + len(white)] == white for start in range(0, len(data), len(white))
    ):
        count = len(list(group))
        is_gap += [is_blank and count >= GAP_ROWS] * count
    top = 0
    for _, group in groupby(is_gap):
        bottom = top + len(list(group))
        yield top, bottom
        top = bottom


def _printer(on: Paper) -> Any:
    """A python-escpos printer that keeps its bytes. The cut is always sent: printers without a knife ignore it."""
    loaded = capabilities()
    from escpos.printer import Dummy

    profile = loaded.Profile(columns=on.dots // COLUMN_DOTS, features={"paperPartCut": True})
    profile.profile_data = {**profile.profile_data, "media": {"width": {"mm": on.width_mm, "pixels": on.dots}}}
    return Dummy(profile=profile)
