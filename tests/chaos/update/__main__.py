"""Updates from one release to the next are killed, cut from power and given versions that do not start.

    scripts/chaos update [--rounds 20] [--seed N] [--base DIR] [--from COMMIT]

On a machine of its own (systemd in namespaces, without any network), with a bare Debian, the old release is installed
from its file, and a clinic gives out numbers. Then the file of the new one, which is this commit with a migration more,
is started, round after round from the same disk, and at a random moment between the plan and the decision the power
goes, or the process that changes the versions is killed; in some rounds the new version cannot start. Whatever happens,
the server must come back by itself as the old version or the new one, whole, with every number that was given out.
Needs root, debootstrap and half an hour.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import shutil
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from tests.chaos.arguments import arguments
from tests.chaos.update.clinic import Clinic
from tests.chaos.update.releases import bare_debian, new_release, old_release, stick
from tests.machines import Machine, a_machine
from tests.waiting import take_time, until_true

WAYS = ("broken", "power", "killed", "power", "killed")
STATE = "opt/smart-queue-versions/update.json"


def told(line: str) -> None:
    print(line, flush=True)


def prepare(folder: Path, base: Path, commit: str) -> tuple[Clinic, Path, Path]:
    """A disk on which the old release is installed and the new one unpacked. The clinic, the disk, the new file."""
    old = stick(old_release(folder / "last", commit), folder / "old", told)
    new = stick(new_release(folder / "this"), folder / "new", told)
    golden = folder / "golden"
    machine = Machine((base,), golden)
    machine.insert()
    try:
        machine.start()
        clinic = Clinic(machine)
        for file in (old, new):
            shutil.copy(file, machine.disk / "srv")
        told(f"Installed from nothing, without a network, in {clinic.install(old):.0f} s.")
        clinic.set_up()
        clinic.must("sh", f"/srv/{new.name}", "--prepare")
        clinic.must("systemctl", "stop", "smart-queue")
        clinic.must("sync")
    finally:
        machine.cut()
        machine.take_out()
    return clinic, golden / "upper", new


def whole_update(clinic: Clinic, new: Path) -> tuple[float, list[str]]:
    """An update that nobody disturbs: how long its critical part takes, and what was wrong."""
    clinic.ask()
    update = clinic.machine.begin("sh", f"/srv/{new.name}")
    took = _await_plan(clinic)
    said, _ = update.communicate(timeout=600)
    took = time.monotonic() - took
    clinic.await_promises(3)
    clinic.stop_asking()
    told(f"Undisturbed: {took:.0f} s from the plan to the end, nobody answered for {clinic.silence():.1f} s.")
    problems = clinic.wrong() + [said] * (update.returncode != 0)
    return took, problems


def one_round(clinic: Clinic, new: Path, way: str, after_s: float) -> tuple[str, float, list[str]]:
    """Which version serves afterwards, for how long nobody answered, and what was wrong."""
    if way == "broken":
        (file,) = (clinic.machine.disk / "opt/smart-queue-versions").glob("0.1*/lib/python*/site-packages/*/serving.py")
        file.write_text(f"{file.read_text()}\n\ndef serve(settings): raise SystemExit(1)\n")
    clinic.ask()
    update = clinic.machine.begin("sh", f"/srv/{new.name}")
    _await_plan(clinic)
    asyncio.run(take_time(0 if way == "broken" else after_s))
    match way:
        case "power":
            clinic.machine.cut()
            update.wait()
            clinic.machine.start()
            clinic.go_on_asking()
        case "killed":
            clinic.machine.kill("installer.switch go")
            update.communicate(timeout=600)
        case _:
            update.communicate(timeout=600)
    clinic.await_promises(3)
    clinic.stop_asking()
    return clinic.version(), clinic.silence(), clinic.wrong()


def _await_plan(clinic: Clinic) -> float:
    """The moment when the plan of the update lies on the disk."""
    until_true((clinic.machine.disk / STATE).exists, 300)
    return time.monotonic()


def main() -> int:
    """Exit status 1: something was wrong."""
    parser = arguments(__doc__, seconds=0)
    parser.add_argument("--rounds", type=int, default=20, help="how many updates are disturbed (%(default)s)")
    parser.add_argument("--base", type=Path, help="a folder with Debian 12 and systemd, made there if there is none")
    parser.add_argument("--from", dest="since", metavar="COMMIT", default="HEAD", help="the old release (%(default)s)")
    given = parser.parse_args()
    print(f"--seed {given.seed}")
    with tempfile.TemporaryDirectory(prefix="update-", dir="/var/tmp") as place:
        return attack(Path(place), given)


def attack(folder: Path, given: argparse.Namespace) -> int:
    """Exit status 1: something was wrong."""
    chance, found, wrong = random.Random(given.seed), Counter[str](), list[str]()
    base = bare_debian(given.base or folder / "debian", told)
    clinic, disk, new = prepare(folder, base, given.since)
    with a_machine(folder / "whole", disk, base) as machine:
        clinic.machine = machine
        took, problems = whole_update(clinic, new)
        wrong += problems
    for number in range(given.rounds):
        way, after_s = WAYS[number % len(WAYS)], chance.uniform(0, took)
        with a_machine(folder / f"round{number}", disk, base) as machine:
            clinic.machine = machine
            version, silence, problems = one_round(clinic, new, way, after_s)
        old_or_new = "old" if version.startswith("0.0.9") else "new"
        problems += ["a version that cannot start was kept"] * (way == "broken" and old_or_new != "old")
        found[f"{way}: {old_or_new}"] += 1
        told(f"{number + 1}. {way} after {after_s:.1f} s: {old_or_new}, silence {silence:.0f} s {problems or ''}")
        wrong += problems
    told(f"{given.rounds} rounds, {len(wrong)} wrong; {dict(found)}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
