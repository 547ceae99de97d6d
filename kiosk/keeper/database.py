"""The keeper's own SQLite file: what waits to be handed in, what is known of the clinic, the kept page.

A number is committed with `synchronous=FULL` before its slip goes to the printer. No patient's link can be read here:
of a press only a hash is kept, and what only the server needs is sealed.
"""

import hashlib
import json
import sqlite3
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from kiosk.keeper.timekeeping import Anchor, Moment

_SCHEMA = """
CREATE TABLE IF NOT EXISTS number (
  sequence INTEGER PRIMARY KEY AUTOINCREMENT, press TEXT NOT NULL UNIQUE, department TEXT NOT NULL, day TEXT NOT NULL,
  counter INTEGER NOT NULL, number TEXT NOT NULL, at TEXT NOT NULL, boot TEXT NOT NULL, elapsed_s REAL NOT NULL,
  is_estimated INTEGER NOT NULL, sealed TEXT NOT NULL, is_doubtful INTEGER NOT NULL, printed TEXT,
  is_withdrawn INTEGER NOT NULL DEFAULT 0, is_handed_in INTEGER NOT NULL DEFAULT 0, UNIQUE (department, day, counter)
);
CREATE TABLE IF NOT EXISTS note (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS file (
  path TEXT PRIMARY KEY, status INTEGER NOT NULL, headers TEXT NOT NULL, body BLOB NOT NULL
);
"""


@dataclass(frozen=True)
class Kept:
    """A number that was given out here. `printed`: what became of its slip, none while nobody knows.

    `press`: hash of the press's idempotency key.
    """

    sequence: int
    press: str
    department: str
    day: str
    counter: int
    number: str
    moment: Moment
    sealed: str
    is_doubtful: bool
    printed: str | None = None
    is_withdrawn: bool = False
    is_handed_in: bool = False


@dataclass(frozen=True)
class New:
    """A number that is about to be given out: when, and what makes number and seal of its counter."""

    moment: Moment
    is_doubtful: bool
    written: Callable[[int], tuple[str, str]]


@dataclass(frozen=True)
class File:
    """An answer of the server that is kept: its status, headers and body."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def hashed(press_key: str) -> str:
    """What is kept of a press's key."""
    return hashlib.sha256(press_key.encode()).hexdigest()


class Database:
    """The file at `path`, made if missing. Any thread may use it; calls wait for one another.

    Raises `sqlite3.Error` when it cannot be opened, read or written.
    """

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        self._lock = threading.Lock()
        self._connection = sqlite3.connect(path, timeout=10, isolation_level=None, check_same_thread=False)
        for pragma in ("journal_mode=WAL", "synchronous=FULL"):
            self._connection.execute(f"PRAGMA {pragma}")
        self._connection.executescript(_SCHEMA)
        with self._changing() as changing:
            changing.execute("INSERT OR IGNORE INTO note VALUES ('store', ?)", [json.dumps(uuid4().hex)])

    def close(self) -> None:
        """The file is whole and closed."""
        with self._lock:
            self._connection.close()

    @property
    def store(self) -> str:
        """Names this file for ever; a new one is another store."""
        return str(self.note("store"))

    def find(self, press: str) -> Kept | None:
        """The number that answers the press with this hash."""
        return next(iter(self._kept("WHERE press = ?", press)), None)

    def add(self, press: str, department: str, day: str, least: int, new: "New") -> Kept:
        """One more number, whose counter is `least` or more; it is on the disk when this returns."""
        with self._changing() as changing:
            found = changing.execute(
                "SELECT max(counter) FROM number WHERE department = ? AND day = ?", [department, day]
            ).fetchone()[0]
            counter = max(least, (found or 0) + 1)
            number, sealed = new.written(counter)
            changing.execute(
                "INSERT INTO number (press, department, day, counter, number, at, boot, elapsed_s, is_estimated,"
                " sealed, is_doubtful) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                [
                    *(press, department, day, counter, number, new.moment.at.isoformat(), new.moment.boot),
                    *(new.moment.elapsed_s, new.moment.is_estimated, sealed, new.is_doubtful),
                ],
            )
            (sequence,) = changing.execute("SELECT last_insert_rowid()").fetchone()
        return Kept(sequence, press, department, day, counter, number, new.moment, sealed, new.is_doubtful)

    def set_printed(self, sequence: int, state: str) -> None:
        """This became of the slip."""
        with self._changing() as changing:
            changing.execute("UPDATE number SET printed = ? WHERE sequence = ?", [state, sequence])

    def withdraw(self, sequence: int) -> None:
        """Nobody can know the number, and nobody will."""
        with self._changing() as changing:
            changing.execute(
                "UPDATE number SET is_withdrawn = 1, printed = 'failed' WHERE sequence = ? AND printed IS NULL",
                [sequence],
            )

    def unsettled(self) -> list[Kept]:
        """Numbers of whose slips nobody knows yet what became of them."""
        return self._kept("WHERE printed IS NULL ORDER BY sequence")

    def waiting(self, most: int) -> list[Kept]:
        """The next numbers to hand in, in the order of their issue."""
        return self._kept("WHERE is_handed_in = 0 AND printed IS NOT NULL ORDER BY sequence LIMIT ?", most)

    def recent(self, most: int) -> list[Kept]:
        """The newest numbers, newest first."""
        return self._kept("ORDER BY sequence DESC LIMIT ?", most)

    def count_waiting(self) -> int:
        """How many numbers are not handed in."""
        return int(self._read("SELECT count(*) FROM number WHERE is_handed_in = 0")[0][0])

    def count_given(self, department: str, day: str) -> int:
        """How many numbers of the day were given out here and are not handed in."""
        where = "WHERE department = ? AND day = ? AND is_handed_in = 0"
        return int(self._read(f"SELECT count(*) FROM number {where}", department, day)[0][0])  # noqa: S608

    def newest_at(self) -> datetime | None:
        """The moment of the newest number."""
        (newest,) = self._read("SELECT max(at) FROM number")[0]
        return datetime.fromisoformat(newest) if newest else None

    def handed_in(self, sequences: Sequence[int]) -> None:
        """The server has these; nothing of them is left here but that the numbers are given."""
        with self._changing() as changing:
            changing.executemany(
                "UPDATE number SET is_handed_in = 1, sealed = '' WHERE sequence = ?", [[one] for one in sequences]
            )

    def forget_before(self, day: str) -> None:
        """What was handed in of earlier days is gone; the newest number stays, so that time does not go back."""
        with self._changing() as changing:
            changing.execute(
                "DELETE FROM number WHERE is_handed_in AND day < ? AND sequence < (SELECT max(sequence) FROM number)",
                [day],
            )

    def note(self, name: str) -> Any:
        """What was noted under this name, none where nothing was."""
        rows = self._read("SELECT value FROM note WHERE name = ?", name)
        return json.loads(rows[0][0]) if rows else None

    def take_note(self, name: str, value: Any) -> None:
        """The name stands for this value from now on."""
        with self._changing() as changing:
            changing.execute("INSERT OR REPLACE INTO note VALUES (?, ?)", [name, json.dumps(value)])

    @property
    def anchor(self) -> Anchor | None:
        """What is noted of the server's clock."""
        noted = self.note("anchor")
        return Anchor(noted[0], noted[1], datetime.fromisoformat(noted[2]), noted[3]) if noted else None

    def keep_anchor(self, anchor: Anchor) -> None:
        """This is known of the server's clock."""
        self.take_note("anchor", [anchor.boot, anchor.elapsed_s, anchor.at.isoformat(), anchor.off_s])

    def file(self, path: str) -> File | None:
        """What is kept for this path."""
        rows = self._read("SELECT status, headers, body FROM file WHERE path = ?", path)
        return File(rows[0][0], json.loads(rows[0][1]), rows[0][2]) if rows else None

    def keep_files(self, files: Mapping[str, File]) -> None:
        """These are kept, all at once."""
        with self._changing() as changing:
            for path, one in files.items():
                row = [path, one.status, json.dumps(dict(one.headers)), one.body]
                changing.execute("INSERT OR REPLACE INTO file VALUES (?, ?, ?, ?)", row)

    def forget_files(self, beginning: str, keeping: Sequence[str]) -> None:
        """Of the files whose path begins so, these are kept and no others."""
        with self._changing() as changing:
            known = [path for (path,) in changing.execute("SELECT path FROM file")]
            gone = [[path] for path in known if path.startswith(beginning) and path not in keeping]
            changing.executemany("DELETE FROM file WHERE path = ?", gone)

    def _kept(self, where: str, *values: object) -> list[Kept]:
        columns = (
            "sequence, press, department, day, counter, number, at, boot, elapsed_s, is_estimated, sealed, is_doubtful,"
            " printed, is_withdrawn, is_handed_in"
        )
        return [_kept(row) for row in self._read(f"SELECT {columns} FROM number {where}", *values)]  # noqa: S608

    def _read(self, statement: str, *values: object) -> list[Any]:
        with self._lock:
            return self._connection.execute(statement, values).fetchall()

    @contextmanager
    def _changing(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")


def _kept(row: Any) -> Kept:
    sequence, press, department, day, counter, number, at, boot, elapsed_s, is_estimated, *more = row
    sealed, is_doubtful, printed, is_withdrawn, is_handed_in = more
    return Kept(
        *(sequence, press, department, day, counter, number),
        Moment(datetime.fromisoformat(at), boot, elapsed_s, bool(is_estimated)),
        sealed=sealed,
        is_doubtful=bool(is_doubtful),
        printed=printed,
        is_withdrawn=bool(is_withdrawn),
        is_handed_in=bool(is_handed_in),
    )
