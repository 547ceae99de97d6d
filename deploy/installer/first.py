"""A first install. Each step may be repeated, so one that was cut goes on from where it was."""

from __future__ import annotations

import json
import os
import pwd
import shutil
import subprocess
from pathlib import Path

from . import settled
from .asking import Answers
from .machine import as_server, run, systemctl
from .places import RECOVER, SERVER, USER, Places
from .switch import await_server


def install(places: Places, version: Path, bundle: Path, answers: Answers) -> None:
    """The server runs, and starts with the machine. Raises `Failed`."""
    _user(places)
    _settings(places, bundle, answers)
    settled.point(places.link, version)
    if answers.is_https:
        _certificate(places, answers)
    services(places, version)
    systemctl("enable", SERVER, RECOVER)
    systemctl("restart", SERVER)
    await_server(places)


def services(places: Places, version: Path) -> None:
    """systemd knows this version's services, and `smart-queue` is a command of this machine."""
    for unit in sorted((version / "units").glob("*")):
        settled.copy(unit, places.units / unit.name)
    installer(places, version)
    places.command.parent.mkdir(parents=True, exist_ok=True)
    settled.write(places.command, (version / "installer" / "command.py").read_text(encoding="utf-8"), 0o755)
    systemctl("daemon-reload")


def installer(places: Places, version: Path) -> None:
    """The services of updates find this version's installer where they look for it."""
    new = places.versions / "installer.new"
    shutil.rmtree(new, ignore_errors=True)
    shutil.copytree(version / "installer", new)
    settled.move(new, places.versions / "installer")


def code(places: Places) -> str:
    """The code of the first start, as the server has said it; empty when it says none any more."""
    command = ["journalctl", f"--unit={SERVER}", "--boot", "--output=cat", "--no-pager"]
    said = subprocess.run(command, capture_output=True, text=True, check=False).stdout  # noqa: S603
    return next((line for line in reversed(said.splitlines()) if "type the code" in line), "")


def _user(places: Places) -> None:
    try:
        pwd.getpwnam(USER)
    except KeyError:
        run("useradd", "--system", "--user-group", "--home-dir", places.data, "--shell", "/usr/sbin/nologin", USER)
    places.data.mkdir(parents=True, exist_ok=True)
    places.data.chmod(0o700)
    if places.data.owner() != USER:
        # After a package was purged, root alone keeps what was there.
        run("chown", "--recursive", f"{USER}:{USER}", places.data)


def _settings(places: Places, bundle: Path, answers: Answers) -> None:
    """Those that somebody has changed by hand stay."""
    if places.environment.exists():
        return
    text = (bundle / "environment").read_text(encoding="utf-8")
    text = text.replace("QUEUE_PUBLIC_URL=https://queue.example", f"QUEUE_PUBLIC_URL={answers.public_url}")
    text = text.replace("QUEUE_HOST=127.0.0.1", "QUEUE_HOST=0.0.0.0")
    text = text.replace("QUEUE_PORT=8000", f"QUEUE_PORT={answers.port}")
    if answers.backup_folder:
        text = text.replace("#QUEUE_BACKUP_FOLDER=/mnt/backups", f"QUEUE_BACKUP_FOLDER={answers.backup_folder}")
    places.environment.parent.mkdir(parents=True, exist_ok=True)
    settled.write(places.environment, text, 0o640)
    os.chown(places.environment, 0, pwd.getpwnam(USER).pw_gid)


def _certificate(places: Places, answers: Answers) -> None:
    command: list[str | Path] = [
        places.link / "bin/smart-queue",
        "tls",
        "--data",
        places.data,
        "--name",
        answers.address,
        "--json",
    ]
    told = json.loads(as_server(places, *command))
    text = places.environment.read_text(encoding="utf-8")
    if "\nQUEUE_TLS_CERT=" not in text:
        lines = f"\nQUEUE_TLS_CERT={told['certificate']}\nQUEUE_TLS_KEY={told['key']}\n"
        settled.write(places.environment, text + lines, 0o640)
        os.chown(places.environment, 0, pwd.getpwnam(USER).pw_gid)
