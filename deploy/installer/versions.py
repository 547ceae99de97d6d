"""The versions that lie on the machine: each a folder with an environment of its own, whole or not there at all."""

from __future__ import annotations

import hashlib
import platform
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

from . import release, settled
from .machine import Failed, run
from .places import Places

#: A version that was replaced stays, in case somebody wants to look something up; older ones go.
KEPT = 2


def name_of(bundle: Path) -> str:
    """What this version's folder is called: by what is in it, and by the Python that it is for."""
    (wheel,) = (bundle / "wheels").glob("smart_queue-*.whl")
    told = hashlib.sha256(wheel.read_bytes() + (bundle / "requirements.lock").read_bytes()).hexdigest()[:8]
    return f"{wheel.name.split('-')[1]}-{told}-py{sys.version_info.major}.{sys.version_info.minor}"


def make(bundle: Path, places: Places, told: Callable[[str], None], *, hands_out: bool = True) -> Path:
    """The version of the bundle lies in its folder. Raises `Failed`; then there is no such folder.

    `hands_out`: it keeps what it is made from, for the clinic's screens.
    """
    whole = places.versions / name_of(bundle)
    if whole.exists():
        return whole
    unfinished = whole.with_name(f"{whole.name}.unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(parents=True)
    _environment(bundle, unfinished, told)
    for source in ("units", "installer"):
        shutil.copytree(bundle / source, unfinished / source)
    if hands_out:
        release.keep(bundle, unfinished / release.FOLDER, whole.name.rpartition("-")[0])
    _move_programs(unfinished, whole)
    settled.move(unfinished, whole)
    return whole


def _environment(bundle: Path, folder: Path, told: Callable[[str], None]) -> None:
    run(sys.executable, "-m", "venv", "--without-pip", folder)
    (pip,) = (bundle / "wheels").glob("pip-*.whl")
    command: list[str | Path] = [
        folder / "bin/python",
        pip / "pip",
        "install",
        "--no-index",
        "--disable-pip-version-check",
        "--no-input",
    ]
    told("Unpacking the parts that it is made of; this is the longest step, a minute or two …")
    found_in = {"PIP_FIND_LINKS": str(bundle / "wheels")}
    run(*command, "--require-hashes", "-r", bundle / "requirements.lock", env=found_in)
    told("Unpacking Smart Queue itself …")
    run(*command, "--no-deps", next((bundle / "wheels").glob("smart_queue-*.whl")))
    _library(bundle, folder)
    said = run(folder / "bin/python", "-I", "-m", "queue_server.cli", "--version")
    if not said.startswith("smart-queue "):
        raise Failed(f"What was unpacked does not start; it said: {said}")


def _library(bundle: Path, folder: Path) -> None:
    """Pillow finds FriBidi beside its own libraries; without it Indian scripts and Urdu are drawn letter by letter."""
    (beside,) = folder.glob("lib/python*/site-packages/pillow.libs")
    for file in (bundle / "native" / platform.machine()).glob("*"):  # a Debian package asks for Debian's own instead
        shutil.copyfile(file, beside / file.name)
    said = run(folder / "bin/python", "-I", "-c", "from PIL import features; print(features.check('raqm'))")
    if said.strip() != "True":
        raise Failed("The letters of Indian scripts cannot be joined: FriBidi does not load.")


def _move_programs(made: Path, stays: Path) -> None:
    """The programs in `bin`, which name their folder in their first line, start when it has its other name."""
    for program in (made / "bin").iterdir():
        if not program.is_symlink() and program.is_file():
            text = program.read_bytes()
            program.write_bytes(text.replace(str(made).encode(), str(stays).encode()))


def tidy(places: Places) -> None:
    """Older versions, and what was not finished, are gone; the one in use and the one before it stay."""
    used = places.link.resolve()
    folders = [path for path in places.versions.iterdir() if path.is_dir() and (path / "bin").is_dir()]
    whole = sorted((path for path in folders if path.suffix != ".unfinished"), key=lambda path: -path.stat().st_mtime)
    before = [path for path in whole if path.resolve() != used][: KEPT - 1]
    for path in folders:
        if path.resolve() == used:
            continue
        # What is not in use hands nothing out.
        shutil.rmtree(path / release.FOLDER if path in before else path, ignore_errors=True)
