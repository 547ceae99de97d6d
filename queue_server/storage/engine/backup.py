"""A whole copy of the database while it is in use, and putting one back.

SQLite copies itself (`VACUUM INTO`: what was deleted is not in the copy); PostgreSQL has programs of its own for it.
The copy holds the documents, encrypted, and never the master keys.
"""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import sqlite3
import subprocess
import tempfile
from collections.abc import Mapping
from contextlib import closing, suppress
from itertools import count
from pathlib import Path
from typing import IO, cast

from sqlalchemy import URL
from sqlalchemy.exc import SQLAlchemyError

from queue_server.progress import growing, is_shown, size, watched
from queue_server.storage.engine.engines import open_engine

_HEAD = b"SQLite format 3\x00"
_DUMPING = re.compile(r'dumping contents of table "([^"]+)"')

#: Every table of ours goes, what hangs on it, and what its triggers do. A newer version has some that an older backup
#: does not name.
_CLEAR = """
DO $$ DECLARE one text; BEGIN
  FOR one IN SELECT tablename FROM pg_tables WHERE schemaname = current_schema() LOOP
    EXECUTE format('DROP TABLE IF EXISTS %I CASCADE', one);
  END LOOP;
  FOR one IN SELECT proname FROM pg_proc
             WHERE pronamespace = current_schema()::regnamespace AND prorettype = 'trigger'::regtype LOOP
    EXECUTE format('DROP FUNCTION %I()', one);
  END LOOP;
END $$;
"""


class CannotBackUp(Exception):
    """The copy cannot be made or put back; the message says why. Nothing was changed."""


def back_up(url: URL, file: Path) -> None:
    """`file` is a whole copy (mode 0600), or not there at all. Raises `CannotBackUp`."""
    if file.exists():
        raise CannotBackUp(f"{file} exists already; a backup never overwrites another one.")
    if not file.parent.is_dir():
        raise CannotBackUp(f"There is no folder {file.parent}.")
    new = file.with_name(f".{file.name}.new")
    new.unlink(missing_ok=True)
    try:
        if url.get_backend_name() == "sqlite":
            _copy_sqlite(Path(str(url.database)), new)
        else:
            _dump(url, new)
        new.chmod(0o600)
        synced(new)
        new.replace(file)
    except (sqlite3.Error, OSError) as error:
        raise CannotBackUp(f"The backup could not be written: {error}.") from error
    finally:
        new.unlink(missing_ok=True)


def restore(url: URL, file: Path, *, is_kept: bool = True) -> Path | None:
    """The database is as it was when `file` was made. No server may be using it. Raises `CannotBackUp`.

    A SQLite database that was there is kept beside it, unless not `is_kept`; returns where it lies. What an earlier
    restore has kept stays.
    """
    if not file.exists():
        raise CannotBackUp(f"{file} is not there.")
    if url.get_backend_name() == "sqlite":
        _check_sqlite(file)
        path = Path(str(url.database))
        return _put_back_sqlite(path, file, _kept(path) if is_kept and path.exists() else None)
    _put_back_postgres(url, file)
    return None


def is_of_postgres(file: Path) -> bool:
    """Whether `pg_dump` has made it."""
    with file.open("rb") as opened:
        return opened.read(5) == b"PGDMP"


def _kept(path: Path) -> Path:
    """Where a restore puts the SQLite database that was there: `….before-restore`, or the first free `…-2`, `…-3`."""
    ends = (f"-{number}" if number > 1 else "" for number in count(1))
    return next(there for end in ends if not (there := path.with_name(f"{path.name}.before-restore{end}")).exists())


async def check_unused(url: URL) -> None:
    """Raises `CannotBackUp` while somebody is connected to this PostgreSQL database; SQLite is asked by `restore`."""
    if url.get_backend_name() == "sqlite":
        return
    engine = open_engine(url, size=1)
    others = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    try:
        async with engine.connect() as connection:
            if (await connection.exec_driver_sql(others)).scalar_one():
                raise CannotBackUp("A server is using the database; stop it first.")
    finally:
        await engine.dispose()


def _copy_sqlite(path: Path, new: Path) -> None:
    if not path.exists():
        raise CannotBackUp(f"There is no database at {path}.")
    new.touch(mode=0o600)
    with closing(sqlite3.connect(path, timeout=30)) as connection, growing(new, path.stat().st_size):
        connection.execute("VACUUM INTO ?", (str(new),))
    _check_sqlite(new)


def _check_sqlite(file: Path) -> None:
    """Raises `CannotBackUp` unless the file is a whole database of ours."""
    with file.open("rb") as opened:
        if opened.read(len(_HEAD)) != _HEAD:
            raise CannotBackUp(f"{file} is no backup of a SQLite database.")
    try:
        with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as connection:
            (found,) = connection.execute("PRAGMA integrity_check(1)").fetchone()
            connection.execute("SELECT version_num FROM alembic_version").fetchone()
    except sqlite3.Error as error:
        raise CannotBackUp(f"{file} is damaged, or no backup of this program: {error}.") from error
    if found != "ok":
        raise CannotBackUp(f"{file} is damaged: {found}.")


def _put_back_sqlite(path: Path, file: Path, kept: Path | None) -> Path | None:
    """The file is at `path`, and what was there at `kept`, if anywhere; returns that."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists():
        _check_unused(path)
    new = path.with_name(f".{path.name}.new")
    try:
        with growing(new, file.stat().st_size):
            shutil.copyfile(file, new)
        new.chmod(0o600)
        synced(new)
        if kept is not None:
            path.replace(kept)
        for end in ("-wal", "-shm"):
            path.with_name(path.name + end).unlink(missing_ok=True)
        new.replace(path)
    except OSError as error:
        raise CannotBackUp(f"The backup could not be put back: {error}.") from error
    finally:
        new.unlink(missing_ok=True)
    return kept


def _check_unused(path: Path) -> None:
    """Everything is in the one file. Raises `CannotBackUp` while somebody has the database open."""
    try:
        with closing(sqlite3.connect(path, timeout=1)) as connection:
            # Leaving the write-ahead log needs the database for oneself, and empties the log into the file.
            (mode,) = connection.execute("PRAGMA journal_mode=DELETE").fetchone()
    except sqlite3.OperationalError as error:
        raise CannotBackUp("A server is using the database; stop it first.") from error
    except sqlite3.DatabaseError:
        return  # what is there is damaged: a reason to restore
    if mode != "delete":
        raise CannotBackUp("A server is using the database; stop it first.")


def _put_back_postgres(url: URL, file: Path) -> None:
    """All tables give way to those of the file in one transaction, also tables that the file does not know."""
    _must_have("pg_restore", "psql")
    ours = ["psql", "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--output=/dev/null", *_target(url)]
    theirs = ["pg_restore", "--no-owner", "--file=-"]
    pipe, environment = subprocess.PIPE, _environment(url)
    with (
        tempfile.TemporaryFile("w+") as said,
        file.open("rb") as read,
        # The place in the file is one for both of us: so we see how far it has been read.
        watched(lambda: os.lseek(read.fileno(), 0, os.SEEK_CUR), file.stat().st_size),
        subprocess.Popen(theirs, stdin=read, stdout=pipe, stderr=said) as reading,  # noqa: S603
        subprocess.Popen(ours, stdin=pipe, stderr=said, env=environment) as writing,  # noqa: S603
    ):
        script, order = cast("IO[bytes]", reading.stdout), cast("IO[bytes]", writing.stdin)
        # What ends before its COMMIT, for whatever reason, is taken back.
        with suppress(BrokenPipeError), script, order:
            order.write(f"BEGIN;{_CLEAR}".encode())
            shutil.copyfileobj(script, order)
            if reading.wait() == 0:
                order.write(b"\nCOMMIT;\n")
        failed = [reading.wait(), writing.wait()]
        said.seek(0)
        if any(failed):
            raise CannotBackUp(f"pg_restore and psql: {said.read().strip()}")


def _dump(url: URL, new: Path) -> None:
    _must_have("pg_dump")
    command = ["pg_dump", "--format=custom", "--verbose", f"--file={new}", *_target(url)]
    # What it says is read here, so it must not be in the language of the machine.
    environment, said = {**_environment(url), "LC_ALL": "C"}, ""
    tables = Tables(new, asyncio.run(_sizes(url)) if is_shown() else {})
    with (
        watched(tables.far, tables.total),
        subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True) as dumping,  # noqa: S603
    ):
        for line in cast("IO[str]", dumping.stderr):
            tables.hear(line)
            said += line
    if dumping.returncode != 0:
        _, _, why = said.partition("pg_dump: error: ")
        raise CannotBackUp(f"pg_dump: {(why or said[-500:]).strip()}")


class Tables:
    """How far `pg_dump` is: past the tables before the last that it named, and in that one by what has come since."""

    def __init__(self, file: Path, sizes: Mapping[str, int]) -> None:
        self._file, self._sizes = file, sizes
        self.total = sum(sizes.values())
        self._before = self._at = self._size = 0

    def hear(self, line: str) -> None:
        if (found := _DUMPING.search(line)) is not None:
            self._before, self._size = self._before + self._size, self._sizes.get(found[1], 0)
            self._at = size(self._file)

    def far(self) -> int:
        return self._before + min(size(self._file) - self._at, self._size)


async def _sizes(url: URL) -> dict[str, int]:
    """Table → its bytes, with long values and without indexes; empty when nobody answers: `pg_dump` says why."""
    engine = open_engine(url, size=1)
    query = "SELECT schemaname || '.' || relname AS name, pg_table_size(relid) AS held FROM pg_stat_user_tables"
    try:
        async with engine.connect() as connection:
            return {row.name: row.held for row in await connection.exec_driver_sql(query)}
    except (SQLAlchemyError, OSError):
        return {}
    finally:
        await engine.dispose()


def _must_have(*programs: str) -> None:
    for program in programs:
        if shutil.which(program) is None:
            raise CannotBackUp(f"The program {program} of PostgreSQL is not installed here.")


def _target(url: URL) -> list[str]:
    return [f"--dbname={url.set(drivername='postgresql', password=None).render_as_string()}"]


def _environment(url: URL) -> dict[str, str]:
    return {**os.environ, "PGPASSWORD": url.password or ""}


def synced(path: Path) -> None:
    """What was written to the file lies on the disk."""
    with path.open("rb") as file:
        os.fsync(file.fileno())
