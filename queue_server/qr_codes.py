"""QR codes for pages and terminals."""

from __future__ import annotations

import io

import qrcode
from qrcode.image.svg import SvgPathImage


def svg(text: str) -> bytes:
    """The text as a picture in a file of its own (SVG)."""
    drawn = io.BytesIO()
    qrcode.make(text, image_factory=SvgPathImage, border=2).save(drawn)
    return drawn.getvalue()


def for_terminal(text: str, *, is_inverted: bool) -> str:
    """The text in block characters; `is_inverted` for light characters on a dark ground."""
    code = qrcode.QRCode(border=1)
    code.add_data(text)
    drawn = io.StringIO()
    code.print_ascii(out=drawn, invert=is_inverted)
    return drawn.getvalue()
