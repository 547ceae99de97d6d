"""A machine of its own inside this one: systemd on a folder, without any network, whose power can be cut."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.waiting import until_true

BOOT = Path(__file__).with_name("boot.sh")
BOOTS_WITHIN_S = 60
NAMESPACES = ("--mount", "--pid", "--net", "--uts", "--ipc", "--cgroup", "--fork", "--kill-child")


class NoMachine(Exception):
    """Here no machine can be made; the message says why."""


@dataclass
class Machine:
    """Its disk is `folder/disk`: what lies in `bases` (the first one lies over the others), and over it what the
    machine has written, which is in `folder/upper`."""

    bases: tuple[Path, ...]
    folder: Path
    _outer: subprocess.Popen[bytes] | None = field(default=None, init=False)
    _init: int = field(default=0, init=False)

    @property
    def disk(self) -> Path:
        return self.folder / "disk"

    @property
    def init(self) -> int:
        """Its first process, by which its namespaces are found; 0 while it is off."""
        return self._init

    def insert(self) -> None:
        """Its disk is there. Raises `NoMachine`."""
        for name in ("disk", "upper", "work"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        layers = f"lowerdir={':'.join(map(str, self.bases))},upperdir={self.folder}/upper,workdir={self.folder}/work"
        done = _run("mount", "-t", "overlay", "overlay", "-o", layers, str(self.disk))
        if done.returncode != 0:
            raise NoMachine(done.stderr.strip())

    def start(self) -> None:
        """It has started everything that it starts by itself. Raises `NoMachine`."""
        command = [
            "unshare",
            *["-m", "-p", "-n", "-u", "-i", "-C", "--fork", "--kill-child"],
            "bash",
            str(BOOT),
            str(self.disk),
        ]
        self._outer = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
        )
        try:
            until_true(self._has_started, BOOTS_WITHIN_S)
        except TimeoutError as error:
            raise NoMachine("It did not start in time.") from error

    def run(self, *command: str, timeout: float = 600) -> subprocess.CompletedProcess[str]:
        """One command in it, run to its end."""
        return _run(*self._inside(), *command, timeout=timeout)

    def begin(self, *command: str) -> subprocess.Popen[str]:
        """One command in it, which goes on while this returns."""
        pipe = subprocess.PIPE
        return subprocess.Popen([*self._inside(), *command], stdout=pipe, stderr=subprocess.STDOUT, text=True)

    def kill(self, words: str) -> bool:
        """Kill -9 for the process in it whose command line has these words; whether there was one."""
        found = [pid for pid in self._processes() if words in _command_line(pid)]
        for pid in found:
            os.kill(pid, signal.SIGKILL)
        return bool(found)

    def cut(self) -> None:
        """The power goes: every process in it ends at once, without a word."""
        if self._outer is not None:
            self._outer.send_signal(signal.SIGKILL)
            self._outer.wait()
            until_true(lambda: not Path(f"/proc/{self._init}").exists())
        self._outer, self._init = None, 0

    def take_out(self) -> None:
        """Its disk is gone; what was written is still in `upper`."""
        _run("umount", "-l", str(self.disk))

    def _has_started(self) -> bool:
        assert self._outer is not None
        if self._outer.poll() is not None:
            raise NoMachine(self._outer.stderr.read().decode().strip() if self._outer.stderr else "")
        self._init = self._init or self._child()
        return self._init > 0 and self.run("systemctl", "is-system-running", "--wait").stdout.strip() in _STARTED

    def _processes(self) -> list[int]:
        ours = Path(f"/proc/{self._init}/ns/pid").readlink()
        return [int(path.name) for path in Path("/proc").glob("[0-9]*") if _namespace(path) == ours]

    def _inside(self) -> list[str]:
        return [
            "nsenter",
            "--target",
            str(self._init),
            "--all",
            "env",
            "-C",
            "/",
            "-i",
            "PATH=/usr/sbin:/usr/bin:/sbin:/bin",
        ]

    def _child(self) -> int:
        assert self._outer is not None
        children = Path(f"/proc/{self._outer.pid}/task/{self._outer.pid}/children").read_text().split()
        ours = [int(child) for child in children if Path(f"/proc/{child}/comm").read_text().strip() == "systemd"]
        return ours[0] if ours else 0


def _namespace(process: Path) -> Path | None:
    try:
        return (process / "ns/pid").readlink()
    except OSError:
        return None


def _command_line(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return ""


_STARTED = {"running", "degraded"}


@contextmanager
def a_machine(folder: Path, *bases: Path) -> Iterator[Machine]:
    """A machine that is on; afterwards there is nothing left of it."""
    machine = Machine(bases, folder)
    machine.insert()
    try:
        machine.start()
        yield machine
    finally:
        machine.cut()
        machine.take_out()
        shutil.rmtree(folder, ignore_errors=True)


def _run(*command: str, timeout: float = 600) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=timeout)
