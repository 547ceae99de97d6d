"""A kiosk's machine with a keeper takes updates from a server: whole, broken, killed and cut from power.

    scripts/chaos screen_updates [--rounds 6] [--seed N] [--base DIR]

On a machine of its own (systemd in namespaces, without any network) `deploy/screen/install` sets a kiosk up, whose
program comes from the server. What a screen shows is played: what is tried is who starts it, and from which files.
Needs root, debootstrap and some minutes.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import platform
import random
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from deploy.bundle.contents import gather
from deploy.bundle.locked import Target
from deploy.installer.release import keep
from queue_server.local_authority import LocalAuthority
from tests.chaos.arguments import arguments
from tests.chaos.update.releases import PYTHON, ROOT, bare_debian
from tests.machines import Machine, a_machine
from tests.waiting import take_time, until_true

WAYS = ("power", "killed")
PORT = 8443
VERSIONS = "opt/smart-queue-versions"
SESSION = "usr/local/lib/smart-queue-screen/session"
#: The machine has neither a screen nor what shows something on it.
PLAYED = {
    "etc/hosts": "127.0.0.1 localhost\n",
    "usr/bin/certutil": "#!/bin/sh\n",
    "usr/bin/udevadm": "#!/bin/sh\n",
    "etc/systemd/system/smart-queue-screen.service.d/played.conf": (
        "[Service]\nPAMName=\nTTYPath=\nTTYReset=no\nTTYVTDisallocate=no\nStandardInput=null\nUtmpIdentifier=\n"
    ),
}
ASK = "import urllib.request; print(urllib.request.urlopen('http://127.0.0.1:8321/healthz', timeout=5).read().decode())"


def told(line: str) -> None:
    print(line, flush=True)


@dataclass
class Kiosk:
    """The machine, and the server beside it, which hands out what is in `folder/release`."""

    machine: Machine
    folder: Path
    contents: Path
    authority: LocalAuthority
    serving: subprocess.Popen[bytes] | None = None

    def offer(self, version: str, *, program: str, is_able: bool = True) -> None:
        """The server hands out this version from now on; another `program` is another folder on the machine."""
        bundle = self.folder / "bundle"
        shutil.rmtree(bundle, ignore_errors=True)
        shutil.rmtree(self.folder / "release", ignore_errors=True)
        shutil.copytree(self.contents, bundle)
        (bundle / "requirements.lock").write_text(f"{(self.contents / 'requirements.lock').read_text()}\n# {program}\n")
        (bundle / "screens/screen/session").write_text(f"#!/bin/sh\n# {version}\nexec sleep infinity\n")
        if not is_able:
            unit = bundle / "screens/smart-queue-agent.service"
            unit.write_text(
                unit.read_text().replace("ExecStart=/opt/smart-queue/bin/smart-queue", "ExecStart=/bin/false")
            )
        keep(bundle, self.folder / "release", version)

    def serve(self) -> None:
        """The server answers in the machine's network."""
        command = ["nsenter", "--target", str(self.machine.init), "--net", sys.executable, "-m"]
        words = ["tests.chaos.update.handing_out", f"{self.folder}/release", str(self.authority.server), str(PORT)]
        self.serving = subprocess.Popen([*command, *words], cwd=ROOT)
        until_true(lambda: self.machine.run("bash", "-c", f"</dev/tcp/127.0.0.1/{PORT}").returncode == 0, 30)

    def stop_serving(self) -> None:
        if self.serving is not None:
            self.serving.kill()
            self.serving.wait()

    def install(self) -> None:
        """Set up as somebody would, but for the packages."""
        disk = self.machine.disk
        shutil.copytree(ROOT / "deploy", disk / "srv/deploy")
        shutil.copy(self.authority.certificate, disk / "srv/authority.crt")
        for name, text in PLAYED.items():
            (disk / name).parent.mkdir(parents=True, exist_ok=True)
            (disk / name).write_text(text)
            (disk / name).chmod(0o755)
        for group in ("render", "input"):
            self.machine.run("groupadd", "--system", group)
        flags = ["--server", f"https://localhost:{PORT}", "--authority", "/srv/authority.crt", "--offline"]
        keeper = [
            "--keeper",
            "file:/var/lib/smart-queue-agent/paper",
            "--codes",
            "AAAA-1,BBBB-2",
            "--updates",
            "CCCC-3",
        ]
        self.must("bash", "/srv/deploy/screen/install", "kiosk", *flags, *keeper)

    def must(self, *command: str) -> str:
        done = self.machine.run(*command)
        if done.returncode != 0:
            log = self.machine.run("journalctl", "--no-pager", "-n", "60").stdout
            raise AssertionError(f"{' '.join(command)}: {done.stdout[-1000:]} {done.stderr[-2000:]}\n{log}")
        return done.stdout

    def finds_itself(self) -> tuple[str, str, str]:
        """The version by its own word and by its session, and the folder of the program."""
        session = (self.machine.disk / SESSION).read_text().splitlines()[1].strip("# ")
        version = (self.machine.disk / VERSIONS / "screen.version").read_text()
        return version, session, Path(self.must("readlink", "/opt/smart-queue").strip()).name

    def wrong(self) -> list[str]:
        """What does not hold, a line each."""
        version, session, program = self.finds_itself()
        found = [] if version == session else [f"it is {version} and shows {session}"]
        found += ["the program is not there"] * (not (self.machine.disk / VERSIONS / program / "bin").is_dir())
        found += ["an update is left undecided"] * (self.machine.disk / VERSIONS / "screen-update.json").exists()
        try:
            until_true(lambda: self.machine.run("python3", "-c", ASK).returncode == 0, 60)
        except TimeoutError:
            found.append("the keeper does not answer")
        return found


def one_round(kiosk: Kiosk, version: str, program: str, way: str, after_s: float) -> tuple[str, list[str]]:
    """What became of an update that was disturbed: old or new; and what was wrong."""
    kiosk.offer(version, program=program)
    fetching = kiosk.machine.begin("systemctl", "start", "smart-queue-screen-fetch")
    until_true((kiosk.machine.disk / VERSIONS / "screen-update.json").exists, 300)
    asyncio.run(take_time(after_s))
    if way == "power":
        kiosk.machine.cut()
        fetching.wait()
        kiosk.stop_serving()
        kiosk.machine.start()
        kiosk.serve()
    else:
        kiosk.machine.kill("installer.screens go")
        fetching.communicate(timeout=300)
    found = kiosk.finds_itself()[0]
    return "new" if found == version else "old", kiosk.wrong()


def attack(kiosk: Kiosk, given: argparse.Namespace) -> list[str]:
    """What was wrong."""
    chance, became = random.Random(given.seed), Counter[str]()
    kiosk.offer("1", program="a")
    kiosk.serve()
    kiosk.install()
    told(f"Installed, with its program from the server: {kiosk.finds_itself()}")
    wrong = kiosk.wrong() if kiosk.finds_itself()[0] == "1" else ["the first version did not come"]
    kiosk.offer("2", program="b")
    kiosk.must("systemctl", "start", "smart-queue-screen-fetch")
    wrong += kiosk.wrong() if kiosk.finds_itself()[0] == "2" else ["the update did not come"]
    told(f"Updated: {kiosk.finds_itself()} {wrong or ''}")
    kiosk.offer("broken", program="a", is_able=False)
    is_refused = kiosk.machine.run("systemctl", "start", "smart-queue-screen-fetch").returncode != 0
    wrong += kiosk.wrong() if is_refused and kiosk.finds_itself()[0] == "2" else ["a broken version was kept"]
    told(f"After one that cannot start: {kiosk.finds_itself()} {wrong or ''}")
    for number in range(given.rounds):
        way, after_s = WAYS[number % len(WAYS)], chance.uniform(0, 60)
        old_or_new, problems = one_round(kiosk, f"{number + 3}", "ab"[number % 2], way, after_s)
        became[f"{way}: {old_or_new}"] += 1
        told(f"{number + 1}. {way} after {after_s:.1f} s: {old_or_new} {problems or ''}")
        wrong += problems
    told(json.dumps(became))
    return wrong


def main() -> int:
    """Exit status 1: something was wrong."""
    parser = arguments(__doc__, seconds=0)
    parser.add_argument("--rounds", type=int, default=6, help="how many updates are disturbed (%(default)s)")
    parser.add_argument("--base", type=Path, help="a folder with Debian 12 and systemd, made there if there is none")
    given = parser.parse_args()
    told(f"--seed {given.seed}")
    with tempfile.TemporaryDirectory(prefix="screens-", dir="/var/tmp") as place:
        folder = Path(place)
        contents, authority = folder / "contents", LocalAuthority(folder / "tls")
        contents.mkdir()
        gather(contents, [Target(platform.machine(), PYTHON)], told, ROOT)
        authority.prepare(["localhost"], datetime.now(UTC).replace(microsecond=0))
        base = bare_debian(given.base or folder / "debian", told)
        with a_machine(folder / "machine", base) as machine:
            kiosk = Kiosk(machine, folder, contents, authority)
            try:
                wrong = attack(kiosk, given)
            finally:
                kiosk.stop_serving()
    told(f"{len(wrong)} wrong {wrong or ''}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
