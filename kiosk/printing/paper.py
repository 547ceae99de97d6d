"""How wide a printer prints."""

import argparse
from dataclasses import dataclass

from kiosk.printing.library import capabilities

#: Printable dots across, by the paper's width in millimetres, on nearly every printer (8 dots a millimetre).
DOTS = {58: 384, 80: 576}


#: The least and the most dots of a slip printer: two inches of 384, and three of 640.
FEWEST_DOTS, MOST_DOTS = 384, 640
#: Rows sent with one command: cheap printers hold a strip in a small buffer, and some count its rows in one byte.
STRIP_ROWS = 96
#: Bytes of a whole strip on the widest paper: so many may be missing of a command that was broken off.
LARGEST_STRIP = STRIP_ROWS * MOST_DOTS // 8


@dataclass(frozen=True)
class Paper:
    """A roll of paper in one printer."""

    #: 58 or 80, as sold.
    width_mm: int
    #: Printable dots across; a multiple of 8.
    dots: int

    @property
    def is_narrow(self) -> bool:
        """Whether the small type sizes must be used."""
        return self.dots < 480


def paper(width_mm: int, profile: str | None = None, dots: int | None = None) -> Paper:
    """The paper of a width, with the printable dots that are given, else those of the printer model where python-escpos
    knows them, else those of nearly every printer.

    Some models print narrower than their paper: a TM-T88 has 512 dots on 80 mm.

    Raises `ValueError` when the width is neither 58 nor 80, the dots are not a multiple of 8 from 384 to 640, or the
    profile is unknown or prints no pictures.
    """
    if width_mm not in DOTS:
        raise ValueError(f"Paper {width_mm} mm wide is not known; it must be {' or '.join(map(str, DOTS))}.")
    if dots and not (FEWEST_DOTS <= dots <= MOST_DOTS and dots % 8 == 0):
        raise ValueError(
            f"{dots} dots are no printer's width; it must be a multiple of 8 from {FEWEST_DOTS} to {MOST_DOTS}."
        )
    of_model = _dots_of(profile) if profile else None
    return Paper(width_mm, dots or of_model or DOTS[width_mm])


def add_flags(parser: argparse.ArgumentParser, before: str = "", *, width_mm: int | None = None) -> None:
    """The parser knows how wide the printer prints; the flags' names begin with `before`."""
    width = "width of the paper in millimetres (80)"
    parser.add_argument(f"--{before}width", type=int, choices=sorted(DOTS), default=width_mm, help=width)
    parser.add_argument(f"--{before}profile", metavar="MODEL", help="printer model of python-escpos, such as TM-T88V")
    dots = "printable dots across, as a test slip shows them, where they are not the model's"
    parser.add_argument(f"--{before}dots", type=int, metavar="N", help=dots)


def models() -> list[str]:
    """The profiles of python-escpos that can print slips."""
    profiles = capabilities().CAPABILITIES["profiles"]
    return sorted(name for name, profile in profiles.items() if profile["features"]["bitImageRaster"])


def _dots_of(profile: str) -> int | None:
    profiles = capabilities().CAPABILITIES["profiles"]
    if profile not in profiles:
        raise ValueError(f"Printer profile {profile!r} is not known; it must be one of {', '.join(models())}.")
    if not profiles[profile]["features"]["bitImageRaster"]:
        raise ValueError(f"A {profile} prints no pictures, which slips are; it must be one of {', '.join(models())}.")
    dots = profiles[profile]["media"].get("width", {}).get("pixels")
    return dots // 8 * 8 if isinstance(dots, int) and dots >= DOTS[58] else None
