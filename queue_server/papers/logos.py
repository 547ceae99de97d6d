"""The clinic's logo, re-encoded: what an administrator uploads is never served or printed as it came."""

from __future__ import annotations

import zlib
from io import BytesIO

from PIL import Image, ImageOps, UnidentifiedImageError

from queue_server.domain.clinic.letterhead import LARGEST_LOGO
from queue_server.domain.errors import BadInput, TooLarge

MOST_PIXELS = 12_000_000

#: 30 × 17 mm at 300 dots an inch.
_ON_LETTERS = (354, 200)
_ON_SLIPS = (320, 120)

#: A paper has 60 KB, and most of them belong to the fonts.
_LARGEST_ON_LETTERS = 11_000


def for_letters(content: bytes) -> bytes:
    """The logo in colour on white, small enough for every paper: a PNG of few colours, or a JPEG of a photograph.

    Raises `BadInput` for what is not a PNG or JPEG picture, or of more than 12 million dots, `TooLarge` above 2 MB.
    """
    picture = _opened(content)
    picture.thumbnail(_ON_LETTERS, Image.Resampling.LANCZOS)
    for colours in (64, 24, 8):
        few = _with_colours(picture, colours)
        # In a PDF the dots are deflated as they are.
        if len(zlib.compress(few.convert("RGB").tobytes())) <= _LARGEST_ON_LETTERS:
            return _written(few, "PNG")
    for quality in (85, 70, 50, 30, 10):
        written = _written(picture, "JPEG", quality=quality)
        if len(written) <= _LARGEST_ON_LETTERS:
            break
    return written


def for_slips(content: bytes) -> bytes:
    """The logo in black and white dots for a thermal printer, as a PNG. Raises as `for_letters`."""
    picture = ImageOps.autocontrast(_opened(content).convert("L"))
    picture.thumbnail(_ON_SLIPS, Image.Resampling.LANCZOS)
    return _written(picture.convert("1", dither=Image.Dither.FLOYDSTEINBERG), "PNG")


def _with_colours(picture: Image.Image, colours: int) -> Image.Image:
    """The picture with so many colours; clear ones stay clear, whatever surrounds them."""
    return picture.quantize(colours, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)


def _opened(content: bytes) -> Image.Image:
    """The picture upright, on white, without what it carried besides its dots."""
    if len(content) > LARGEST_LOGO:
        raise TooLarge(LARGEST_LOGO)
    try:
        with Image.open(BytesIO(content), formats=("PNG", "JPEG")) as read:
            if read.width * read.height > MOST_PIXELS:
                raise BadInput("logo", f"The picture has {read.width} × {read.height} dots; that is too large.")
            upright = ImageOps.exif_transpose(read).convert("RGBA")
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise BadInput("logo", "This is not a PNG or JPEG picture.") from error
    paper = Image.new("RGB", upright.size, "white")
    paper.paste(upright, mask=upright.getchannel("A"))
    return paper


def _written(picture: Image.Image, format_name: str, **options: int) -> bytes:
    written = BytesIO()
    picture.save(written, format_name, optimize=True, **options)
    return written.getvalue()
