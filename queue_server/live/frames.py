"""The messages of the live protocol, as JSON text and as ready-made websocket frames."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Self

#: First byte of an unmasked text frame that is whole (RFC 6455 §5.2).
FIN_TEXT = 0x81

_quoted = json.encoder.encode_basestring
_to_json = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode


@dataclass(slots=True)
class Frame:
    """One message from the server, encoded once for every socket that gets it.

    `wire` is a whole unmasked websocket text frame (RFC 6455 §5.2). A beat carries no state: a peer that is behind
    may miss it, and it never takes a view's place.
    """

    wire: bytes
    is_beat: bool = False

    @classmethod
    def of(cls, payload: bytes, *, is_beat: bool = False) -> Self:
        """Return the frame that carries `payload`, which is UTF-8 text."""
        return cls(_head(len(payload)) + payload, is_beat)

    @property
    def payload(self) -> str:
        """The text that the frame carries, for servers that only take text."""
        size = self.wire[1]
        return self.wire[2 if size < 126 else 4 if size == 126 else 10 :].decode()


@lru_cache(maxsize=1_024)
def _head(size: int) -> bytes:
    if size < 126:
        return bytes((FIN_TEXT, size))
    if size < 65_536:
        return bytes((FIN_TEXT, 126, size >> 8, size & 255))
    return bytes((FIN_TEXT, 127)) + size.to_bytes(8)


def encode_data(data: Mapping[str, object]) -> str:
    """Return the compact JSON text of a view's data.

    Raises TypeError or ValueError when `data` holds something that JSON has no word for, NaN among it.
    """
    return _to_json(data)


def view_frame(topic: str, rev: int, at: datetime, data: bytes) -> Frame:
    """Return the frame of a view, the whole state of `topic` and never a difference; `data` is JSON in UTF-8."""
    begin = f'{{"type":"view","topic":{_quoted(topic)},"rev":{rev},"at":"{_to_seconds(at)}","data":'.encode()
    return Frame(b"".join((_head(len(begin) + len(data) + 1), begin, data, b"}")))


def encode_beat(at: datetime) -> bytes:
    """Return the payload that says: the line is alive and what you show is still true."""
    return _to_json({"type": "beat", "at": _to_seconds(at)}).encode()


def encode_fault(code: str) -> bytes:
    """Return the payload that says what keeps the database from taking changes; it is repeated while it does."""
    return _to_json({"type": "fault", "code": code}).encode()


def encode_error(code: str, message: str) -> bytes:
    """Return the payload that says why the line closes next."""
    return _to_json({"type": "error", "code": code, "message": message}).encode()


@lru_cache(maxsize=4)
def _to_seconds(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
