"""A kiosk's keeper as a process of its own, whose clock may be wrong and whose power may go.

    python -m tests.chaos.keeper_program SECONDS_AHEAD FOLDER arguments-of-kiosk-agent…

SIGUSR1 cuts the power: FOLDER is given what a disk that loses, tears and reorders what was not flushed has left of the
keeper's database, and the process is gone.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import sys
from datetime import datetime, timedelta
from pathlib import Path
from unittest import mock

from kiosk.keeper import command
from kiosk.keeper.timekeeping import MachineClock
from tests.chaos.recorded_disk import Disk, Recording, recording

#: As after `kill -9`.
KILLED = 137


def cut(made: Recording, folder: Path) -> None:
    """The folder has what is left; nothing else of this process is."""
    steps = list(made.steps)
    disk = Disk({path: bytearray(data) for path, data in made.before.items()})
    for step in steps:
        disk.take(step)
    folder.mkdir(parents=True, exist_ok=True)
    disk.cut(folder, random.Random())
    os._exit(KILLED)


def main(seconds_ahead: str, folder: str, *arguments: str) -> int:
    """Runs until it is stopped."""
    ahead, now = timedelta(seconds=float(seconds_ahead)), MachineClock.now

    def wrong(clock: MachineClock) -> datetime:
        return now(clock) + ahead

    with recording() as made, mock.patch.object(MachineClock, "now", wrong):
        signal.signal(signal.SIGUSR1, lambda *_: cut(made, Path(folder)))
        parser = argparse.ArgumentParser()
        command.configure(parser)
        return command.run(parser.parse_args(arguments))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
