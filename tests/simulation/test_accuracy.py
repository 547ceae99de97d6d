"""How good the promises are, on logs that were never learned from."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import mean

import pytest

from queue_server.domain.waits.correction import Wait
from queue_server.simulation.clinic import DAY_S, FIRST_DAY_S, SimulatedDays, a_small_clinic, simulate
from queue_server.simulation.queue_logs import LogEntry
from queue_server.simulation.replay import Replay
from tests.simulation.telephones import telephone_days

MINUTE = 60.0


@dataclass(frozen=True)
class Score:
    """Figures over the waits of at least five seconds of those who were called."""

    error_s: float
    bias_s: float
    inside: float
    wait_s: float


def score(entries: Sequence[LogEntry], promises: Sequence[Wait | None]) -> Score:
    judged = [
        (entry.called_s - entry.joined_s, wait)
        for entry, wait in zip(entries, promises, strict=True)
        if entry.called_s is not None and entry.called_s - entry.joined_s >= 5 and wait is not None
    ]
    return Score(
        mean(abs(wait.likely_s - waited) for waited, wait in judged),
        mean(wait.likely_s - waited for waited, wait in judged),
        mean(wait.low_s <= waited <= wait.high_s for waited, wait in judged),
        mean(waited for waited, _ in judged),
    )


def replayed(days: SimulatedDays, first_judged: int) -> tuple[list[LogEntry], list[Wait | None]]:
    border = FIRST_DAY_S + first_judged * DAY_S
    past = [entry for entry in days.entries if entry.joined_s < border]
    future = [entry for entry in days.entries if entry.joined_s >= border]
    replay = Replay(days.duties)
    replay.play(past)
    return future, replay.play(future)


@pytest.fixture(scope="module")
def trained_clinic() -> Score:
    """Two clinics: fifteen days to learn from, fifteen to be judged on."""
    judged = [replayed(simulate(a_small_clinic(), seed, 30), 15) for seed in (101, 102)]
    return score(
        [entry for entries, _ in judged for entry in entries], [wait for _, promises in judged for wait in promises]
    )


def test_the_simulated_clinic_makes_people_wait_for_about_an_hour(trained_clinic: Score) -> None:
    assert 45 * MINUTE < trained_clinic.wait_s < 75 * MINUTE


def test_in_the_clinic_the_likely_wait_is_wrong_by_at_most_eight_minutes(trained_clinic: Score) -> None:
    assert trained_clinic.error_s <= 8 * MINUTE


def test_in_the_clinic_promises_are_not_too_short_by_more_than_two_minutes(trained_clinic: Score) -> None:
    assert -2 * MINUTE <= trained_clinic.bias_s <= 4 * MINUTE


def test_in_the_clinic_eight_of_ten_waits_are_inside_the_range(trained_clinic: Score) -> None:
    assert 0.75 <= trained_clinic.inside <= 0.85


def test_a_clinic_without_a_past_is_told_the_truth_from_its_first_days() -> None:
    judged = [replayed(simulate(a_small_clinic(), seed, 5), 0) for seed in range(201, 205)]

    first_days = score([e for entries, _ in judged for e in entries], [w for _, waits in judged for w in waits])

    assert first_days.error_s <= 9 * MINUTE
    assert first_days.bias_s >= -2 * MINUTE
    assert 0.7 <= first_days.inside <= 0.9


@pytest.fixture(scope="module")
def telephones() -> tuple[list[LogEntry], list[Wait | None]]:
    """A telephone queue without a roster: four days to learn from, four to be judged on."""
    replay = Replay()
    replay.play(telephone_days(7, 4))
    future = telephone_days(7, 4, first_day=4)
    return future, replay.play(future)


def test_at_the_telephone_eight_of_ten_waits_are_inside_the_range(
    telephones: tuple[list[LogEntry], list[Wait | None]],
) -> None:
    assert 0.75 <= score(*telephones).inside <= 0.85


def test_at_the_telephone_the_promise_beats_the_wait_of_the_last_one_called(
    telephones: tuple[list[LogEntry], list[Wait | None]],
) -> None:
    entries, promises = telephones

    assert score(entries, promises).error_s < 0.9 * score(entries, last_to_enter_service(entries)).error_s


def test_at_the_telephone_the_promise_beats_the_usual_wait(
    telephones: tuple[list[LogEntry], list[Wait | None]],
) -> None:
    entries, promises = telephones
    waits = sorted(e.called_s - e.joined_s for e in entries if e.called_s is not None and e.called_s - e.joined_s >= 5)
    usual = waits[len(waits) // 2]

    constant: list[Wait | None] = [Wait(usual, usual, usual)] * len(entries)

    assert score(entries, promises).error_s < 0.8 * score(entries, constant).error_s


def last_to_enter_service(entries: Sequence[LogEntry]) -> list[Wait | None]:
    """The estimate of whom the others are compared with: as long as the last one who was called had waited."""
    calls = sorted((e.called_s, e.joined_s) for e in entries if e.called_s is not None)
    waits: list[Wait | None] = []
    last, at = 0.0, 0
    for entry in entries:
        while at < len(calls) and calls[at][0] < entry.joined_s:
            last, at = calls[at][0] - calls[at][1], at + 1
        waits.append(Wait(last, last, last))
    return waits
