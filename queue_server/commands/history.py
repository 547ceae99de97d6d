"""`smart-queue seed-history`."""

from __future__ import annotations

import argparse
import sys

from queue_server.commands.command import Command, database_flag, events_flag, with_services
from queue_server.services import Services
from queue_server.simulation import seeded_history


def _flags(parser: argparse.ArgumentParser) -> None:
    database_flag(parser)
    events_flag(parser)
    parser.add_argument("--days", type=int, default=365, help="how many days, up to yesterday, Sundays off (365)")
    parser.add_argument("--patients", type=int, default=400, help="how many patients a day (400)")
    parser.add_argument("--seed", type=int, default=1, help="the same seed makes the same days (1)")


def _run(given: argparse.Namespace) -> None:
    async def make(services: Services) -> tuple[int, int]:
        made = await seeded_history.seed(services, given.days, given.patients, given.seed)
        return made, await services.analytics.tallies.keep()

    made, days = with_services(given, make)
    sys.stdout.write(f"Made {made} tokens on {days} days.\n")


COMMANDS = (
    Command(
        "seed-history",
        "Give a new clinic an invented past, to try out its reports.",
        "seed-history --days 365 --patients 400",
        _run,
        _flags,
        task="Making days",
    ),
)
