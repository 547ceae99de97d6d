"""The command `smart-queue simulate`: days of a clinic that never was, as a log and a duty file for the replay."""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from datetime import time
from pathlib import Path

from queue_server.simulation.clinic import (
    HOUR_S,
    ClinicPlan,
    SimulatedDoctor,
    Troubles,
    a_clinic,
    a_small_clinic,
    simulate,
)
from queue_server.simulation.queue_logs import write_duty, write_log


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `smart-queue simulate`."""
    parser.description = "Play days of a seeded clinic and write them as a log for replay-waits."
    parser.add_argument("--seed", type=int, default=1, help="the same seed always makes the same days")
    parser.add_argument("--days", type=int, default=20, help="how many days, counted from --first-day")
    parser.add_argument(
        "--first-day", type=int, default=0, help="the number of the first day, to go on where one ended"
    )
    parser.add_argument(
        "--clinic", choices=("small", "demo"), default="small", help="two doctors, or three departments"
    )
    parser.add_argument("--doctors", metavar="NUMBERxPACE", help="2x1.6: two doctors, consultations 1.6 times as long")
    parser.add_argument("--pace-by-day", type=float, metavar="DEVIATION", help="how much days differ: 0.3")
    parser.add_argument("--no-shows", type=float, metavar="SHARE", help="how many of those called do not come: 0.25")
    parser.add_argument("--late", type=float, metavar="MINUTES", help="the first doctor begins so late, on every day")
    parser.add_argument("--late-doctors", type=int, default=1, metavar="NUMBER", help="how many doctors are late")
    parser.add_argument("--emergency", nargs="+", default=[], metavar="HH:MM", help="an emergency joins at this time")
    parser.add_argument("--lab", type=float, metavar="SHARE", help="how many come back from the laboratory: 0.2")
    parser.add_argument("--lunch", type=float, metavar="MINUTES", help="a lunch at eleven that nobody was told of")
    parser.add_argument("--out", type=Path, metavar="LOG.csv", help="the log; standard output if not named")
    parser.add_argument("--duty-out", type=Path, metavar="DUTY.csv", help="when the doctors were expected and came")


def shaped(plan: ClinicPlan, arguments: argparse.Namespace) -> ClinicPlan:
    """Return the plan with the habits and troubles that were asked for. Raises ValueError for what is none."""
    troubles = Troubles(
        late_s=60.0 * (arguments.late or 0.0),
        late_doctors=arguments.late_doctors,
        emergencies_s=tuple(_time_of_day(text) for text in arguments.emergency),
        lab_share=_share("lab", arguments.lab or 0.0),
        lunch_s=60.0 * (arguments.lunch or 0.0),
    )
    plan = replace(plan, troubles=troubles)
    if arguments.pace_by_day is not None:
        plan = replace(plan, pace_by_day=_share("pace-by-day", arguments.pace_by_day))
    if arguments.no_shows is not None:
        plan = replace(plan, no_show_share=_share("no-shows", arguments.no_shows))
    if arguments.doctors is not None:
        first, *others = plan.departments
        plan = replace(plan, departments=(replace(first, doctors=_doctors(arguments.doctors)), *others))
    return plan


def _share(name: str, value: float) -> float:
    if not 0.0 <= value < 1.0:
        raise ValueError(f"--{name} is {value:g}: a share from 0 to below 1 is needed.")
    return value


def _time_of_day(text: str) -> float:
    try:
        at = time.fromisoformat(text)
    except ValueError:
        raise ValueError(f"--emergency {text!r} is not a time of day like 10:00.") from None
    return at.hour * HOUR_S + at.minute * 60.0


def _doctors(text: str) -> tuple[SimulatedDoctor, ...]:
    number, _, pace = text.partition("x")
    if not number.isdecimal() or not 1 <= int(number) <= 50:
        raise ValueError(f"--doctors {text!r} is not a number of doctors and a pace like 2x1.6.")
    try:
        factor = float(pace or 1.0)
    except ValueError:
        factor = 0.0
    if not 0.05 <= factor <= 20.0:
        raise ValueError(f"--doctors {text!r} is not a number of doctors and a pace like 2x1.6.")
    return tuple(SimulatedDoctor(f"Doctor {one}", str(one), factor) for one in range(1, int(number) + 1))


def run(arguments: argparse.Namespace) -> int:
    """Write the log and, if asked, the duty file. Returns 0, or 2 for a number of days below one."""
    if arguments.days < 1 or arguments.first_day < 0:
        sys.stderr.write(
            f"--days is {arguments.days}, --first-day {arguments.first_day}: at least 1 and 0 are needed.\n"
        )
        return 2
    try:
        plan = shaped(a_clinic() if arguments.clinic == "demo" else a_small_clinic(), arguments)
    except ValueError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    played = simulate(plan, arguments.seed, arguments.days, arguments.first_day)
    if arguments.out:
        with arguments.out.open("w", encoding="utf-8", newline="") as file:
            write_log(played.entries, file)
    else:
        write_log(played.entries, sys.stdout)
    if arguments.duty_out:
        with arguments.duty_out.open("w", encoding="utf-8", newline="") as file:
            write_duty(played.duties, file)
    return 0
