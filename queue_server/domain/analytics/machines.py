"""What became of slips, and when machines did not work."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Fault:
    """A time in which a machine did not work."""

    name: str
    place: str
    state: str
    began_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class Machines:
    """What became of slips, (place, state) → how many, and when machines did not work."""

    slips: dict[tuple[str, str], int]
    faults: list[Fault]
