"""`smart-queue` in the test's own process, on the morning of the clinic of `tests.clinics`."""

from __future__ import annotations

from collections.abc import Sequence

from queue_server import cli
from tests.clinics import SettableClock


def main(words: Sequence[str]) -> int:
    """Run the command; returns its exit status."""
    return cli.main(words, SettableClock())
