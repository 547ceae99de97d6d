import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from websockets import frames as websocket_frames
from websockets.streams import StreamReader

from queue_server.live.frames import Frame, encode_beat, encode_data, encode_error, view_frame

INDIA = timezone(timedelta(hours=5, minutes=30))


def read_frame(wire: bytes) -> websocket_frames.Frame:
    reader = StreamReader()
    reader.feed_data(wire)
    parsing = websocket_frames.Frame.parse(reader.read_exact, mask=False)
    with pytest.raises(StopIteration) as finished:
        next(parsing)
    frame: websocket_frames.Frame = finished.value.value
    return frame


def test_a_view_is_compact_utf8_with_its_time_in_whole_utc_seconds() -> None:
    at = datetime(2026, 11, 22, 10, 1, 7, 999_999, tzinfo=INDIA)

    data = encode_data({"name": "सामान्य", "calls": []})

    frame = view_frame("board:main", 418, at, data.encode())

    expected = '{"type":"view","topic":"board:main","rev":418,"at":"2026-11-22T04:31:07Z",'
    assert frame.payload == f'{expected}"data":{{"name":"सामान्य","calls":[]}}}}'


def test_a_beat_and_an_error_look_as_the_protocol_says() -> None:
    assert json.loads(encode_beat(datetime(2026, 11, 22, 4, 31, 7, tzinfo=UTC))) == {
        "type": "beat",
        "at": "2026-11-22T04:31:07Z",
    }
    assert json.loads(encode_error("not_allowed", "No.")) == {"type": "error", "code": "not_allowed", "message": "No."}


@pytest.mark.parametrize("size", [0, 125, 126, 65_535, 65_536, 200_000])
def test_a_frame_of_any_size_is_read_back_by_a_websocket_parser(size: int) -> None:
    frame = Frame.of(b"x" * size)

    read = read_frame(frame.wire)

    assert (read.opcode, read.fin, bytes(read.data)) == (websocket_frames.Opcode.TEXT, True, b"x" * size)
    assert frame.payload == "x" * size


@pytest.mark.parametrize("value", [float("nan"), datetime(2026, 11, 22, tzinfo=UTC), {1, 2}])
def test_what_json_has_no_word_for_is_refused(value: Any) -> None:
    with pytest.raises((TypeError, ValueError)):
        encode_data({"value": value})
