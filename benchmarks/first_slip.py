"""How long it takes from a bare Debian to the first printed slip, from the file for the stick and from the package.

    .venv/bin/python -m benchmarks.first_slip stick [--base DIR] [--file FILE]
    .venv/bin/python -m benchmarks.first_slip deb   [--base DIR] [--file FILE]

A Debian 12 on which only systemd and Python are installed runs in namespaces without any network. The clock runs from
the command that somebody types until a slip lies in the printer (a folder that takes what a printer would take):
installing, a department, a printer, a number. Without `--file` the file is made first, which does not count. Needs root
and debootstrap.
"""

from __future__ import annotations

import argparse
import json
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.chaos.update.clinic import Clinic
from tests.chaos.update.releases import ROOT, bare_debian
from tests.machines import Machine, a_machine
from tests.waiting import until_true

WITHIN_S = {"stick": 300, "deb": 120}
SLIPS = "var/lib/smart-queue/slips"
ASK = """
import json, urllib.request, sys
head = {"Authorization": "Bearer " + sys.argv[1], "Content-Type": "application/json"}
body = json.dumps({"department": "GEN", "place": "entrance"}).encode()
print(urllib.request.urlopen(urllib.request.Request("http://127.0.0.1:8000/api/v1/tokens", body, head)).read().decode())
"""


def told(line: str) -> None:
    print(line, flush=True)


def made(way: str, folder: Path) -> Path:
    """The file of this tree for this kind of machine."""
    command = [sys.executable, "-m", "deploy.bundle", "--here", "--output", str(folder), *["--deb"] * (way == "deb")]
    subprocess.run(command, cwd=ROOT, check=True)
    (file,) = (path for path in folder.iterdir() if path.suffix in {".run", ".deb"})
    return file


def library(folder: Path) -> Path:
    """The package on which ours depends and that a bare Debian has not; apt would fetch it."""
    subprocess.run(["apt-get", "-qq", "download", "libfribidi0"], cwd=folder, check=True)
    (file,) = folder.glob("libfribidi0_*.deb")
    return file


def install(clinic: Clinic, way: str, file: Path) -> None:
    """The server runs."""
    if way == "stick":
        clinic.install(file)
    else:
        clinic.must(
            "sh", "-c", f"DEBIAN_FRONTEND=noninteractive apt-get install -y -qq /srv/{file.name} /srv/libfribidi0*.deb"
        )


def print_slip(clinic: Clinic) -> str:
    """The number of the first slip; it is printed."""
    settings = clinic.machine.disk / "etc/smart-queue/environment"
    # The program that asks here trusts nobody; the certificate is made all the same, and its time counts.
    kept = [line for line in settings.read_text().splitlines() if not line.startswith("QUEUE_TLS_")]
    settings.write_text("\n".join([*kept, "QUEUE_PRINTER=file:/var/lib/smart-queue/slips", ""]))
    clinic.set_up()
    clinic.must("systemctl", "restart", "smart-queue")
    until_true(lambda: _answers(clinic), 60)
    number: str = json.loads(clinic.must("python3", "-c", ASK, clinic.key))["number"]
    until_true(lambda: any((clinic.machine.disk / SLIPS).glob("*.png")), 60)
    return number


def _answers(clinic: Clinic) -> bool:
    asked = "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/readyz')"
    return clinic.machine.run("python3", "-c", asked).returncode == 0


def measure(machine: Machine, way: str, file: Path, folder: Path) -> float:
    """The seconds from the command to the slip; a line says each part."""
    clinic = Clinic(machine)
    shutil.copy(file, machine.disk / "srv")
    if way == "deb":
        shutil.copy(library(folder), machine.disk / "srv")
    began = time.monotonic()
    install(clinic, way, file)
    installed = time.monotonic()
    number = print_slip(clinic)
    ended = time.monotonic()
    told(
        f"{way}: the server runs after {installed - began:.0f} s, slip {number} is printed after {ended - began:.0f} s"
    )
    return ended - began


def main() -> int:
    """Exit status 1: it took longer than is promised."""
    parser = argparse.ArgumentParser(prog="benchmarks.first_slip", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("way", choices=WITHIN_S)
    parser.add_argument("--base", type=Path, help="a folder with Debian 12 and systemd, made there if there is none")
    parser.add_argument("--file", type=Path, help="the file for the stick or the package, made before")
    given = parser.parse_args()
    told(f"{platform.machine()}, {platform.system()} {platform.release()}")
    with tempfile.TemporaryDirectory(prefix="first-slip-", dir="/var/tmp") as place:
        folder = Path(place)
        file = given.file or made(given.way, folder / "dist")
        base = bare_debian(given.base or folder / "debian", told)
        with a_machine(folder / "machine", base) as machine:
            took = measure(machine, given.way, file, folder)
    told(f"promised: {WITHIN_S[given.way]} s")
    return 0 if took <= WITHIN_S[given.way] else 1


if __name__ == "__main__":
    sys.exit(main())
