"""A word that somebody of the clinic has read."""

import math

import pytest

from queue_server.domain.errors import BadInput
from queue_server.domain.voice.levelling import TARGET_LUFS
from queue_server.domain.voice.loudness import loudness
from queue_server.domain.voice.recordings import LARGEST, LONGEST_S, RATE, prepared
from queue_server.domain.voice.wav import Sound, read_wav, write_wav


def recording(seconds: float = 0.4, level: float = 0.05, rate: int = RATE) -> bytes:
    word = [level * math.sin(2 * math.pi * 250 * n / rate) for n in range(int(rate * seconds))]
    return write_wav(Sound([*[0.0] * rate, *word, *[0.0] * rate], rate))


def test_a_recording_is_kept_trimmed_and_as_loud_as_every_word() -> None:
    kept = read_wav(prepared(recording()))

    assert kept is not None
    assert kept.seconds == pytest.approx(0.44, abs=0.02)
    assert loudness(kept.samples, RATE) == pytest.approx(TARGET_LUFS, abs=0.5)


@pytest.mark.parametrize(
    ("content", "field"),
    [
        (b"", "sound"),
        (recording(rate=8000), "sound"),
        (recording(seconds=LONGEST_S), "sound"),
        (recording(level=0.0), "sound"),
    ],
)
def test_what_is_no_word_is_refused(content: bytes, field: str) -> None:
    with pytest.raises(BadInput) as refused:
        prepared(content)

    assert refused.value.details["field"] == field


def test_the_longest_recording_is_no_larger_than_is_taken() -> None:
    assert len(write_wav(Sound([0.0] * (RATE * LONGEST_S), RATE))) <= LARGEST
