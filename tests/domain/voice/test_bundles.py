"""All clips of a language in one file."""

import json
import struct

from queue_server.domain.voice.bundles import Bundle


def test_every_clip_is_where_the_index_says() -> None:
    clips = {"टोकन": b"token", "0": b"", "G": b"gee"}
    content = Bundle("hi", clips).content
    (size,) = struct.unpack_from("<I", content)
    index, rest = json.loads(content[4 : 4 + size]), content[4 + size :]

    assert {key: rest[start : start + length] for key, (start, length) in index.items()} == clips


def test_another_clip_makes_another_address() -> None:
    before, after = Bundle("hi", {"0": b"a"}), Bundle("hi", {"0": b"b"})

    assert before.address == f"/voice/hi/{before.digest}"
    assert before.address != after.address
