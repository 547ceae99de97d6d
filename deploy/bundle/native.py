"""The one library that no wheel brings: FriBidi; without it Pillow draws Indian scripts and Urdu letter by letter."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

PACKAGE = "libfribidi0"
LIBRARY = "libfribidi.so.0"
_ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}


def fetch(machine: str, folder: Path) -> None:
    """The folder holds the library for such a machine, from this Debian's own sources, checked by apt."""
    if shutil.which("apt-get") is None:
        sys.exit("The library FriBidi comes from Debian: make the file on Debian or Ubuntu.")
    folder.mkdir(parents=True)
    with tempfile.TemporaryDirectory() as place:
        _apt(place, machine, "update")
        _apt(place, machine, "download", PACKAGE)
        (package,) = Path(place).glob(f"{PACKAGE}_*.deb")
        _run(["dpkg-deb", "--extract", str(package), f"{place}/tree"], place)
        (library,) = Path(place).glob(f"tree/usr/lib/*/{LIBRARY}")
        shutil.copyfile(library, folder / LIBRARY)
        (licence,) = Path(place).glob(f"tree/usr/share/doc/{PACKAGE}/copyright")
        shutil.copyfile(licence, folder / f"{LIBRARY}.copyright")


def _apt(place: str, machine: str, *words: str) -> None:
    """apt with lists of its own, so that another kind of machine can be asked for."""
    architecture = _ARCHITECTURES[machine]
    for name in ("state/lists/partial", "cache/archives/partial"):
        (Path(place) / name).mkdir(parents=True, exist_ok=True)
    (Path(place) / "state" / "status").touch()
    options = {
        "APT::Architecture": architecture,
        "APT::Architectures": architecture,
        "APT::Sandbox::User": "root",
        "Dir::State": f"{place}/state",
        "Dir::State::status": f"{place}/state/status",
        "Dir::Cache": f"{place}/cache",
    }
    given = [flag for name, value in options.items() for flag in ("-o", f"{name}={value}")]
    _run(["apt-get", "-qq", *given, *words], place)


def _run(command: list[str], folder: str) -> None:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode != 0:
        sys.exit(f"{' '.join(command[:2])} failed:\n{done.stderr.strip()[-2000:]}")
