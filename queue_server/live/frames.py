"""The messages of the live protocol, as JSON text and as ready-made websocket frames."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Self

from websockets import frames as websocket_frames


@dataclass(frozen=True, slots=True)
class Frame:
    """One message from the server, encoded once for every socket that gets it.

    ``wire`` is a whole unmasked websocket text frame (RFC 6455 §5.2), ``payload`` the same text for servers that
    only take text. A beat carries no state: a peer that is behind may miss it, and it never takes a view's place.
    """

    wire: bytes
    payload: str
    is_beat: bool = False

    @classmethod
    def of(cls, payload: bytes, *, is_beat: bool = False) -> Self:
        """Return the frame that carries `payload`, which is UTF-8 text."""
        text = websocket_frames.Frame(websocket_frames.Opcode.TEXT, payload)
        return cls(wire=text.serialize(mask=False), payload=payload.decode(), is_beat=is_beat)


def encode_data(data: Mapping[str, object]) -> str:
    """Return the compact JSON text of a view's data; equal texts mean that nothing visible changed.

    Raises TypeError or ValueError when `data` holds something that JSON has no word for, NaN among it.
    """
    return _compact(data)


def encode_view(topic: str, rev: int, at: datetime, data: Mapping[str, object]) -> bytes:
    """Return the payload of a view: the whole state of `topic`, never a difference."""
    return encode_view_of(topic, rev, at, encode_data(data))


def encode_view_of(topic: str, rev: int, at: datetime, data: str) -> bytes:
    """Return the same payload as `encode_view` for data that is JSON text already."""
    head = _compact({"type": "view", "topic": topic, "rev": rev, "at": _to_seconds(at)})
    return f'{head[:-1]},"data":{data}}}'.encode()


def encode_beat(at: datetime) -> bytes:
    """Return the payload that says: the line is alive and what you show is still true."""
    return _compact({"type": "beat", "at": _to_seconds(at)}).encode()


def encode_error(code: str, message: str) -> bytes:
    """Return the payload that says why the line closes next."""
    return _compact({"type": "error", "code": code, "message": message}).encode()


def _compact(value: Mapping[str, object]) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def _to_seconds(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
