"""JPEG and PNG: drawn anew, so that nothing but the picture is left of what came."""

from __future__ import annotations

import io
import warnings

from PIL import Image, ImageFile, ImageOps, UnidentifiedImageError

from queue_server.domain.documents import LARGEST_FILE
from queue_server.domain.files import Refusal
from queue_server.inspecting.refused import Refused

#: The most pixels that are looked at: phones have up to 108 million (JPEG can be opened smaller), scans some 35.
MOST_PIXELS = {"JPEG": 120_000_000, "PNG": 36_000_000}

#: The longer side of what is kept; an A4 page has 350 dots an inch then.
LONGEST_SIDE = 4096

_QUALITY = 85
_BROKEN = (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError, IndexError, KeyError, TypeError)


def redrawn(content: bytes, kind: str) -> tuple[str, bytes]:
    """(media type, the picture drawn anew: upright, without metadata, at most 4096 dots long). `kind`: JPEG or PNG.

    Raises `Refused`.
    """
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    Image.MAX_IMAGE_PIXELS = None  # our own limit is checked before anything is drawn
    warnings.simplefilter("ignore")
    try:
        with Image.open(io.BytesIO(content), formats=["JPEG", "MPO"] if kind == "JPEG" else ["PNG"]) as image:
            width, height = image.size
            if width * height > MOST_PIXELS[kind]:
                raise Refused(Refusal.TOO_MANY_PIXELS)
            return _drawn(image, kind)
    except MemoryError:
        raise Refused(Refusal.TOO_MANY_PIXELS) from None
    except _BROKEN:
        raise Refused(Refusal.BROKEN) from None


def _drawn(image: Image.Image, kind: str) -> tuple[str, bytes]:
    if kind == "JPEG":
        # A large photograph is opened at a half or a quarter, so that it never takes the memory of the whole.
        image.draft(None, _fitting(image.size))
    image.load()
    orientation = image.getexif().get(0x0112, 1)
    plain = _plain(image, kind)
    if max(plain.size) > LONGEST_SIDE:
        plain = plain.resize(_fitting(plain.size))
    plain.info.clear()
    upright = _upright(plain, orientation)
    upright.info.clear()
    if kind == "PNG" and len(encoded := _encoded(upright, "PNG")) <= LARGEST_FILE:
        return "image/png", encoded
    return "image/jpeg", _encoded(_on_white(upright), "JPEG")


def _plain(image: Image.Image, kind: str) -> Image.Image:
    """Grey or colour with eight bits, with transparency where a PNG has it."""
    if image.mode.startswith("I"):
        return image.point(lambda value: value / 256).convert("L") if image.mode != "I" else image.convert("L")
    if kind == "JPEG":
        return image if image.mode in {"L", "RGB"} else image.convert("RGB")
    if "transparency" in image.info:
        return image.convert("RGBA")
    return image if image.mode in {"1", "L", "LA", "P", "RGB", "RGBA"} else image.convert("RGB")


def _fitting(size: tuple[int, int]) -> tuple[int, int]:
    """The same shape with the longer side as long as it may be."""
    share = min(1.0, LONGEST_SIDE / max(size))
    return max(1, round(size[0] * share)), max(1, round(size[1] * share))


def _upright(image: Image.Image, orientation: object) -> Image.Image:
    """Turned and mirrored as the camera noted it (EXIF 2.3, tag 274)."""
    image.getexif()[0x0112] = orientation if isinstance(orientation, int) else 1
    return ImageOps.exif_transpose(image)


def _on_white(image: Image.Image) -> Image.Image:
    if image.mode in {"L", "RGB"}:
        return image
    ground = Image.new("RGB", image.size, "white")
    drawn = image.convert("RGBA")
    ground.paste(drawn, mask=drawn.getchannel("A"))
    return ground


def _encoded(image: Image.Image, kind: str) -> bytes:
    made = io.BytesIO()
    if kind == "PNG":
        image.save(made, "PNG", exif=b"")
    else:
        image.save(made, "JPEG", quality=_QUALITY, exif=b"")
    return made.getvalue()
