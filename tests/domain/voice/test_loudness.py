"""How loud a word is heard."""

import math

import pytest

from queue_server.domain.voice.loudness import SILENCE_LUFS, loudness


def tone(hertz: float, rate: int, level: float = 1.0, seconds: float = 1.0) -> list[float]:
    return [level * math.sin(2 * math.pi * hertz * n / rate) for n in range(int(rate * seconds))]


@pytest.mark.parametrize("rate", [16_000, 22_050, 24_000, 48_000])
def test_the_recommendations_own_tone_reads_as_it_says(rate: int) -> None:
    # BS.1770-4: a full-scale sine of 997 Hz in one front channel reads -3.01 LUFS.
    assert loudness(tone(997, rate), rate) == pytest.approx(-3.01, abs=0.05)


def test_half_the_amplitude_is_six_decibels_softer() -> None:
    loud, soft = loudness(tone(500, 24_000), 24_000), loudness(tone(500, 24_000, 0.5), 24_000)

    assert loud - soft == pytest.approx(6.02, abs=0.01)


def test_a_hum_is_heard_less_than_a_voice() -> None:
    assert loudness(tone(30, 24_000), 24_000) < loudness(tone(1000, 24_000), 24_000) - 6


@pytest.mark.parametrize("samples", [[], [0.0] * 2400])
def test_silence_is_as_soft_as_can_be(samples: list[float]) -> None:
    assert loudness(samples, 24_000) == SILENCE_LUFS
