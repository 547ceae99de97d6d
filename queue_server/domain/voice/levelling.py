"""Every word without silence at its ends, and as loud as every other one. Samples are floats from -1 to 1, mono."""

from __future__ import annotations

import math
from collections.abc import Sequence

from queue_server.domain.voice.loudness import SILENCE_LUFS, loudness

#: So loud every word is made.
TARGET_LUFS = -20.0
#: No sample is larger, so that no converter clips.
PEAK = 10 ** (-1 / 20)
#: Frames of this length are speech or silence.
FRAME_S = 0.01
#: So much stays before the first and after the last speech: a consonant begins softly.
MARGIN_S = 0.02
FADE_S = 0.005
#: Speech is at most so much softer than its loudest frame, and so much louder than the room.
SOFTEST_DB, OVER_ROOM_DB, LEAST_DB = -40.0, 6.0, -20.0
#: What is softer than this before it is levelled is a microphone that heard nobody.
NOTHING_LUFS = -60.0


def levelled(samples: Sequence[float], rate: int) -> list[float] | None:
    """The word at `TARGET_LUFS`, trimmed, its ends faded; none when there is nothing to hear.

    Where single peaks would pass `PEAK`, they are bent below it.
    """
    word = trimmed(samples, rate)
    found = loudness(word, rate)
    if found <= max(SILENCE_LUFS, NOTHING_LUFS):
        return None
    for _ in range(3):
        gain = 10 ** ((TARGET_LUFS - found) / 20)
        louder = [sample * gain for sample in word]
        word = [_bent(sample) for sample in louder]
        if word == louder:
            break
        found = loudness(word, rate)  # bending has made it softer
    return _faded(word, rate)


def trimmed(samples: Sequence[float], rate: int) -> list[float]:
    """What lies between the first and the last frame that is speech, with a margin."""
    size = max(1, int(rate * FRAME_S))
    levels = [_decibels(samples[start : start + size]) for start in range(0, len(samples), size)]
    if not levels:
        return []
    loudest, room = max(levels), sorted(levels)[len(levels) // 10]
    threshold = min(max(loudest + SOFTEST_DB, room + OVER_ROOM_DB), loudest + LEAST_DB)
    speech = [place for place, level in enumerate(levels) if level >= threshold]
    margin = int(rate * MARGIN_S)
    return list(samples[max(0, speech[0] * size - margin) : (speech[-1] + 1) * size + margin])


def _decibels(frame: Sequence[float]) -> float:
    power = math.fsum(sample * sample for sample in frame) / max(1, len(frame))
    return 10 * math.log10(power + 1e-12)


def _bent(sample: float) -> float:
    """The sample as it is while it is small; a larger one comes nearer and nearer to the peak."""
    knee = PEAK / 2
    if abs(sample) <= knee:
        return sample
    over = (abs(sample) - knee) / (PEAK - knee)
    return math.copysign(knee + (PEAK - knee) * math.tanh(over), sample)


def _faded(samples: list[float], rate: int) -> list[float]:
    size = min(int(rate * FADE_S), len(samples) // 2)
    for place in range(size):
        samples[place] *= place / size
        samples[-1 - place] *= place / size
    return samples
