"""What a restored backup must catch up with: numbers that are on paper, and what was revoked meanwhile."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from queue_server.domain.errors import BadInput

#: More numbers than a department gives out in a day: so far today's go on above the backup's where nobody knows better.
UNKNOWN_NUMBERS = 500


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of the time after the backup.

    `highest`: prefix → the highest number on paper. `slips`: how many slips a print agent has printed since; no
    department can have given out more numbers than that. `is_complete`: the database that was replaced could be read.
    """

    highest: Mapping[str, int]
    slips: int | None = None
    is_complete: bool = False


def goes_on_above(prefix: str, given: int, known: Known) -> int:
    """The number above which a department goes on today, of which the backup knows `given`. Never below that."""
    if prefix in known.highest:
        return max(given, known.highest[prefix])
    if known.is_complete:
        return given
    return given + (UNKNOWN_NUMBERS if known.slips is None else known.slips)


def highest_numbers(said: Collection[str]) -> dict[str, int]:
    """`["G=123"]` as prefix → number. Raises `BadInput`."""
    found: dict[str, int] = {}
    for one in said:
        prefix, _, digits = one.partition("=")
        if not prefix or not (digits.isascii() and digits.isdigit()) or len(digits) > 6:
            raise BadInput("highest", f"{one[:40]!r} is not a prefix and a number such as G=123.")
        found[prefix] = int(digits)
    return found
