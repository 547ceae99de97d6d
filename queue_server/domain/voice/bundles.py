"""All clips of a language in one file, so that a screen loads them with one question.

Four bytes with the length of an index (little-endian), the index as JSON (`{key: [start, length]}`), the clips one
after the other. `static/js/shared/voice-bundle.js` reads it.
"""

from __future__ import annotations

import hashlib
import json
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

_LENGTH = struct.Struct("<I")


@dataclass(frozen=True)
class Bundle:
    """The clips of a language by their key, each the bytes of a sound file."""

    language: str
    clips: Mapping[str, bytes]

    def clip(self, key: str) -> bytes | None:
        """The clip of a word, whatever its capitals: people write "General Medicine" for "General medicine"."""
        return self.clips.get(key) or self._likely.get(key.casefold())

    @cached_property
    def _likely(self) -> Mapping[str, bytes]:
        return {key.casefold(): clip for key, clip in self.clips.items()}

    @cached_property
    def content(self) -> bytes:
        """The file."""
        index: dict[str, tuple[int, int]] = {}
        start = 0
        for key, clip in self.clips.items():
            index[key] = (start, len(clip))
            start += len(clip)
        head = json.dumps(index, ensure_ascii=False, separators=(",", ":")).encode()
        return b"".join((_LENGTH.pack(len(head)), head, *self.clips.values()))

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the file in hex."""
        return hashlib.sha256(self.content).hexdigest()

    @property
    def address(self) -> str:
        """Where the server has it; another one for other clips."""
        return f"/voice/{self.language}/{self.digest}"
