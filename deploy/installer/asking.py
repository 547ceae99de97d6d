"""The three questions of a first install, each with an answer that Enter gives, and flags in their place."""

from __future__ import annotations

import argparse
import re
import socket
import sys
from dataclasses import dataclass

from .machine import Failed

ADDRESS = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?")


@dataclass(frozen=True)
class Answers:
    """`address`: a name or an address by which the clinic's devices reach this machine. `backup_folder`: on another
    disk, or empty."""

    address: str
    port: int
    is_https: bool
    backup_folder: str

    @property
    def public_url(self) -> str:
        return f"{'https' if self.is_https else 'http'}://{self.address}:{self.port}"


def flags() -> argparse.ArgumentParser:
    """What may be said instead of answering."""
    made = argparse.ArgumentParser(
        prog="install",
        description="Install Smart Queue on this machine, or update it, without the internet.",
        epilog="An update asks nothing, and goes back to the old version when the new one does not become ready.",
    )
    made.add_argument("--address", default="", help="name or address by which devices reach this machine")
    made.add_argument("--port", type=int, default=8000, help="port of the server (%(default)s)")
    made.add_argument("--https", action=argparse.BooleanOptionalAction, help="HTTPS by a certificate of its own")
    made.add_argument("--backup-folder", help="a folder on another disk, for a copy of each backup")
    made.add_argument("--prepare", action="store_true", help="only unpack, so that the next run takes seconds")
    made.add_argument("--yes", action="store_true", help="ask nothing: what no flag says is as Enter would answer")
    return made


def answers(given: argparse.Namespace) -> Answers:
    """From flags, and else from whoever sits there. Raises `Failed` when nobody does, or an answer makes no sense."""
    if not given.yes and not sys.stdin.isatty():
        raise Failed("Nobody can be asked here: add --yes, and flags for what is not as usual (--help shows them).")
    own = _own_address()
    address = given.address or _ask(given, "By which name or address do the clinic's devices reach this machine?", own)
    if ADDRESS.fullmatch(address) is None:
        raise Failed(f"{address!r} is no name or address.")
    https = given.https
    if https is None:
        said = _ask(given, "HTTPS by a certificate of its own? Microphones and alerts on phones need it (y/n)", "y")
        https = said.lower().startswith("y")
    backups = given.backup_folder
    if backups is None:
        backups = _ask(given, "A folder on another disk for copies of the backups? (empty: none)", "")
    if backups and not backups.startswith("/"):
        raise Failed(f"{backups!r} must begin with a slash.")
    return Answers(address, given.port, https, backups)


def _ask(given: argparse.Namespace, question: str, usual: str) -> str:
    if given.yes:
        return usual
    return input(f"{question} [{usual}] ").strip() or usual


def _own_address() -> str:
    """The address that this machine has in its network, or its name where it is in none. Nothing is sent."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asked:
        try:
            asked.connect(("192.0.2.1", 9))
        except OSError:
            return socket.gethostname()
        return str(asked.getsockname()[0])
