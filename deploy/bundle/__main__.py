"""Makes one file from which Smart Queue is installed and updated without the internet:  scripts/bundle [flags]

It holds the product's wheel, the wheels of everything that `requirements.lock` names, with their hashes, for each kind
of machine and Python, the services, and the installer (`deploy/installer`). A USB stick carries it; what it does there
says `sudo sh FILE --help`.
"""

from __future__ import annotations

import argparse
import platform
import sys
import tempfile
from pathlib import Path

from deploy.bundle.contents import gather
from deploy.bundle.locked import Target
from deploy.bundle.packages import package
from deploy.bundle.packed import pack

MACHINES = ("x86_64", "aarch64")
PYTHONS = ("3.11", "3.12", "3.13")
MAINTAINER = "Smart Queue <root@localhost>"


def main() -> int:
    """The exit status."""
    parser = argparse.ArgumentParser(prog="scripts/bundle", description=__doc__.partition("\n")[0])
    parser.add_argument("--output", type=Path, default=Path("dist"), metavar="DIR", help="where the file goes (dist)")
    parser.add_argument("--machine", action="append", choices=MACHINES, help="only this kind; may be repeated")
    parser.add_argument("--python", action="append", choices=PYTHONS, help="only this one; may be repeated")
    parser.add_argument("--here", action="store_true", help="only this machine and the Python that runs this")
    parser.add_argument("--deb", action="store_true", help="Debian packages instead, one for each kind of machine")
    parser.add_argument(
        "--maintainer", default=MAINTAINER, metavar="NAME <ADDRESS>", help="who answers for the packages"
    )
    given = parser.parse_args()
    if given.here:
        given.machine, given.python = [platform.machine()], [f"3.{sys.version_info.minor}"]
    targets = [Target(machine, python) for machine in given.machine or MACHINES for python in given.python or PYTHONS]
    given.output.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=given.output) as folder:
        files = debian_packages(Path(folder), targets, given) if given.deb else [stick(Path(folder), targets, given)]
    for file in files:
        _told(f"{file}: {file.stat().st_size / 1_000_000:.0f} MB")
    return 0


def stick(folder: Path, targets: list[Target], given: argparse.Namespace) -> Path:
    """The one file for all the targets."""
    version = gather(folder, targets, _told)
    file: Path = given.output / f"smart-queue-{version}.run"
    pack(folder, version, file)
    return file


def debian_packages(folder: Path, targets: list[Target], given: argparse.Namespace) -> list[Path]:
    """A package for each kind of machine."""
    made = []
    for machine in dict.fromkeys(target.machine for target in targets):
        contents = folder / machine
        contents.mkdir()
        version = gather(contents, [target for target in targets if target.machine == machine], _told)
        made.append(package(contents, version, machine, given.maintainer, given.output))
    return made


def _told(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
