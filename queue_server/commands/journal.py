"""`smart-queue verify`, `events` and `queues`: what happened, and how the queues stand."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from queue_server.commands.backups import check, check_opens, key_flag
from queue_server.commands.command import Command, database_flag, json_flag, show, with_services
from queue_server.services import Services
from queue_server.services.programs.journal import JournalLine


def _verify(given: argparse.Namespace) -> int:
    if given.file is not None:
        check(given.file, is_unchecked=False)
        if given.recovery_key is not None:
            check_opens(given)
        return 0
    bad, good = with_services(given, lambda services: services.programs.journal.first_bad_line())
    if bad is not None:
        sys.stderr.write(f"Line {bad} does not fit the chain; the {good} lines before it do.\n")
        return 1
    sys.stdout.write(f"All {good} lines fit the chain.\n")
    return 0


def _verify_flags(parser: argparse.ArgumentParser) -> None:
    database_flag(parser)
    parser.add_argument("file", type=Path, nargs="?", metavar="FILE", help="a backup, with its manifest beside it")
    key_flag(parser)


def _events_flags(parser: argparse.ArgumentParser) -> None:
    json_flag(parser)
    parser.add_argument("--after", type=int, default=0, help="the number of the last line that is known (0)")
    parser.add_argument("--limit", type=int, default=100, help="how many lines at most (100)")


def _events(given: argparse.Namespace) -> None:
    async def read(services: Services) -> list[JournalLine]:
        if services.store.is_postgres:
            await services.programs.journal.seal()
        return await services.programs.journal.events(given.after, given.limit)

    show(given, with_services(given, read), ["number", "at", "kind", "actor", "token", "data"])


def _queues(given: argparse.Namespace) -> None:
    found, _ = with_services(given, lambda services: services.screens.lists.departments(0, sys.maxsize))
    rows = [one | {"likely_wait_s": one["wait"]["likely_s"] if one["wait"] else None} for one in found]
    show(given, rows, ["code", "names", "is_open", "waiting", "likely_wait_s"])


COMMANDS = (
    Command(
        "verify",
        "Check the journal's chain and name the first bad line; with FILE, that a backup is as it was written.",
        "verify",
        _verify,
        _verify_flags,
    ),
    Command(
        "events",
        "Read the journal from a cursor on.",
        "events --after 418 --limit 1000 --json",
        _events,
        _events_flags,
    ),
    Command(
        "queues",
        "Show who waits where, and how long a newcomer would wait.",
        "queues --json",
        _queues,
        json_flag,
    ),
)
