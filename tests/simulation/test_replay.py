"""Replaying a log: always the same, and without a look at the future."""

import argparse
import csv
import io
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from queue_server.domain.waits.correction import Wait
from queue_server.simulation import replay as command
from queue_server.simulation import simulate as simulate_command
from queue_server.simulation.clinic import DAY_S, FIRST_DAY_S, HOUR_S, SimulatedDays, a_clinic, a_small_clinic, simulate
from queue_server.simulation.queue_logs import LogDuty, LogEntry, write_duty, write_log
from queue_server.simulation.replay import Replay
from tests.simulation.telephones import telephone_days

NINE = FIRST_DAY_S + 9 * HOUR_S
MINUTE = 60.0


def promises(entries: Sequence[LogEntry], duties: Sequence[LogDuty] = ()) -> dict[str, Wait | None]:
    made = Replay(duties).play(entries)
    return {entry.id: wait for entry, wait in zip(entries, made, strict=True)}


def cut(at_s: float | None, now: float) -> float | None:
    return at_s if at_s is not None and at_s <= now else None


def known_at(now: float, entries: Sequence[LogEntry]) -> list[LogEntry]:
    """The log as it stood at some moment: later lines are missing, later times empty."""
    return [
        replace(
            entry,
            called_s=cut(entry.called_s, now),
            finished_s=cut(entry.finished_s, now),
            left_s=cut(entry.left_s, now),
            room=entry.room if cut(entry.called_s, now) else "",
        )
        for entry in entries
        if entry.joined_s <= now
    ]


def duties_known_at(now: float, duties: Sequence[LogDuty]) -> list[LogDuty]:
    return [replace(duty, on_s=cut(duty.on_s, now), off_s=cut(duty.off_s, now)) for duty in duties]


@pytest.fixture(scope="module")
def clinic() -> SimulatedDays:
    return simulate(a_clinic(), 17, 3)


@pytest.mark.parametrize("hours", [9.0, 9.8, 11.5, 24 + 8.2, 24 + 10.0, 48 + 12.0])
def test_the_future_of_a_clinic_never_changes_an_earlier_promise(clinic: SimulatedDays, hours: float) -> None:
    now = FIRST_DAY_S + hours * HOUR_S

    with_future = promises(clinic.entries, clinic.duties)
    without = promises(known_at(now, clinic.entries), duties_known_at(now, clinic.duties))

    assert len(without) > 20
    assert without == {name: with_future[name] for name in without}


@pytest.mark.parametrize("hours", [8.5, 12.0, 24 + 9.0, 24 + 17.0])
def test_the_future_of_a_telephone_queue_never_changes_an_earlier_promise(hours: float) -> None:
    entries, now = telephone_days(3, 2), FIRST_DAY_S + hours * HOUR_S

    with_future = promises(entries)
    without = promises(known_at(now, entries))

    assert len(without) > 20
    assert without == {name: with_future[name] for name in without}


def test_a_replay_is_always_the_same(clinic: SimulatedDays) -> None:
    assert promises(clinic.entries, clinic.duties) == promises(clinic.entries, clinic.duties)


def test_the_order_of_the_lines_does_not_matter(clinic: SimulatedDays) -> None:
    by_room = sorted(clinic.entries, key=lambda entry: (entry.room, entry.id))

    forwards, backwards = promises(clinic.entries, clinic.duties), promises(by_room, clinic.duties)

    likely = [(wait.likely_s, backwards[name]) for name, wait in forwards.items() if wait is not None]
    assert all(other is not None and other.likely_s == pytest.approx(own, rel=0.05, abs=20) for own, other in likely)


def test_queues_do_not_learn_from_each_other() -> None:
    def day(queue: str, length_s: float) -> list[LogEntry]:
        return [
            LogEntry(
                f"{queue}{n}",
                queue,
                NINE + n * length_s / 2,
                NINE + n * length_s,
                NINE + (n + 1) * length_s,
                None,
                queue,
            )
            for n in range(1, 60)
        ]

    made = promises([*day("quick", 60.0), *day("slow", 600.0)])

    quick, slow = made["quick59"], made["slow59"]
    assert quick is not None
    assert slow is not None
    assert slow.likely_s > 2 * quick.likely_s


def test_nothing_is_promised_while_nobody_is_known_to_be_there() -> None:
    assert promises([LogEntry("1", "GEN", NINE)]) == {"1": None}


def test_a_doctor_who_is_expected_is_waited_for() -> None:
    duty = LogDuty("1", NINE + HOUR_S, NINE + 2 * HOUR_S, NINE + 4 * HOUR_S)

    wait = promises([LogEntry("1", "GEN", NINE)], [duty])["1"]

    assert wait is not None
    assert HOUR_S <= wait.likely_s < 2 * HOUR_S


def test_a_doctor_who_has_gone_is_not_waited_for_and_one_who_returns_is() -> None:
    gone = LogDuty("1", NINE, NINE, NINE + HOUR_S)
    returns = LogDuty("1", NINE + 2 * HOUR_S, NINE + 2 * HOUR_S, NINE + 3 * HOUR_S)
    late_comer = [LogEntry("1", "GEN", NINE + HOUR_S + 1)]

    assert promises(late_comer, [gone]) == {"1": None}
    wait = promises(late_comer, [gone, returns])["1"]
    assert wait is not None
    assert wait.likely_s >= HOUR_S - MINUTE


def test_after_the_planned_end_of_a_duty_nobody_is_promised_a_call_until_doctors_were_seen_to_stay() -> None:
    ends = [LogDuty("1", at, at, at + 2 * HOUR_S, at + HOUR_S) for at in (NINE, NINE + DAY_S)]
    crowd = [LogEntry(f"{at}-{n}", "GEN", at + 50 * MINUTE + n) for at in (NINE, NINE + DAY_S) for n in range(12)]

    known = [wait is not None for wait in promises(crowd, ends).values()]

    assert known[0]
    assert not known[11]
    assert sum(known[:12]) < sum(known[12:])


def test_a_room_that_called_lately_is_there_without_a_roster() -> None:
    served = LogEntry("1", "GEN", NINE, NINE + 10, NINE + 100, None, "1")

    soon = promises([served, LogEntry("2", "GEN", NINE + 110)])["2"]
    hours_later = promises([served, LogEntry("2", "GEN", NINE + 3 * HOUR_S)])["2"]

    assert soon is not None
    assert hours_later is None


def test_without_a_roster_the_usual_opening_of_the_days_before_is_expected() -> None:
    days = [
        LogEntry(str(day), "GEN", NINE + day * DAY_S - HOUR_S, NINE + day * DAY_S, NINE + day * DAY_S + 60, None, "1")
        for day in range(5)
    ]

    made = promises(days)

    assert made["0"] is None
    assert made["4"] is not None
    assert 0.5 * HOUR_S < made["4"].likely_s < 1.5 * HOUR_S


def test_who_was_never_called_is_gone_the_next_day() -> None:
    forgotten = [LogEntry(f"old{n}", "GEN", NINE) for n in range(50)]
    duties = [LogDuty("1", NINE + DAY_S, NINE + DAY_S, None)]

    wait = promises([*forgotten, LogEntry("new", "GEN", NINE + DAY_S + 60)], duties)["new"]

    assert wait is not None
    assert wait.likely_s < MINUTE


def test_training_on_another_log_changes_the_promise() -> None:
    past = simulate(a_small_clinic(), 1, 5)
    future = simulate(a_small_clinic(), 1, 1, first_day=5)
    duties = [*past.duties, *future.duties]
    trained, fresh = Replay(duties), Replay(duties)

    trained.play(past.entries)

    assert trained.play(future.entries) != fresh.play(future.entries)
    assert trained.lines["GEN"].learned.consultation.weight > 300


def parsed(module: object, *arguments: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    module.configure(parser)  # type: ignore[attr-defined]
    return parser.parse_args(arguments)


def test_the_commands_make_a_clinic_and_replay_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    old, new, duty = tmp_path / "old.csv", tmp_path / "new.csv", tmp_path / "duty.csv"
    assert simulate_command.run(parsed(simulate_command, "--seed", "4", "--days", "2", "--out", str(old))) == 0
    later = ("--seed", "4", "--days", "1", "--first-day", "2", "--out", str(new), "--duty-out", str(duty))
    assert simulate_command.run(parsed(simulate_command, *later)) == 0

    assert command.run(parsed(command, str(new), "--duty", str(duty), "--train", str(old))) == 0

    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    ids = [row["id"] for row in csv.DictReader(io.StringIO(new.read_text()))]
    assert [row["id"] for row in rows] == ids
    assert all(int(row["low_s"]) <= int(row["likely_s"]) <= int(row["high_s"]) for row in rows)


def test_the_simulation_goes_to_standard_output_when_no_file_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert simulate_command.run(parsed(simulate_command, "--seed", "4", "--days", "1", "--clinic", "demo")) == 0

    queues = {row["queue"] for row in csv.DictReader(io.StringIO(capsys.readouterr().out))}
    assert queues == {"GEN", "DEN", "ENT"}


def test_a_number_of_days_below_one_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert simulate_command.run(parsed(simulate_command, "--days", "0")) == 2
    assert "--days is 0" in capsys.readouterr().err


def test_a_bad_line_ends_the_command_with_its_number(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    log = tmp_path / "LOG.csv"
    log.write_text("id,queue,joined_at,called_at,finished_at,left_at,room\n1,GEN,noon,,,,\n")

    assert command.run(parsed(command, str(log))) == 2

    printed = capsys.readouterr()
    assert printed.out == ""
    assert "LOG.csv line 2: joined_at 'noon' is not a time" in printed.err


def test_a_file_that_is_not_there_is_said_to_be_missing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert command.run(parsed(command, str(tmp_path / "none.csv"))) == 2
    assert "none.csv" in capsys.readouterr().err


def test_an_empty_log_gives_an_empty_answer(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    log, duty = tmp_path / "log.csv", tmp_path / "duty.csv"
    for path, write in ((log, write_log), (duty, write_duty)):
        with path.open("w") as file:
            write([], file)

    assert command.run(parsed(command, str(log), "--duty", str(duty))) == 0
    assert capsys.readouterr().out == "id,low_s,likely_s,high_s\n"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--lab", "1.5"), "--lab is 1.5"),
        (("--emergency", "noon"), "'noon' is not a time of day"),
        (("--doctors", "twox1"), "'twox1' is not a number of doctors"),
        (("--doctors", "2xfast"), "'2xfast' is not a number of doctors"),
    ],
)
def test_a_trouble_that_is_none_is_refused(
    arguments: tuple[str, ...], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert simulate_command.run(parsed(simulate_command, *arguments)) == 2
    assert said in capsys.readouterr().err


def test_troubles_are_simulated_and_replayed_by_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    log, duty = tmp_path / "log.csv", tmp_path / "duty.csv"
    troubles = "--late 40 --emergency 10:00 --lab 0.2 --lunch 60 --pace-by-day 0.3 --no-shows 0.25 --doctors 2x1.6"
    files = ("--days", "1", "--out", str(log), "--duty-out", str(duty))

    assert simulate_command.run(parsed(simulate_command, *troubles.split(), *files)) == 0
    assert command.run(parsed(command, str(log), "--duty", str(duty))) == 0

    kinds = {row["kind"] for row in csv.DictReader(io.StringIO(log.read_text()))}
    assert {"normal", "emergency"} <= kinds
    assert "-E1," in capsys.readouterr().out


def test_who_has_a_credit_is_promised_the_place_before_those_whom_it_overtakes() -> None:
    duty = LogDuty("1", NINE, NINE, None)
    crowd = [LogEntry(str(number), "GEN", NINE + number) for number in range(1, 9)]
    late = LogEntry("late", "GEN", NINE + 60)

    normal = promises([*crowd, late], [duty])["late"]
    assisted = promises([*crowd, replace(late, credit_s=600.0, kind="assisted")], [duty])["late"]

    assert normal is not None
    assert assisted is not None
    assert assisted.likely_s < 0.5 * normal.likely_s
