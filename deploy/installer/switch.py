"""From one version to another, and back: old or new, never neither, whenever the power goes or a process is killed.

    python3 -m installer.switch go        what smart-queue-update.service does
    python3 -m installer.switch back      what it does last, whatever became of it, and what the next start does first

`update.json` is the whole memory. It is there from the plan to the decision; as long as it is there, the old version
and the old database are what counts, and `back` brings them back. Taking it away is the decision for the new version,
which has been seen ready by then, on a port that nobody else knows: nobody has been given a number that a way back
would lose. See docs/decisions/0053-updates.md.
"""

from __future__ import annotations

import shutil
import sys
import time
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from pathlib import Path

from . import settled
from .machine import Failed, as_server, becomes_ready, free_port, settings, systemctl
from .places import SERVER, Places

#: After its start, which includes the migrations, a new version shows within so many seconds that it can serve.
READY_WITHIN_S = 40.0
TRIES_AGAIN_AFTER_S = 5.0


class Phase(StrEnum):
    """How far an update is. From `MOVING` on there is a copy of the database, and it is put back by a way back."""

    PLANNED = "planned"
    MOVING = "moving"


@dataclass(frozen=True)
class Update:
    """From the folder `old` to the folder `new`."""

    old: str
    new: str
    phase: Phase = Phase.PLANNED

    def write(self, places: Places) -> None:
        settled.remember(places.state, asdict(self))


def planned(places: Places) -> Update | None:
    """The update that is not decided yet."""
    found = settled.recall(places.state)
    return Update(found["old"], found["new"], Phase(found["phase"])) if found else None


def go(places: Places) -> None:
    """The new version serves, with the database that it has migrated. Raises `Failed`; then `back` is to be called."""
    update = planned(places)
    if update is None or update.phase is not Phase.PLANNED:
        return
    systemctl("stop", SERVER)
    settled.remove(places.copy)
    _database(places, update, "copy")
    replace(update, phase=Phase.MOVING).write(places)
    _use(places, Path(update.new))
    try_out(places)
    settled.remove(places.state)
    settled.remove(places.copy)
    systemctl("start", SERVER)
    await_server(places)


def back(places: Places, *, is_booting: bool = False) -> bool:
    """The old version with its database is what the next start serves, unless the update was decided already.

    Whether there was anything to do. While the machine starts, the server is not running, and asking systemd to stop
    it would take its start back.
    """
    update = planned(places)
    if update is None:
        settled.remove(places.copy)
        return False
    _end_trial(places)
    if update.phase is Phase.MOVING:
        if not is_booting:
            systemctl("stop", SERVER)
        _database(places, update, "put-back")
        _use(places, Path(update.old))
    settled.remove(places.state)
    settled.remove(places.copy)
    return True


def recover(places: Places) -> None:
    """As `back`, while the machine starts; a database on another machine may be there only later."""
    while True:
        try:
            back(places, is_booting=True)
        except Failed as failure:
            sys.stderr.write(f"{failure}\n")
            time.sleep(TRIES_AGAIN_AFTER_S)
        else:
            return


def try_out(places: Places) -> None:
    """The version that the link leads to has migrated the database and is able to serve; now it is stopped again.

    As in real life (its unit, user and settings), but on a port of loopback that nobody knows, and without printers.
    Raises `Failed`.
    """
    port = free_port()
    settled.write(places.trial, f"QUEUE_HOST=127.0.0.1\nQUEUE_PORT={port}\nQUEUE_PRINTER=\n")
    settled.write(places.trial_unit, f"[Service]\nEnvironmentFile={places.trial}\n")
    systemctl("daemon-reload")
    systemctl("start", SERVER)
    is_https = bool(settings(places.environment).get("QUEUE_TLS_CERT"))
    is_ready = becomes_ready(port, is_https=is_https, within_s=READY_WITHIN_S)
    systemctl("stop", SERVER)
    _end_trial(places)
    if not is_ready:
        raise Failed("The new version did not become ready; what it said: journalctl -u smart-queue")


def await_server(places: Places) -> None:
    """The server is ready at the address of its settings. Raises `Failed`."""
    given = settings(places.environment)
    port, is_https = int(given.get("QUEUE_PORT", "8000")), bool(given.get("QUEUE_TLS_CERT"))
    if not becomes_ready(port, is_https=is_https, within_s=READY_WITHIN_S):
        raise Failed(f"The server does not answer on port {port}; what it said: journalctl -u smart-queue")


def _use(places: Places, version: Path) -> None:
    """The next start is this version's, with its unit."""
    if places.link.is_dir() and not places.link.is_symlink():
        # Installed by hand, as a folder. Its programs name this path in their first line, so it goes on serving.
        places.link.rename(places.versions / "by-hand")
    for unit in sorted((version / "units").glob("*")):
        settled.copy(unit, places.units / unit.name)
    settled.point(places.link, version)
    systemctl("daemon-reload")


def _database(places: Places, update: Update, task: str) -> None:
    as_server(places, Path(update.new) / "bin/python", "-I", "-m", "queue_server.updating", task, places.copy)


def _end_trial(places: Places) -> None:
    places.trial.unlink(missing_ok=True)
    shutil.rmtree(places.trial_unit.parent, ignore_errors=True)
    systemctl("daemon-reload")


def main(task: str, places: Places) -> int:
    """The exit status."""
    try:
        match task:
            case "go":
                go(places)
            case "back":
                back(places)
                systemctl("start", SERVER)
            case "recover":
                recover(places)
            case _:
                sys.stderr.write("go, back or recover?\n")
                return 2
    except Failed as failure:
        sys.stderr.write(f"{failure}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else "", Places()))
