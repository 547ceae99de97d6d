"""The simplest sound file, and what only looks like one."""

import io
import struct
import wave

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queue_server.domain.voice.wav import Sound, read_wav, write_wav


def file(channels: int = 1, width: int = 2, rate: int = 24_000, frames: int = 100) -> bytes:
    made = io.BytesIO()
    with wave.open(made, "wb") as writer:
        writer.setnchannels(channels)
        writer.setsampwidth(width)
        writer.setframerate(rate)
        writer.writeframes(bytes(channels * width * frames))
    return made.getvalue()


def test_a_sound_is_read_as_it_was_written() -> None:
    read = read_wav(write_wav(Sound([0.0, 0.5, -0.5, 1.0, -1.0], 24_000)))

    assert read is not None
    assert read.rate == 24_000
    assert list(read.samples) == pytest.approx([0.0, 0.5, -0.5, 1.0, -1.0], abs=0.0001)


def test_other_programs_write_and_read_the_same_file() -> None:
    read = read_wav(file(rate=16_000, frames=16_000))
    with wave.open(io.BytesIO(write_wav(Sound([0.25] * 50, 16_000)))) as reader:
        told = reader.getparams()

    assert read is not None
    assert read.seconds == 1
    assert (told.nchannels, told.sampwidth, told.framerate, told.nframes) == (1, 2, 16_000, 50)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"RIFF",
        b"OggS" + bytes(60),
        file(channels=2),
        file(width=1),
        file(rate=1)[:20],
        file().replace(b"fmt ", b"xxxx"),
    ],
)
def test_whatever_else_is_no_sound(content: bytes) -> None:
    assert read_wav(content) is None


def test_a_length_beyond_the_end_is_not_believed() -> None:
    content = bytearray(file(frames=10))
    place = content.index(b"data") + 4
    content[place : place + 4] = struct.pack("<I", 0xFFFFFFF0)

    read = read_wav(bytes(content))

    assert read is not None
    assert len(read.samples) == 10


@given(st.binary(max_size=200))
def test_anything_at_all_is_read_or_refused(content: bytes) -> None:
    for sent in (content, b"RIFF\0\0\0\0WAVE" + content, b"RIFF\0\0\0\0WAVEfmt " + content):
        read = read_wav(sent)
        assert read is None or len(read.samples) <= len(sent)
