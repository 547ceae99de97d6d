"""How large a display's letters are, and until which distance they can be read."""

from __future__ import annotations

from datetime import time

#: Capital letters that are read from 8 m are 87 mm high (the ADA's floor for signs that are read from afar).
_MM_PER_M = 87 / 8
#: Height of a 16:9 screen in mm for each inch of its diagonal.
_HEIGHT_PER_INCH = 25.4 * 9 / (16**2 + 9**2) ** 0.5
#: Height of the called number's letters as a share of the screen's height: beside the departments ("full"), or with the
#: whole display for calls.
CALLED = {"full": 0.24, "calls": 0.31}
#: What is read in comfort is a quarter larger than what can just be read.
_COMFORT = 1.25


def reads_to_m(chosen: str, screen_inches: int) -> float:
    """From how many metres the called number can be read in this layout (`full` or `calls`)."""
    return screen_inches * _HEIGHT_PER_INCH * CALLED[chosen] / _MM_PER_M


def layout(chosen: str, distance_m: int, screen_inches: int) -> str:
    """`full` or `calls`; "auto" leaves the departments out where the number beside them would be too small."""
    if chosen != "auto":
        return chosen
    return "full" if reads_to_m("full", screen_inches) >= distance_m * _COMFORT else "calls"


def is_quiet(local: time, spans: tuple[tuple[str, str], ...]) -> bool:
    """Whether the display is silent at this time of day; a span whose end is before its beginning passes midnight."""
    written = local.strftime("%H:%M")
    return any(begin <= written < end if begin < end else written >= begin or written < end for begin, end in spans)
