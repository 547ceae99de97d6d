"""How much of a kiosk's screen a hand reaches from a wheelchair."""

from __future__ import annotations

from dataclasses import dataclass

from queue_server.domain.errors import BadInput

#: Millimetres above the floor. EN 301 549 V3.2.1, 8.3, allows 1,220 to a hand that reaches forward over nothing.
HIGHEST_MM = 1200
#: In a smaller part of a screen buttons become smaller than a thumb can press: by share, and by millimetres.
LEAST_SHARE, LEAST_MM = 0.5, 220
#: From a tablet of seven inches to two metres of television.
_HEIGHTS_MM = range(80, 2001)


@dataclass(frozen=True, slots=True)
class Mount:
    """Where a screen hangs: its lower edge above the floor, and its visible height, both in millimetres."""

    from_mm: int
    high_mm: int

    @property
    def share(self) -> float:
        """The lower part of the screen that is within reach, of 1."""
        return min(1.0, max(0.0, (HIGHEST_MM - self.from_mm) / self.high_mm))


def mounted(from_mm: str, high_mm: str) -> Mount | None:
    """What was typed, none for nothing. Raises `BadInput` for what is no screen, or one that hangs too high."""
    if not from_mm.strip() and not high_mm.strip():
        return None
    mount = Mount(_millimetres("from_mm", from_mm, range(HIGHEST_MM)), _millimetres("high_mm", high_mm, _HEIGHTS_MM))
    if mount.share < 1 and (mount.share < LEAST_SHARE or mount.share * mount.high_mm < LEAST_MM):
        raise BadInput("from_mm", f"Only {mount.share:.0%} of this screen are below {HIGHEST_MM} mm; hang it lower.")
    return mount


def _millimetres(field: str, typed: str, allowed: range) -> int:
    text = typed.strip()
    if not (text.isascii() and text.isdecimal() and len(text) <= len(str(allowed.stop)) and int(text) in allowed):
        raise BadInput(
            field, f"The field {field!r} needs whole millimetres from {allowed.start} to {allowed.stop - 1}."
        )
    return int(text)
