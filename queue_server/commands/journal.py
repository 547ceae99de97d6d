"""`smart-queue verify`."""

from __future__ import annotations

import argparse
import sys

from queue_server.commands.command import Command, database_flag, with_services


def _verify(given: argparse.Namespace) -> int:
    bad, good = with_services(given, lambda services: services.reports.first_bad_line())
    if bad is not None:
        sys.stderr.write(f"Line {bad} does not fit the chain; the {good} lines before it do.\n")
        return 1
    sys.stdout.write(f"All {good} lines fit the chain.\n")
    return 0


COMMANDS = (
    Command(
        "verify",
        "Check the journal's chain and name the first bad line.",
        "smart-queue verify",
        _verify,
        database_flag,
    ),
)
