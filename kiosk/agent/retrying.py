"""How long to wait before the next attempt. Pure, but for the jitter."""

import secrets
from collections.abc import Iterator

_jitter = secrets.SystemRandom()


def delays(first_s: float, longest_s: float) -> Iterator[float]:
    """Doubling waits up to the longest, each shortened by up to half.

    Without the jitter all kiosks of a clinic would knock in the same instant when the server comes back.
    """
    wait_s = first_s
    while True:
        yield wait_s * _jitter.uniform(0.5, 1)
        wait_s = min(wait_s * 2, longest_s)
