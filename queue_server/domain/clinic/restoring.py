"""What a restored backup must catch up with: numbers that are on paper, and what was revoked meanwhile."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from queue_server.domain.errors import BadInput

#: More numbers than a department gives out in a day: so far today's go on above the backup's where nobody knows better.
UNKNOWN_NUMBERS = 500

#: After a restore revisions, calls and print jobs go on so much higher, above all that was seen since the backup.
EPOCH = 1_000_000

#: More numbers than a department gives out without paper after the last one on paper.
WITHOUT_PAPER = 50


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of the time after the backup.

    `highest`: prefix → the highest number, as somebody says. `printed`: the same as print agents remember it; others
    may have been given out without paper. `slips`: how many slips the agents have printed since, of whatever number; no
    department can have given out more. `is_complete`: the database that was replaced could be read.
    """

    highest: Mapping[str, int]
    printed: Mapping[str, int] = field(default_factory=dict)
    slips: int | None = None
    is_complete: bool = False


def goes_on_above(prefix: str, given: int, known: Known) -> int:
    """The number above which a department goes on today, of which the backup knows `given`. Never below that."""
    if prefix in known.highest:
        return max(given, known.highest[prefix])
    if known.is_complete:
        return given
    if prefix in known.printed:
        return max(given, known.printed[prefix] + WITHOUT_PAPER)
    return given + (UNKNOWN_NUMBERS if known.slips is None else known.slips)


@dataclass(frozen=True, slots=True)
class Slip:
    """A line of a print agent's ledger: the print job, and the number on the slip; empty where it was not kept."""

    job: int
    number: str


def printed_since(slips: Collection[Slip], job: int) -> tuple[dict[str, int], int]:
    """(prefix → the highest number on slips that are newer than this job, how many jobs there were since)."""
    highest: dict[str, int] = {}
    for slip in slips:
        prefix, _, digits = slip.number.rpartition("-")
        if slip.job > job and prefix and digits.isascii() and digits.isdigit():
            highest[prefix] = max(int(digits[:6]), highest.get(prefix, 0))
    return highest, max(((slip.job - job) % EPOCH for slip in slips if slip.job > job), default=0)


def highest_numbers(said: Collection[str]) -> dict[str, int]:
    """`["G=123"]` as prefix → number. Raises `BadInput`."""
    found: dict[str, int] = {}
    for one in said:
        prefix, _, digits = one.partition("=")
        if not prefix or not (digits.isascii() and digits.isdigit()) or len(digits) > 6:
            raise BadInput("highest", f"{one[:40]!r} is not a prefix and a number such as G=123.")
        found[prefix] = int(digits)
    return found
