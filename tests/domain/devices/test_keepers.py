"""Keepers' letters, and what of their numbers the desk is told."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from queue_server.domain.clinic.opening_hours import ClosedReason
from queue_server.domain.devices.keepers import LETTERS, Keeper, KeptNumber, TaskKind, conflicts, next_series
from queue_server.domain.devices.print_jobs import PrintState

NOW = datetime(2026, 11, 22, 4, 30, tzinfo=UTC)
TODAY = date(2026, 11, 22)
FITS = KeptNumber(1, "G-A01", "GEN", TODAY, NOW, "sealed", PrintState.PRINTED)


def test_letters_are_given_one_by_one_and_then_in_pairs() -> None:
    taken: list[str] = []
    for _ in range(len(LETTERS) + 2):
        taken.append(next_series(taken))

    assert taken[:3] == ["A", "B", "C"]
    assert taken[-2:] == ["AA", "AB"]
    assert not {"I", "O", "S", "Z", "Q", "G"} & set(LETTERS)


@pytest.mark.parametrize(
    ("kept", "why", "is_doubled", "told"),
    [
        (FITS, None, False, []),
        (FITS, ClosedReason.HOLIDAY, False, [TaskKind.CLOSED]),
        (FITS, ClosedReason.QUOTA, True, [TaskKind.QUOTA, TaskKind.TWO_NUMBERS]),
        (replace(FITS, day=TODAY - timedelta(days=1)), None, False, [TaskKind.DAY_OVER]),
        (replace(FITS, is_estimated=True), None, False, [TaskKind.TIME_UNKNOWN]),
        (replace(FITS, is_withdrawn=True, is_estimated=True), ClosedReason.SHUT, True, []),
    ],
)
def test_what_does_not_fit_is_told(
    kept: KeptNumber, why: ClosedReason | None, is_doubled: bool, told: list[TaskKind]
) -> None:
    assert conflicts(kept, why, TODAY, is_doubled=is_doubled) == told


@pytest.mark.parametrize(("off_s", "is_wrong"), [(None, False), (299.0, False), (-301.0, True), (10_800.0, True)])
def test_a_clock_is_wrong_beyond_five_minutes(off_s: float | None, *, is_wrong: bool) -> None:
    assert Keeper(1, 1, "A", NOW, clock_off_s=off_s).is_clock_wrong is is_wrong
