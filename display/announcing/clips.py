"""The shipped clips: one small Opus file a word, made by `scripts/voice`, that says itself which word it is."""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Mapping
from functools import cache
from pathlib import Path

_FOLDER = Path(__file__).parent / "clips"
_TAGS = b"OpusTags"
_LENGTH = struct.Struct("<I")


def clip_name(recipe: str, key: str, text: str) -> str:
    """The file name of a word: another one for another recipe, word or wording."""
    return hashlib.sha256("\0".join((recipe, key, text)).encode()).hexdigest()[:16] + ".opus"


def clip_folder(language: str) -> Path:
    """Where a language's clips lie."""
    return _FOLDER / language


@cache
def clips(language: str) -> Mapping[str, bytes]:
    """Every shipped clip of the language by its key."""
    contents = [path.read_bytes() for path in sorted(clip_folder(language).glob("*.opus"))]
    return {title(content): content for content in contents}


def title(content: bytes) -> str:
    """The title in an Opus file's comments (RFC 7845, 5.2); empty when it has none."""
    place = content.find(_TAGS)
    if place < 0:
        return ""
    _, place = _text(content, place + len(_TAGS))
    (count,) = _LENGTH.unpack_from(content, place)
    place += _LENGTH.size
    for _ in range(count):
        comment, place = _text(content, place)
        name, _, value = comment.partition("=")
        if name.upper() == "TITLE":  # names are told apart without regard to case, and opusenc writes small letters
            return value
    return ""


def _text(content: bytes, place: int) -> tuple[str, int]:
    (size,) = _LENGTH.unpack_from(content, place)
    start = place + _LENGTH.size
    return content[start : start + size].decode(), start + size
