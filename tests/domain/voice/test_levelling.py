"""Every word without silence at its ends, and as loud as every other one."""

import math
import random

import pytest

from queue_server.domain.voice.levelling import PEAK, TARGET_LUFS, levelled, trimmed
from queue_server.domain.voice.loudness import loudness

RATE = 24_000


def word(level: float = 0.3, seconds: float = 0.5) -> list[float]:
    return [level * math.sin(2 * math.pi * 300 * n / RATE) for n in range(int(RATE * seconds))]


def room(seconds: float, level: float = 0.0) -> list[float]:
    dice = random.Random(1)
    return [dice.uniform(-level, level) for _ in range(int(RATE * seconds))]


@pytest.mark.parametrize("noise", [0.0, 0.003])
def test_silence_around_a_word_is_cut_off_also_in_a_room_that_hums(noise: float) -> None:
    kept = trimmed([*room(0.8, noise), *word(), *room(1.2, noise)], RATE)

    assert len(kept) / RATE == pytest.approx(0.54, abs=0.02)


def test_a_pause_within_a_sentence_stays() -> None:
    kept = trimmed([*word(), *room(0.6), *word(), *room(0.6)], RATE)

    assert len(kept) / RATE == pytest.approx(1.62, abs=0.02)


@pytest.mark.parametrize("level", [0.01, 0.3, 1.0])
def test_a_soft_and_a_loud_voice_are_made_equally_loud(level: float) -> None:
    made = levelled([*room(0.3), *word(level), *room(0.3)], RATE)

    assert made is not None
    assert loudness(made, RATE) == pytest.approx(TARGET_LUFS, abs=0.5)
    assert (made[0], made[-1]) == (0, 0)


def test_single_peaks_are_bent_before_a_converter_would_clip_them() -> None:
    peaky = [sample * 0.05 for sample in word(1.0, 1.0)]
    for place in range(0, len(peaky), 2400):
        peaky[place] = 1.0

    made = levelled(peaky, RATE)

    assert made is not None
    assert max(map(abs, made)) <= PEAK


@pytest.mark.parametrize("samples", [[], [0.0] * RATE, [0.0003, -0.0003] * RATE])
def test_a_microphone_that_heard_nobody_gives_no_word(samples: list[float]) -> None:
    assert levelled(samples, RATE) is None
