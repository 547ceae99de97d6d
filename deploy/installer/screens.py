"""A kiosk's or a display's machine goes from one version to another, and back: old or new, never neither.

    python3 -m installer.screens go        what smart-queue-screen-update.service does
    python3 -m installer.screens back      what it does last, whatever became of it
    python3 -m installer.screens recover   what the next start does first, after a power cut in the middle

As on the server (`switch`): `screen-update.json` is there from the plan to the decision, and as long as it is there,
what was there before counts. There is no database to copy: a keeper's numbers stay, since they are on paper.
"""

from __future__ import annotations

import shutil
import sys
import time
from dataclasses import asdict, dataclass, replace
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from . import settled, versions
from .machine import Failed, run, settings, systemctl
from .places import Places
from .switch import Phase

UPDATE = "smart-queue-screen-update.service"
SHOWN = ("smart-queue-agent.service", "smart-queue-screen.service")
KEEPER = "http://localhost:8321/"
#: A browser or an agent that cannot start has ended by then.
STEADY_S = 20.0
READY_WITHIN_S = 60.0

_UNITS = "etc/systemd/system"
_UPDATING = ("night.service", "fetch.service", "fetch.timer", "update.service", "recover.service")
#: In the release → on the machine. Only what the machine has already is replaced: a display has no print agent.
FILES = {
    "screens/screen/session": "usr/local/lib/smart-queue-screen/session",
    "screens/start.html": "usr/local/share/smart-queue/start.html",
    "screens/smart-queue-agent.service": f"{_UNITS}/smart-queue-agent.service",
    "screens/screen/smart-queue-screen.service": f"{_UNITS}/smart-queue-screen.service",
    **{f"screens/screen/smart-queue-screen-{name}": f"{_UNITS}/smart-queue-screen-{name}" for name in _UPDATING},
}


@dataclass(frozen=True)
class Update:
    """From the version `was` to `version`, whose program, where this machine has one, is in the folder `new`; `old` is
    that before."""

    was: str
    version: str
    old: str
    new: str
    phase: Phase = Phase.PLANNED

    def write(self, places: Places) -> None:
        settled.remember(places.screen_state, asdict(self))


def planned(places: Places) -> Update | None:
    """The update that is not decided yet."""
    found = settled.recall(places.screen_state)
    return Update(found["was"], found["version"], found["old"], found["new"], Phase(found["phase"])) if found else None


def settled_versions(places: Places) -> set[str]:
    """What need not be fetched: the version in use, and one that did not become ready here."""
    return {
        path.read_text(encoding="utf-8") for path in (places.screen_version, places.screen_refused) if path.exists()
    }


def plan(places: Places, version: str, program: Path | None) -> None:
    """What `go` will do, and all that a way back needs, is on the disk. Raises `Failed`."""
    if program is not None and places.link.is_dir() and not places.link.is_symlink():
        raise Failed(f"{places.link} was installed by hand, as a folder: move it away once.")
    shutil.rmtree(places.before, ignore_errors=True)
    for name in FILES.values():
        if (places.root / name).exists():
            settled.copy(places.root / name, places.before / name)
    old = str(places.link.resolve()) if places.link.is_symlink() else ""
    was = places.screen_version.read_text(encoding="utf-8") if places.screen_version.exists() else ""
    Update(was, version, old, str(program or "")).write(places)


def go(places: Places) -> None:
    """The new version shows something. Raises `Failed`; then `back` is to be called."""
    update = planned(places)
    if update is None or update.phase is not Phase.PLANNED:
        return
    replace(update, phase=Phase.MOVING).write(places)
    for source, name in FILES.items():
        if (places.root / name).exists():
            # What came from the server has no rights of its own: the session goes on being a program.
            mode = (places.root / name).stat().st_mode & 0o777
            settled.write(places.root / name, (places.fetched / source).read_text(encoding="utf-8"), mode)
    if update.new:
        settled.point(places.link, Path(update.new))
    if not becomes_ready(places, _restarted()):
        settled.write(places.screen_refused, update.version)
        raise Failed(f"The version {update.version} did not become ready; what it said: journalctl -b")
    settled.write(places.screen_version, update.version)
    settled.remove(places.screen_state)
    _tidy(places)


def back(places: Places, *, is_booting: bool = False) -> bool:
    """What was there before is what the next start shows, unless the update was decided; whether it was not."""
    update = planned(places)
    if update is None:
        return False
    if update.phase is Phase.MOVING:
        for name in FILES.values():
            if (places.before / name).exists():
                settled.copy(places.before / name, places.root / name)
        if update.old:
            settled.point(places.link, Path(update.old))
        elif update.new:
            settled.remove(places.link)
        if update.was:
            settled.write(places.screen_version, update.was)
        else:
            settled.remove(places.screen_version)
        if is_booting:
            systemctl("daemon-reload")
        else:
            _restarted()
    settled.remove(places.screen_state)
    _tidy(places)
    return True


def _restarted() -> list[str]:
    """The services that this machine starts by itself run anew, as their units are now."""
    systemctl("daemon-reload")
    ours = [
        unit for unit in SHOWN if run("systemctl", "show", "--property=UnitFileState", "--value", unit) == "enabled\n"
    ]
    for unit in ours:
        systemctl("restart", unit)
    return ours


def becomes_ready(places: Places, units: list[str]) -> bool:
    """Whether they all run for a while without ending, and the keeper, where there is one, answers."""
    is_keeper = units and settings(places.screen).get("SCREEN", "").startswith(KEEPER)
    end, steady = time.monotonic() + READY_WITHIN_S, time.monotonic() + STEADY_S
    while time.monotonic() < end:
        if any(_state(unit) != ("active", "0") for unit in units):
            return False
        if not units or (time.monotonic() >= steady and (not is_keeper or _answers())):
            return True
        time.sleep(0.5)
    return False


def _state(unit: str) -> tuple[str, str]:
    """Whether it runs, and how often it has been started anew."""
    said = run("systemctl", "show", "--property=ActiveState,NRestarts", unit)
    found = dict(line.split("=", 1) for line in said.splitlines())
    return found.get("ActiveState", ""), found.get("NRestarts", "")


def _answers() -> bool:
    asked = HTTPConnection("127.0.0.1", 8321, timeout=4)
    try:
        asked.request("GET", "/healthz")
        return asked.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        asked.close()


def _tidy(places: Places) -> None:
    for folder in (places.fetched, places.before):
        shutil.rmtree(folder, ignore_errors=True)
    if places.link.is_symlink():
        versions.tidy(places)


def main(task: str, places: Places) -> int:
    """The exit status."""
    try:
        match task:
            case "go":
                go(places)
            case "back":
                back(places)
            case "recover":
                back(places, is_booting=True)
            case _:
                sys.stderr.write("go, back or recover?\n")
                return 2
    except Failed as failure:
        sys.stderr.write(f"{failure}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else "", Places()))
