"""How much of a kiosk's screen is within reach from a wheelchair."""

import pytest

from queue_server.domain.devices.reach import Mount, mounted
from queue_server.domain.errors import BadInput


@pytest.mark.parametrize(
    ("from_mm", "high_mm", "share"),
    [(600, 598, 1.0), (602, 598, 1.0), (800, 598, 400 / 598), (900, 598, 300 / 598), (0, 2000, 0.6)],
)
def test_the_reachable_share_ends_at_1200_mm(from_mm: int, high_mm: int, share: float) -> None:
    assert Mount(from_mm, high_mm).share == pytest.approx(share)
    assert mounted(str(from_mm), f" {high_mm} ") == Mount(from_mm, high_mm)


def test_nothing_typed_is_nothing_said() -> None:
    assert mounted("", "  ") is None


@pytest.mark.parametrize(
    ("from_mm", "high_mm", "field"),
    [
        ("950", "598", "from_mm"),  # less than half of it
        ("1000", "299", "from_mm"),  # two thirds, but only 200 mm
        ("1200", "598", "from_mm"),
        ("-5", "598", "from_mm"),
        ("80 cm", "598", "from_mm"),
        ("٨٠٠", "598", "from_mm"),
        ("800", "", "high_mm"),
        ("800", "79", "high_mm"),
        ("0", "2001", "high_mm"),
        ("0", "9" * 5000, "high_mm"),
    ],
)
def test_a_screen_that_hangs_too_high_or_is_none_is_refused(from_mm: str, high_mm: str, field: str) -> None:
    with pytest.raises(BadInput) as refused:
        mounted(from_mm, high_mm)

    assert refused.value.details["field"] == field
