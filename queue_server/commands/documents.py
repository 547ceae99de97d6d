"""The command that opens the documents, which come with the program as a site."""

from __future__ import annotations

import argparse
import sys
import webbrowser

from queue_server import paths
from queue_server.commands.command import Command

_MISSING = (
    "The documents did not come with this installation. In a checkout of the project scripts/docs makes them; the file "
    "for the stick and the Debian package bring them along.\n"
)


def _show(given: argparse.Namespace) -> int:
    first = paths.DOCUMENTS / "index.html"
    if not first.exists():
        sys.stderr.write(_MISSING)
        return 1
    sys.stdout.write(f"{first.as_uri()}\n")
    if not given.address:
        webbrowser.open(first.as_uri())
    return 0


def _flags(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--address", action="store_true", help="only say where they are")


COMMANDS = (
    Command(
        "docs",
        "Open the documents in a browser, without any network.",
        "docs",
        _show,
        _flags,
        more="\nWhere there is no browser, copy the folder that is named to a machine that has one.\n",
    ),
)
