"""A clinic of the last release, and of the first state with each schema since, is carried on by the wheel of this one.

    scripts/chaos wheels [--seconds 600] [--seed N] [--kills 3]

Each version's wheel is built out of the history (all of it: no shallow clone), installed and used: a demo gives out
numbers and dies. This checkout's wheel migrates what is left, killed in the middle so often, and serves it. Wanted: a
journal whose chain fits, every number where it was, the old keys valid, an old idempotency key with its old answer, and
new numbers after the old ones. A state of the history that does not run with the dependencies of today is told and
passed over; the last release is not.
"""

from __future__ import annotations

import json
import random
import signal
import subprocess
import sys
import sysconfig
import tempfile
import time
import venv
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2
from alembic.script import ScriptDirectory

from queue_server.paths import MIGRATIONS
from tests.browser.conftest import free_port
from tests.chaos.arguments import arguments
from tests.processes import ROOT
from tests.waiting import until_true

NUMBERS = 5
#: A migration takes about a second; it is killed within so long.
MIDDLE_S = 1.5


class DoesNotRun(Exception):
    """The version does not run with the dependencies of today; the message is the end of what it said."""


@dataclass
class Findings:
    """Versions that were carried on, those that do not run any more, kills in the middle, and what was wrong."""

    carried: list[str] = field(default_factory=list)
    passed_over: list[str] = field(default_factory=list)
    kills: int = 0
    wrong: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return (
            f"{len(self.carried)} versions carried on ({', '.join(self.carried)}), {self.kills} kills in the middle, "
            f"{len(self.passed_over)} do not run any more, {len(self.wrong)} wrong"
        )


def git(*words: str) -> str:
    """What git says in this checkout. Raises `CalledProcessError`."""
    return subprocess.run(["git", *words], cwd=ROOT, check=True, capture_output=True, text=True).stdout


def last_release() -> str:
    """The newest commit whose list of changes begins with a version."""
    for commit in git("log", "--format=%H", "--", "CHANGELOG.md").split():
        headings = [line for line in git("show", f"{commit}:CHANGELOG.md").splitlines() if line.startswith("## ")]
        if headings and headings[0] != "## Unreleased":
            return commit
    raise LookupError("No release is in the history: is this a shallow clone?")


def first_of_each_schema() -> list[str]:
    """The commits with which the migrations came, the oldest first.

    Without those of branches that were numbered anew when they were merged: nobody was given their schema.
    """
    added = git("log", "--reverse", "--diff-filter=A", "--format=%H", "--", "migrations/versions").split()
    order = [Path(one.path).name for one in ScriptDirectory(str(MIGRATIONS)).walk_revisions()][::-1]
    return [commit for commit in dict.fromkeys(added) if begins(order, migrations_of(commit))]


def migrations_of(commit: str) -> list[str]:
    """The names of its migrations' files."""
    names = git("ls-tree", "--name-only", f"{commit}:migrations/versions").splitlines()
    return [name for name in names if name[:1].isdigit()]


def begins(order: Sequence[str], names: Sequence[str]) -> bool:
    """Whether the migrations of today, in their order, begin with just these."""
    return set(order[: len(names)]) == set(names)


def wheel(source: Path, folder: Path) -> Path:
    """The wheel of this source tree. Raises `DoesNotRun`."""
    _run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, source)
    return next(folder.glob("*.whl"))


def installed(made: Path, folder: Path) -> Path:
    """`smart-queue` in an environment of its own, which borrows only the dependencies of this one."""
    venv.create(folder, symlinks=True)
    _run(sys.executable, "-m", "pip", "--python", folder / "bin" / "python", "install", "--no-deps", "--no-index", made)
    (packages,) = folder.glob("lib/python*/site-packages")
    (packages / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return folder / "bin" / "smart-queue"


def of_commit(commit: str, folder: Path) -> Path:
    """`smart-queue` as it was then. Raises `DoesNotRun`."""
    source = folder / "source"
    source.mkdir()
    archive = subprocess.Popen(["git", "archive", commit], cwd=ROOT, stdout=subprocess.PIPE)
    subprocess.run(["tar", "-x", "-C", source], stdin=archive.stdout, check=True)
    archive.wait()
    return installed(wheel(source, folder / "dist"), folder / "installed")


def _run(*words: object) -> None:
    done = subprocess.run([str(word) for word in words], cwd="/", check=False, capture_output=True, text=True)
    if done.returncode:
        raise DoesNotRun((done.stdout + done.stderr)[-300:])


@contextmanager
def _serving(command: Path, words: tuple[object, ...], data: Path, port: int) -> Iterator[None]:
    """It answers; afterwards it was killed. Raises `DoesNotRun`."""
    log = data.with_name("log")
    with log.open("ab") as out:
        server = subprocess.Popen([str(word) for word in (command, *words)], stdout=out, stderr=out, cwd="/")

    def is_up() -> bool:
        if server.poll() is not None:
            raise DoesNotRun(log.read_text()[-300:])
        try:
            return httpx2.get(f"http://127.0.0.1:{port}/healthz").status_code == 200
        except httpx2.TransportError:
            return False

    try:
        until_true(is_up, within_s=90)
        yield
    finally:
        server.send_signal(signal.SIGKILL)
        server.wait()


def _press(port: int, key: str, press: str) -> dict[str, Any]:
    headers = {"Authorization": f"Bearer {key}", "Idempotency-Key": press}
    asked = {"department": "GEN"}
    answer = httpx2.post(f"http://127.0.0.1:{port}/api/v1/tokens", json=asked, headers=headers, timeout=30)
    if answer.status_code not in {200, 201}:
        raise DoesNotRun(f"{answer.status_code} {answer.text[:200]}")
    token: dict[str, Any] = answer.json()
    return token


def lived_in(command: Path, data: Path) -> tuple[str, Mapping[str, dict[str, Any]]]:
    """A demo's program key, and the tokens that it gave out by their idempotency key. Raises `DoesNotRun`."""
    port = free_port()
    with _serving(command, ("demo", "--data", data, "--host", "127.0.0.1", "--port", port), data, port):
        until_true((data / "demo.json").exists)
        key = json.loads((data / "demo.json").read_text())["api_key"]
        return key, {f"press {number}": _press(port, key, f"press {number}") for number in range(NUMBERS)}


def carry_on(new: Path, data: Path, kills: int, chance: random.Random) -> int:
    """Migrate with the new wheel, killed so often before; returns how often it was still at work then."""
    words = [str(new), "migrate", "--database-url", f"sqlite:///{data}/queue.db"]
    in_the_middle = 0
    for _ in range(kills):
        migrating = subprocess.Popen(words, cwd="/", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            migrating.wait(timeout=MIDDLE_S * chance.random() + 0.5)
        except subprocess.TimeoutExpired:
            in_the_middle += 1
            migrating.kill()
            migrating.wait()
    _run(*words)
    _run(new, "verify", "--database-url", f"sqlite:///{data}/queue.db")
    return in_the_middle


def judged(new: Path, data: Path, key: str, given: Mapping[str, dict[str, Any]]) -> Iterator[str]:
    """What is wrong with the clinic now that the new wheel serves it."""
    port = free_port()
    words = ("serve", "--database-url", f"sqlite:///{data}/queue.db", "--data", data, "--port", port)
    with _serving(new, words, data, port):
        for press, token in given.items():
            again = _press(port, key, press)
            if (again["id"], again["number"]) != (token["id"], token["number"]):
                yield f"{press} gave {token['number']} and now {again['number']}"
        newest, following = list(given.values())[-1]["number"], _press(port, key, "another")["number"]
        if int(following.rpartition("-")[2]) != int(newest.rpartition("-")[2]) + 1:
            yield f"after {newest} came {following}"


def attack(seconds: float, kills: int, chance: random.Random) -> Findings:
    """What was found with the last release, and with as many other states as time allowed for."""
    found, deadline, release = Findings(), time.monotonic() + seconds, last_release()
    with tempfile.TemporaryDirectory() as place:
        new = installed(wheel(ROOT, Path(place) / "dist"), Path(place) / "new")
        for commit in (release, *first_of_each_schema()):
            if found.carried and time.monotonic() > deadline:
                break
            with tempfile.TemporaryDirectory() as folder:
                _one(commit, Path(folder), new, found, kills, chance, is_release=commit == release)
    return found


def _one(
    commit: str, folder: Path, new: Path, found: Findings, kills: int, chance: random.Random, *, is_release: bool
) -> None:
    name, data = commit[:8], folder / "data"
    try:
        key, given = lived_in(of_commit(commit, folder), data)
    except DoesNotRun as error:
        found.passed_over.append(f"{name}: {error}")
        found.wrong += [f"the last release ({name}): {error}"] * is_release
        return
    try:
        found.kills += carry_on(new, data, kills, chance)
        found.wrong += [f"{name}: {problem}" for problem in judged(new, data, key, given)]
    except DoesNotRun as error:
        found.wrong.append(f"{name}, carried on: {error}")
    found.carried.append(name)


def main() -> int:
    """Exit status 1: something was wrong."""
    parser = arguments(__doc__, seconds=600)
    parser.add_argument("--kills", type=int, default=3, help="how often each migration is killed (%(default)s)")
    given = parser.parse_args()
    print(f"--seed {given.seed}")
    found = attack(given.seconds, given.kills, random.Random(given.seed))
    print(found, *found.wrong[:20], sep="\n")
    print(*(f"passed over: {one!r}" for one in found.passed_over), sep="\n")
    return 1 if found.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
