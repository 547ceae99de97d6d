"""`install`: from nothing to a server that runs, or from one version to the next. Asks nothing of the internet."""

from __future__ import annotations

import argparse
import fcntl
import platform
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

from . import first, settled, versions
from .asking import answers, flags
from .machine import Failed, as_server, is_root, systemctl
from .places import RECOVER, SERVER, UPDATE, Places
from .switch import Update, back, planned

MACHINES = ("x86_64", "aarch64")


def main(arguments: list[str] | None = None) -> int:
    """The exit status: 0 done, 1 not done, with the reason; an update that went back is not done."""
    given = flags().parse_args(arguments)
    bundle, places = Path(__file__).resolve().parent.parent, Places()
    try:
        _check_machine()
        alone = _alone(places)
        if back(places):
            systemctl("start", SERVER)
            _told("The last update was cut in the middle; the old version is back.")
        if given.prepare:
            _told(f"{versions.make(bundle, places, _told).name} is unpacked.")
        elif places.link.exists() and places.environment.exists():
            _update(bundle, places)
        else:
            _install(bundle, places, given)
    except Failed as failure:
        sys.stderr.write(f"{failure}\n")
        return 1
    alone.close()
    return 0


def _alone(places: Places) -> TextIO:
    """Nobody else installs as long as this file is open. Raises `Failed` when somebody does."""
    places.versions.mkdir(parents=True, exist_ok=True)
    file = (places.versions / "lock").open("w")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        raise Failed("Another installation is going on.") from error
    return file


def _install(bundle: Path, places: Places, given: argparse.Namespace) -> None:
    said = answers(given)
    version = versions.make(bundle, places, _told)
    _told("Starting the server …")
    first.install(places, version, bundle, said)
    _told(f"Smart Queue {version.name.split('-')[0]} runs and starts with this machine: {said.public_url}")
    _told(first.code(places))
    _told("Commands: sudo smart-queue --help        Settings: /etc/smart-queue/environment")


def _update(bundle: Path, places: Places) -> None:
    old = places.link.resolve()
    version = versions.make(bundle, places, _told)
    if version == old:
        _told(f"{version.name} is installed already.")
        return
    _told("Making a backup …")
    _backup(places, version)
    plan(places, version)
    _told("Changing to the new version; the server is away for some seconds …")
    _change(places, version)
    first.services(places, version)
    versions.tidy(places)
    _told(f"Smart Queue {version.name.split('-')[0]} runs.")


def plan(places: Places, version: Path) -> None:
    """What `smart-queue-update.service` will do is on the disk, and so is what a power cut in the middle needs."""
    old = places.link.resolve()
    if not places.link.is_symlink():
        _keep_units(places)
        old = places.versions / "by-hand"
    first.installer(places, version)
    for unit in (UPDATE, RECOVER):
        settled.copy(version / "units" / unit, places.units / unit)
    systemctl("daemon-reload")
    systemctl("enable", RECOVER)
    Update(str(old), str(version)).write(places)


def _keep_units(places: Places) -> None:
    """What was installed by hand has its services beside it, for a way back."""
    kept = places.link / "units"
    kept.mkdir(exist_ok=True)
    for unit in places.units.glob("smart-queue*.service"):
        settled.copy(unit, kept / unit.name)


def _change(places: Places, version: Path) -> None:
    try:
        systemctl("start", UPDATE)
    except Failed as failure:
        reason = f"{failure}\n  What was said: journalctl -u smart-queue-update"
        if places.link.resolve() == version and planned(places) is None:
            raise Failed(f"The new version is installed, but does not serve.\n{reason}") from failure
        raise Failed(f"The old version and its database are back: the new one did not start.\n{reason}") from failure


def _backup(places: Places, version: Path) -> None:
    """An ordinary backup, while the server runs; whatever becomes of the update, it stays as long as hourly ones."""
    folder = places.data / "backups"
    if not folder.is_dir():
        as_server(places, "mkdir", "-m", "0700", folder)
    file = folder / f"queue-{datetime.now(UTC):%Y%m%d-%H%M%S}.backup"
    as_server(places, version / "bin/smart-queue", "backup", file)


def _check_machine() -> None:
    if not is_root():
        raise Failed("This installs services: start it with sudo.")
    if sys.version_info < (3, 11):  # noqa: UP036  (what runs this is whatever the machine has)
        raise Failed(f"Python 3.11 or newer is needed (Debian 12 or 13); here is {platform.python_version()}.")
    if platform.machine() not in MACHINES:
        raise Failed(f"There are parts for {' and '.join(MACHINES)}, not for {platform.machine()}.")
    if not Path("/run/systemd/system").is_dir():
        raise Failed("systemd does not run here; containers: deploy/container.")


def _told(sentence: str) -> None:
    if sentence:
        sys.stdout.write(f"{sentence}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
