"""How loud a word is heard, after ITU-R BS.1770-4.

The recommendation measures programmes in gated blocks of 400 ms. A word is often shorter than one block and has been
trimmed of its silence, so here the whole of it is one block without a gate. Samples are floats from -1 to 1, mono.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

#: Below this nothing is heard, and no logarithm is taken.
SILENCE_LUFS = -100.0


@dataclass(frozen=True, slots=True)
class _Biquad:
    b0: float
    b1: float
    b2: float
    a1: float
    a2: float

    def over(self, samples: Iterable[float]) -> list[float]:
        b0, b1, b2, a1, a2 = self.b0, self.b1, self.b2, self.a1, self.a2
        x1 = x2 = y1 = y2 = 0.0
        found: list[float] = []
        for x in samples:
            y = b0 * x + b1 * x1 + b2 * x2 - a1 * y1 - a2 * y2
            x2, x1, y2, y1 = x1, x, y1, y
            found.append(y)
        return found


def loudness(samples: Sequence[float], rate: int) -> float:
    """LUFS of mono samples taken `rate` times a second; `SILENCE_LUFS` when there is nothing to hear."""
    heard = _high_pass(rate).over(_shelf(rate).over(samples))
    power = math.fsum(sample * sample for sample in heard) / max(1, len(heard))
    return max(SILENCE_LUFS, -0.691 + 10 * math.log10(power)) if power > 0 else SILENCE_LUFS


def _shelf(rate: int) -> _Biquad:
    """The head before a loudspeaker: the analogue filter whose digital form at 48 kHz BS.1770 prints."""
    k = math.tan(math.pi * 1681.974450955533 / rate)
    high, q = 10 ** (3.999843853973347 / 20), 0.7071752369554196
    middle, a0 = high**0.4996667741545416, 1 + k / q + k * k
    return _Biquad(
        (high + middle * k / q + k * k) / a0,
        2 * (k * k - high) / a0,
        (high - middle * k / q + k * k) / a0,
        2 * (k * k - 1) / a0,
        (1 - k / q + k * k) / a0,
    )


def _high_pass(rate: int) -> _Biquad:
    k, q = math.tan(math.pi * 38.13547087602444 / rate), 0.5003270373238773
    a0 = 1 + k / q + k * k
    return _Biquad(1.0, -2.0, 1.0, 2 * (k * k - 1) / a0, (1 - k / q + k * k) / a0)
