"""What goes onto the stick."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from deploy.bundle import native
from deploy.bundle.locked import Target, only, requirements

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"

#: What a kiosk's or a display's machine needs beside the installer.
SCREENS = ("start.html", "agent", "smart-queue-agent.service")

UNITS = (
    "smart-queue.service",
    "smart-queue-update.service",
    "smart-queue-recover.service",
)


def gather(folder: Path, targets: Sequence[Target], told: Callable[[str], None], tree: Path = ROOT) -> str:
    """The folder holds what the installer needs for the product as it is in `tree`; returns its version. Ends the
    program with the reason where something cannot be had."""
    wheels = folder / "wheels"
    wheels.mkdir()
    told("Building the wheel …")
    _run("build", "--wheel", "--no-isolation", "--outdir", wheels, tree)
    (wheel,) = wheels.glob("smart_queue-*.whl")
    lock, tools = (tree / "requirements.lock").read_text(), (ROOT / "tests" / "requirements.lock").read_text()
    for target in targets:
        told(f"Wheels for Python {target.python} on {target.machine} …")
        _download(wheels, requirements(lock, target), target.pip_flags)
    _download(wheels, only(tools, "pip"), [])
    for machine in sorted({target.machine for target in targets}):
        native.fetch(machine, folder / "native" / machine)
    (folder / "requirements.lock").write_text(lock)
    _files(folder)
    return wheel.name.split("-")[1]


def _files(folder: Path) -> None:
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(DEPLOY / "installer", folder / "installer", ignore=ignored)
    (folder / "units").mkdir()
    for name in UNITS:
        shutil.copy(DEPLOY / name, folder / "units")
    shutil.copytree(DEPLOY / "screen", folder / "screens" / "screen", ignore=ignored)
    for name in SCREENS:
        shutil.copy(DEPLOY / name, folder / "screens")
    shutil.copy(DEPLOY / "environment", folder)
    shutil.copy(ROOT / "LICENSE", folder)


def _download(wheels: Path, text: str, flags: Sequence[str]) -> None:
    named = wheels / "requirements.txt"
    named.write_text(text)
    common = ("--no-deps", "--require-hashes", "--disable-pip-version-check", "--quiet", "--no-input")
    _run("pip", "download", *common, *flags, "--dest", wheels, "--requirement", named)
    named.unlink()


def _run(module: str, *arguments: str | Path) -> None:
    command = [sys.executable, "-m", module, *map(str, arguments)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode != 0:
        sys.exit(f"{' '.join(command[1:4])} failed:\n{done.stderr.strip()[-2000:]}")
