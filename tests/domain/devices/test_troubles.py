"""What is wrong now, and what of it staff are told."""

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queue_server.domain.clinic.backup_plan import OLD_AFTER
from queue_server.domain.devices.devices import Device, DeviceKind
from queue_server.domain.devices.troubles import (
    WELL_AFTER,
    BackupFact,
    DiskFact,
    Facts,
    Told,
    Trouble,
    TroubleKind,
    to_tell,
    what_is_wrong,
)
from tests.domain.queues import TEN

TOO_LONG_AGO = TEN - OLD_AFTER - timedelta(minutes=1)
WELL = Facts(
    [],
    BackupFact(),
    DiskFact(50_000_000_000, 100_000_000_000),
    is_clock_wrong=False,
    is_working=True,
    listening_since=TEN - timedelta(hours=1),
)


def a_device(kind: DeviceKind = DeviceKind.AGENT, printer: str = "ok", minutes_ago: float | None = 0) -> Device:
    seen_at = None if minutes_ago is None else TEN - timedelta(minutes=minutes_ago)
    return Device(1, kind, "Entrance", "entrance", printer, seen_at)


def wrong(facts: Facts) -> list[str]:
    return [trouble.key for trouble in what_is_wrong(facts, TEN)]


@pytest.mark.parametrize(
    ("device", "told"),
    [
        (a_device(printer="ok"), []),
        (a_device(printer="low"), []),
        (a_device(printer="unknown"), []),
        (a_device(printer="out"), ["paper_out:1"]),
        (a_device(printer="cover"), ["cover_open:1"]),
        (a_device(printer="offline"), ["printer_offline:1"]),
        (a_device(printer="out", minutes_ago=3), ["printer_away:1"]),
        (a_device(DeviceKind.KIOSK, minutes_ago=2), []),
        (a_device(DeviceKind.KIOSK, minutes_ago=2.1), ["kiosk_away:1"]),
        (a_device(DeviceKind.DISPLAY, minutes_ago=2.1), ["display_away:1"]),
        (a_device(DeviceKind.DISPLAY, minutes_ago=None), []),
    ],
)
def test_a_device_is_missed_after_two_minutes_and_a_printer_without_paper_at_once(
    device: Device, told: list[str]
) -> None:
    assert wrong(replace(WELL, devices=[device])) == told
    assert wrong(replace(WELL, devices=[device], is_working=False)) == []


@pytest.mark.parametrize(
    ("facts", "told"),
    [
        (WELL, []),
        (replace(WELL, is_clock_wrong=True), ["clock"]),
        (replace(WELL, disk=None), []),
        (replace(WELL, disk=DiskFact(900_000_000, 100_000_000_000)), ["disk"]),
        (replace(WELL, disk=DiskFact(900_000_000, 8_000_000_000)), []),
        (replace(WELL, disk=DiskFact(300_000_000, 8_000_000_000)), ["disk"]),
        (replace(WELL, backup=BackupFact(is_expected=True)), ["no_backup"]),
        (replace(WELL, backup=BackupFact(is_expected=True, newest_at=TEN - OLD_AFTER)), []),
        (
            replace(WELL, backup=BackupFact(is_expected=True, newest_at=TOO_LONG_AGO)),
            ["backup_old"],
        ),
    ],
)
def test_clock_disk_and_backup_are_looked_after_at_night_too(facts: Facts, told: list[str]) -> None:
    assert wrong(replace(facts, is_working=False)) == told


def test_a_server_that_has_just_started_misses_nobody_yet() -> None:
    facts = replace(WELL, devices=[a_device(minutes_ago=600)])

    assert wrong(replace(facts, listening_since=TEN - timedelta(minutes=1))) == []
    assert wrong(replace(WELL, backup=BackupFact(is_expected=True), listening_since=TEN - timedelta(minutes=9))) == []
    assert wrong(replace(facts, listening_since=TEN - timedelta(minutes=3))) == ["printer_away:1"]


def test_the_worst_comes_first() -> None:
    facts = replace(WELL, devices=[a_device(printer="out")], is_clock_wrong=True, backup=BackupFact(is_expected=True))

    assert wrong(facts) == ["clock", "paper_out:1", "no_backup"]


PAPER = Trouble(TroubleKind.PAPER_OUT, "Entrance", 1)


def told_at(*moments: tuple[int, bool]) -> list[int]:
    """At which of these minutes staff are told, the paper being out or not."""
    told: dict[str, Told] = {}
    found = []
    for minute, is_out in moments:
        new, told = to_tell([PAPER] if is_out else [], told, TEN + timedelta(minutes=minute))
        found += [minute] * len(new)
    return found


def test_a_trouble_is_told_once_and_again_only_after_it_was_well_for_a_while() -> None:
    assert told_at((0, True), (1, True), (60, True)) == [0]
    assert told_at((0, True), (1, False), (2, True), (3, False), (4, True)) == [0]
    assert told_at((0, True), (1, False), (10, False), (12, True)) == [0, 12]
    assert told_at((0, True), (1, False), (300, True)) == [0, 300]


@given(st.lists(st.tuples(st.integers(0, 30), st.booleans()), max_size=40))
def test_nobody_is_told_of_the_same_twice_within_the_time_in_which_it_counts_as_well(
    steps: list[tuple[int, bool]],
) -> None:
    minute, moments = 0, []
    for step, is_out in steps:
        minute += step
        moments.append((minute, is_out))

    told: list[datetime] = [TEN + timedelta(minutes=at) for at in told_at(*moments)]

    assert all(later - earlier >= WELL_AFTER for earlier, later in pairwise(told))
    assert bool(told) == any(is_out for _, is_out in moments)
