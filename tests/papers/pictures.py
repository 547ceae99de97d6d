"""Papers as a reader sees them."""

from __future__ import annotations

import pypdfium2
import zxingcpp
from PIL import Image, ImageChops


def pages(pdf: bytes, scale: float = 2) -> list[Image.Image]:
    """Every page as a grey picture, `scale` pixels a point."""
    document = pypdfium2.PdfDocument(pdf)
    return [document[index].render(scale=scale, grayscale=True).to_pil() for index in range(len(document))]


def texts(pdf: bytes) -> list[str]:
    """What can be read out of each page; only what needs no shaping."""
    document = pypdfium2.PdfDocument(pdf)
    return [document[index].get_textpage().get_text_bounded() for index in range(len(document))]


def codes(pdf: bytes) -> list[list[str]]:
    """What a phone reads from the QR codes of each page."""
    return [[code.text for code in zxingcpp.read_barcodes(page)] for page in pages(pdf, scale=3)]


def ink(picture: Image.Image) -> tuple[int, int, int, int]:
    """Left, top, right and bottom of what is not white."""
    box = ImageChops.invert(picture.convert("L")).point(lambda grey: 255 if grey > 40 else 0).getbbox()
    assert box is not None, "The picture is empty."
    return box
