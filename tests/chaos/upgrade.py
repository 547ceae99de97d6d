"""Data folders of every older schema are brought to this one, also when the power goes in the middle.

    scripts/chaos upgrade [--seconds 120] [--seed N] [--cuts 10]

For each schema there ever was: a database with rows in as many tables as its rules let in is migrated, while every
write is recorded (see `recorded_disk`). The power goes at so many points of that. From what is left, `migrate` must
come to the present schema, with every row that was there and none that points nowhere.
"""

from __future__ import annotations

import asyncio
import random
import sqlite3
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path

from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from queue_server.paths import MIGRATIONS
from queue_server.storage.engine.engines import database_url
from queue_server.storage.engine.migrating import configuration, is_current, migrate
from tests.chaos.arguments import arguments
from tests.chaos.recorded_disk import Disk, Recording, recording

#: What a column of each type holds in the rows that are made up.
_VALUES = {
    "INTEGER": 1,
    "FLOAT": 1.0,
    "BOOLEAN": 0,
    "JSON": "{}",
    "DATETIME": "2026-11-22 04:30:00",
    "DATE": "2026-11-22",
}

#: Emptied on purpose by a migration, so that the days are counted anew.
RECOUNTED = {"tallied"}


@dataclass
class Findings:
    """How many schemas were migrated, with how many rows, after how many cuts; and what was wrong, a line each."""

    schemas: int = 0
    rows: int = 0
    cuts: int = 0
    wrong: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return f"{self.schemas} schemas, {self.rows} rows, {self.cuts} cuts in the middle, {len(self.wrong)} wrong"


def schemas() -> list[str]:
    """Every schema there ever was, the first one first."""
    return [script.revision for script in ScriptDirectory(str(MIGRATIONS)).walk_revisions()][::-1]


async def make(url: str, schema: str) -> None:
    """A database of this schema with some rows."""
    engine = create_async_engine(database_url(url), poolclass=NullPool)

    def upgrade(connection: Connection) -> None:
        command.upgrade(configuration(connection), schema)

    async with engine.begin() as connection:
        await connection.run_sync(upgrade)
    await engine.dispose()
    with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as file, file:
        for table in _tables(file):
            _fill(file, table)
        broken = {table for table, *_ in file.execute("PRAGMA foreign_key_check")}
        for table in broken:
            file.execute(f"DELETE FROM {table}")  # noqa: S608


def _tables(file: sqlite3.Connection) -> list[str]:
    found = file.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
    return [name for (name,) in found if name != "alembic_version"]


def _fill(file: sqlite3.Connection, table: str) -> None:
    """One row, if the table's own rules let it in."""
    columns = file.execute(f"PRAGMA table_info({table})").fetchall()
    row = {name: _VALUES.get(kind.split("(")[0], "x") for _, name, kind, *_ in columns}
    places = ", ".join("?" * len(row))
    with suppress(sqlite3.IntegrityError):
        file.execute(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({places})", list(row.values()))  # noqa: S608


def rows(path: Path) -> dict[str, int]:
    """Table → how many rows."""
    with closing(sqlite3.connect(path)) as file:
        return {name: file.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in _tables(file)}  # noqa: S608


async def finish(path: Path, before: dict[str, int]) -> str:
    """Migrate what is left; what is wrong then, or nothing."""
    url = f"sqlite:///{path}"
    await migrate(url)
    if not await is_current(url):
        return "has not the present schema"
    with closing(sqlite3.connect(path)) as file:
        (state,) = file.execute("PRAGMA integrity_check").fetchone()
        lost = file.execute("PRAGMA foreign_key_check").fetchall()
    after = rows(path)
    fewer = [
        table for table, count in before.items() if table in after and after[table] < count and table not in RECOUNTED
    ]
    return "" if state == "ok" and not lost and not fewer else f"{state}; {lost}; fewer rows in {fewer}"


def disks(made: Recording, cuts: int, chance: random.Random) -> Iterator[Disk]:
    """The disk at so many moments of the recording."""
    moments = set(chance.sample(range(1, len(made.steps)), min(cuts, len(made.steps) - 1)))
    disk = Disk({path: bytearray(data) for path, data in made.before.items()})
    for at, step in enumerate(made.steps):
        if at in moments:
            yield disk
        disk.take(step)


async def attack(seconds: float, cuts: int, chance: random.Random, chosen: list[str]) -> Findings:
    """What was found with these schemas, or as many as time allowed for."""
    found, deadline = Findings(), time.monotonic() + seconds
    for schema in chosen:
        if time.monotonic() > deadline:
            break
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "queue.db"
            await make(f"sqlite:///{path}", schema)
            before = rows(path)
            with recording() as made:
                problems = [await finish(path, before)]
        found.schemas += 1
        found.rows += sum(before.values())
        for disk in disks(made, cuts, chance):
            found.cuts += 1
            with tempfile.TemporaryDirectory() as folder:
                disk.cut(Path(folder), chance)
                problems.append(await finish(Path(folder) / "queue.db", before))
        found.wrong += [f"from {schema}: {problem}" for problem in problems if problem]
    return found


def main() -> int:
    """Exit status 1: something was wrong."""
    parser = arguments(__doc__, seconds=120)
    parser.add_argument("--cuts", type=int, default=10, help="how often the power goes for each schema (%(default)s)")
    given = parser.parse_args()
    print(f"--seed {given.seed}")
    found = asyncio.run(attack(given.seconds, given.cuts, random.Random(given.seed), schemas()))
    print(found, *found.wrong[:20], sep="\n")
    return 1 if found.wrong or found.schemas < len(schemas()) else 0


if __name__ == "__main__":
    sys.exit(main())
