"""What a doctor means by a time of day."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from doctor_console.web.bodies import moment_of

KOLKATA = ZoneInfo("Asia/Kolkata")


@pytest.mark.parametrize(
    ("now", "said", "meant"),
    [
        (datetime(2026, 11, 22, 4, 30, tzinfo=UTC), "11:30", datetime(2026, 11, 22, 6, 0, tzinfo=UTC)),
        (datetime(2026, 11, 22, 18, 20, tzinfo=UTC), "00:10", datetime(2026, 11, 22, 18, 40, tzinfo=UTC)),
        (datetime(2026, 11, 22, 4, 30, tzinfo=UTC), "09:50", datetime(2026, 11, 22, 4, 20, tzinfo=UTC)),
    ],
    ids=["later today", "after midnight", "a little while ago, which is then refused as past"],
)
def test_a_time_of_day_is_the_one_that_makes_sense(now: datetime, said: str, meant: datetime) -> None:
    assert moment_of(said, now, KOLKATA) == meant


def test_no_time_is_no_moment() -> None:
    assert moment_of(None, datetime(2026, 11, 22, tzinfo=UTC), KOLKATA) is None
