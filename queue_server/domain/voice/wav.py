"""The simplest sound file: 16-bit PCM, one channel. Read with every length doubted."""

from __future__ import annotations

import struct
from array import array
from collections.abc import Sequence
from dataclasses import dataclass

_HEAD = struct.Struct("<4sI4s")
_CHUNK = struct.Struct("<4sI")
_FORMAT = struct.Struct("<HHIIHH")
PCM = 1


@dataclass(frozen=True, slots=True)
class Sound:
    """Mono samples from -1 to 1, `rate` a second."""

    samples: Sequence[float]
    rate: int

    @property
    def seconds(self) -> float:
        """How long it lasts."""
        return len(self.samples) / self.rate


def read_wav(content: bytes) -> Sound | None:
    """The sound of a WAV file of 16-bit PCM with one channel; none for anything else.

    Only the two chunks that matter are looked at, and no length in the file is believed beyond its end.
    """
    if len(content) < _HEAD.size or _HEAD.unpack_from(content)[::2] != (b"RIFF", b"WAVE"):
        return None
    chunks = _chunks(content)
    told, data = chunks.get(b"fmt "), chunks.get(b"data")
    if told is None or data is None or len(told) < _FORMAT.size:
        return None
    kind, channels, rate, _, _, bits = _FORMAT.unpack_from(told)
    if (kind, channels, bits) != (PCM, 1, 16) or rate == 0:
        return None
    samples = array("h", data[: len(data) // 2 * 2])
    return Sound([sample / 32768 for sample in samples], rate)


def write_wav(sound: Sound) -> bytes:
    """The file."""
    data = array("h", (max(-32768, min(32767, round(sample * 32767))) for sample in sound.samples)).tobytes()
    told = _FORMAT.pack(PCM, 1, sound.rate, sound.rate * 2, 2, 16)
    chunks = _CHUNK.pack(b"fmt ", len(told)) + told + _CHUNK.pack(b"data", len(data)) + data
    return _HEAD.pack(b"RIFF", 4 + len(chunks), b"WAVE") + chunks


def _chunks(content: bytes) -> dict[bytes, bytes]:
    found: dict[bytes, bytes] = {}
    place = _HEAD.size
    while place + _CHUNK.size <= len(content):
        name, size = _CHUNK.unpack_from(content, place)
        place += _CHUNK.size
        found.setdefault(name, content[place : place + size])
        place += size + size % 2
    return found
