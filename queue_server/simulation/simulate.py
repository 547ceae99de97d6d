"""The command `smart-queue simulate`: days of a clinic that never was, as a log and a duty file for the replay."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from queue_server.simulation.clinic import a_clinic, a_small_clinic, simulate
from queue_server.simulation.logs import write_duty, write_log


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
    parser.add_argument("--out", type=Path, metavar="LOG.csv", help="the log; standard output if not named")
    parser.add_argument("--duty-out", type=Path, metavar="DUTY.csv", help="when the doctors were expected and came")


def run(arguments: argparse.Namespace) -> int:
    """Write the log and, if asked, the duty file. Returns 0, or 2 for a number of days below one."""
    if arguments.days < 1 or arguments.first_day < 0:
        sys.stderr.write(
            f"--days is {arguments.days}, --first-day {arguments.first_day}: at least 1 and 0 are needed.\n"
        )
        return 2
    plan = a_clinic() if arguments.clinic == "demo" else a_small_clinic()
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
