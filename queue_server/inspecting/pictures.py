"""Photographs and scans: drawn anew, so that nothing but the picture is left of what came."""

from __future__ import annotations

import hashlib
import io
import warnings

import pi_heif
from PIL import Image, ImageFile, ImageOps, UnidentifiedImageError

from queue_server.domain.records.documents import LARGEST_FILE
from queue_server.domain.records.refused_files import Refusal
from queue_server.inspecting.refused import Refused
from queue_server.inspecting.space import SPACE, widen

#: The most pixels that are looked at: phones have up to 108 million (48 in HEIC), scans some 35.
MOST_PIXELS = {"JPEG": 120_000_000, "HEIF": 64_000_000, "PNG": 36_000_000}

#: The longer side of what is kept; an A4 page has 350 dots an inch then.
LONGEST_SIDE = 4096

#: A JPEG of more pixels is opened at a half, a quarter or an eighth of its sides: four bytes a pixel have to fit.
_MOST_AT_ONCE = 31_000_000
#: Rows of the kept picture that are made smaller at a time, so that no second copy of the large one is needed.
_BAND = 256

_FORMATS = {"JPEG": ["JPEG", "MPO"], "HEIF": ["HEIF"], "PNG": ["PNG"]}
_QUALITY = 85

#: How a JPEG ends, and bytes that would be read as dots if some were missing.
_END = b"\xff\xd9"
_NOISE = bytes(range(1, 250))

_BROKEN = (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError, IndexError, KeyError, TypeError)

pi_heif.register_heif_opener(thumbnails=False, depth_images=False, aux_images=False, decode_threads=1)


def redrawn(content: bytes, kind: str) -> tuple[str, bytes]:
    """(media type, the picture drawn anew: upright, without metadata, at most 4096 dots long).

    `kind`: JPEG, HEIF or PNG. Raises `Refused`.
    """
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    Image.MAX_IMAGE_PIXELS = None  # our own limit is checked before anything is drawn
    warnings.simplefilter("ignore")
    try:
        try:
            loaded = _loaded(content, kind)
        except OSError:
            if kind != "JPEG":
                raise
            loaded = None
        # Not while the exception is handled: it holds the picture that was begun, and two of them do not fit.
        plain, orientation = loaded or _loaded(_ended(content), kind)
        return _redrawn(_upright(plain, orientation), kind)
    except MemoryError:
        raise Refused(Refusal.TOO_MANY_PIXELS) from None
    except RuntimeError as error:  # libheif has no other
        raise Refused(Refusal.TOO_COMPLEX if "emory" in str(error) else Refusal.BROKEN) from None
    except _BROKEN:
        raise Refused(Refusal.BROKEN) from None


def _loaded(content: bytes, kind: str) -> tuple[Image.Image, object]:
    """The picture as long as it may be, and how the camera was held; the large one is forgotten."""
    with Image.open(io.BytesIO(content), formats=_FORMATS[kind]) as image:
        pixels = image.width * image.height
        if pixels > MOST_PIXELS[kind]:
            raise Refused(Refusal.TOO_MANY_PIXELS)
        widen(_needed(image, kind))
        if kind == "JPEG":
            share = next(share for share in (1, 2, 4, 8) if pixels <= _MOST_AT_ONCE * share**2)
            image.draft(None, (max(1, image.width // share), max(1, image.height // share)))
        image.load()
        orientation = image.getexif().get(0x0112, 1)
        plain = _smaller(_plain(image, kind)) if kind == "PNG" else _plain(_smaller(image), kind)
        plain.info.clear()
        return plain, orientation


def _ended(content: bytes) -> bytes:
    """A JPEG that lacks nothing but its end mark, with it. Raises `Refused` when more of it is missing.

    Where dots are missing, libjpeg makes them up from whatever comes next: what is drawn then depends on it.
    """
    made = [hashlib.sha256(_loaded(content + rest, "JPEG")[0].tobytes()).digest() for rest in (_END, _NOISE + _END)]
    if made[0] != made[1]:
        raise Refused(Refusal.BROKEN)
    return content + _END


def _needed(image: Image.Image, kind: str) -> int:
    """The address space that the decoder needs, in bytes.

    libjpeg holds every coefficient of a progressive picture (two bytes each, for each channel as it is sampled), at
    whatever size it is opened; libheif holds the whole picture as it was coded and as it is drawn.
    """
    pixels = image.width * image.height
    if kind == "HEIF":
        return SPACE + 8 * pixels
    if not image.info.get("progressive"):
        return SPACE
    layers = [(across, down) for _, across, down, _ in getattr(image, "layer", [])]
    largest = max(across for across, _ in layers) * max(down for _, down in layers)
    return SPACE + 2 * pixels * int(sum(across * down for across, down in layers)) // int(largest)


def _redrawn(upright: Image.Image, kind: str) -> tuple[str, bytes]:
    upright.info.clear()
    if kind == "PNG" and len(encoded := _encoded(upright, "PNG")) <= LARGEST_FILE:
        return "image/png", encoded
    return "image/jpeg", _encoded(_on_white(upright), "JPEG")


def _smaller(image: Image.Image) -> Image.Image:
    """The picture as long as it may be. It is made in bands, because a whole one in between would not fit."""
    width, height = _fitting(image.size)
    if (width, height) == image.size:
        return image
    if image.mode in {"1", "P"}:
        return image.resize((width, height))
    made = Image.new(image.mode, (width, height))
    share = image.height / height
    for top in range(0, height, _BAND):
        bottom = min(height, top + _BAND)
        box = (0, top * share, image.width, min(image.height, bottom * share))
        made.paste(image.resize((width, bottom - top), box=box), (0, top))
    return made


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
