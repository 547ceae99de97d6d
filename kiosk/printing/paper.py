"""How wide a printer prints."""

from dataclasses import dataclass

from kiosk.printing.library import capabilities

#: Printable dots across, by the paper's width in millimetres, on nearly every printer (8 dots a millimetre).
DOTS = {58: 384, 80: 576}


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


def paper(width_mm: int, profile: str | None = None) -> Paper:
    """The paper of a width, with the printable dots of the printer model where python-escpos knows them.

    Some models print narrower than their paper: a TM-T88 has 512 dots on 80 mm.

    Raises `ValueError` when the width is neither 58 nor 80, or the profile is unknown.
    """
    if width_mm not in DOTS:
        raise ValueError(f"Paper {width_mm} mm wide is not known; it must be {' or '.join(map(str, DOTS))}.")
    return Paper(width_mm, _dots_of(profile) or DOTS[width_mm] if profile else DOTS[width_mm])


def _dots_of(profile: str) -> int | None:
    profiles = capabilities().CAPABILITIES["profiles"]
    if profile not in profiles:
        raise ValueError(f"Printer profile {profile!r} is not known; it must be one of {', '.join(sorted(profiles))}.")
    dots = profiles[profile]["media"].get("width", {}).get("pixels")
    return dots // 8 * 8 if isinstance(dots, int) and dots >= DOTS[58] else None
