"""QR codes for pages and terminals."""

from __future__ import annotations

import io
from typing import Any


def svg(text: str) -> bytes:
    """The text as a picture in a file of its own (SVG)."""
    drawn = io.BytesIO()
    _drawn(text).save(drawn)
    return drawn.getvalue()


def svg_element(text: str) -> str:
    """The text as a picture that stands in a page."""
    return str(_drawn(text).to_string(encoding="unicode"))


def for_terminal(text: str, *, is_inverted: bool) -> str:
    """The text in block characters; `is_inverted` for light characters on a dark ground."""
    import qrcode

    code = qrcode.QRCode(border=1)
    code.add_data(text)
    drawn = io.StringIO()
    code.print_ascii(out=drawn, invert=is_inverted)
    return drawn.getvalue()


def _drawn(text: str) -> Any:
    import qrcode
    from qrcode.image.svg import SvgPathImage

    return qrcode.make(text, image_factory=SvgPathImage, border=2)
