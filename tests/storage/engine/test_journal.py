"""Whatever is done to the journal behind the server's back is found, and the first bad line is named."""

from __future__ import annotations

import hashlib
import json
import random
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine

from queue_server.domain.queue.events import Event, seal
from queue_server.paths import MIGRATIONS
from queue_server.services.programs.journal import Journal
from tests.clinics import Clinic, a_clinic

COLUMNS = ("id", "kind", "at", "actor", "token_id", "department_id", "data", "number", "hash")
Row = dict[str, Any]


@pytest.fixture
async def clinic(tmp_path: Path) -> AsyncIterator[Clinic]:
    """A clinic with some sixty lines in its journal."""
    async with a_clinic(f"sqlite:///{tmp_path}/queue.db") as clinic:
        for _ in range(20):
            await clinic.issue()
        for _ in range(18):
            await clinic.next()
        yield clinic


@pytest.fixture
def file(clinic: Clinic, tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """The database's file, opened by somebody else."""
    with closing(sqlite3.connect(tmp_path / "queue.db")) as connection:
        connection.execute("PRAGMA synchronous=OFF")
        yield connection


def rows_of(file: sqlite3.Connection) -> list[Row]:
    query = f"SELECT {', '.join(COLUMNS)} FROM event ORDER BY number"  # noqa: S608
    return [dict(zip(COLUMNS, row, strict=True)) for row in file.execute(query)]


def put(file: sqlite3.Connection, rows: list[Row]) -> None:
    """The journal has these lines and no others."""
    file.execute("DELETE FROM event")
    places = ", ".join("?" for _ in COLUMNS)
    statement = f"INSERT INTO event ({', '.join(COLUMNS)}) VALUES ({places})"  # noqa: S608
    file.executemany(statement, [[row[name] for name in COLUMNS] for row in rows])
    file.commit()


def edited(rows: list[Row], chance: random.Random) -> tuple[list[Row], int]:
    """One value of one line is another; returns the number of the line as well."""
    line = chance.choice(rows)
    column = chance.choice([name for name in COLUMNS if name not in ("id", "number")])
    others: Row = {
        "kind": line["kind"] + "x",
        "at": line["at"].replace("2026", "2025"),
        "actor": "doctor:99",
        "token_id": (line["token_id"] or 0) + 1,
        "department_id": (line["department_id"] or 0) + 1,
        "data": json.dumps(json.loads(line["data"]) | {"more": chance.random()}),
        "hash": hashlib.sha256(chance.randbytes(8)).hexdigest(),
    }
    return [row | {column: others[column]} if row is line else row for row in rows], line["number"]


def without_one(rows: list[Row], chance: random.Random) -> tuple[list[Row], int]:
    """One line is missing; half of the time the numbers after it are closed up."""
    index, is_closed = chance.randrange(len(rows)), chance.random() < 0.5
    after = [row | {"number": row["number"] - is_closed} for row in rows[index + 1 :]]
    return rows[:index] + after, rows[index]["number"]


def swapped(rows: list[Row], chance: random.Random) -> tuple[list[Row], int]:
    """Two lines have changed places, with their hashes."""
    first, second = sorted(chance.sample(rows, 2), key=lambda row: int(row["number"]))
    numbers = {first["id"]: second["number"], second["id"]: first["number"]}
    return [row | {"number": numbers.get(row["id"], row["number"])} for row in rows], first["number"]


def with_one_more(rows: list[Row], chance: random.Random) -> tuple[list[Row], int]:
    """One line too many, rightly sealed by somebody who knows how; the numbers after it make room."""
    index = chance.randrange(len(rows) + 1)
    model, previous = chance.choice(rows), rows[index - 1]["hash"] if index else "0" * 64
    event = Event("logged_in", datetime.fromisoformat(model["at"]).replace(tzinfo=UTC), "admin:9", None, None, {})
    more = model | {"id": 10_000, "kind": event.kind, "actor": event.actor, "token_id": None, "department_id": None}
    more |= {"data": "{}", "number": index + 1, "hash": seal(index + 1, event, previous)}
    return [*rows[:index], more, *(row | {"number": row["number"] + 1} for row in rows[index:])], index + 1


DEEDS = [edited, without_one, swapped, with_one_more]


@pytest.mark.parametrize("deed", DEEDS)
async def test_every_one_of_250_random_deeds_is_found(clinic: Clinic, file: sqlite3.Connection, deed: Any) -> None:
    whole, chance, reports = rows_of(file), random.Random(250), Journal(clinic.services.store)
    missed = []

    for turn in range(250):
        rows, touched = deed(whole, chance)
        put(file, rows)
        bad, _ = await reports.first_bad_line()
        # An inserted line that is rightly sealed fits; the line after it does not.
        if bad is None or not touched <= bad <= touched + (deed is with_one_more):
            missed.append((turn, touched, bad))

    put(file, whole)
    assert missed == []
    assert await reports.first_bad_line() == (None, len(whole))


async def test_a_line_that_nobody_sealed_is_found(clinic: Clinic, file: sqlite3.Connection) -> None:
    rows = rows_of(file)

    put(file, [*rows, rows[-1] | {"id": 10_000, "number": None, "hash": None}])

    assert (await clinic.services.programs.journal.first_bad_line())[0] == len(rows) + 1


async def test_what_is_written_later_does_not_hide_a_missing_end(clinic: Clinic, file: sqlite3.Connection) -> None:
    rows = rows_of(file)
    put(file, rows[:-1])

    await clinic.issue()

    assert (await clinic.services.programs.journal.first_bad_line())[0] == len(rows)


async def test_a_journal_of_an_older_version_gets_its_end_noted(
    clinic: Clinic, file: sqlite3.Connection, tmp_path: Path
) -> None:
    file.execute("DELETE FROM setting WHERE name = 'journal_head'")
    file.commit()
    migration = ScriptDirectory(str(MIGRATIONS)).get_revision("0003").module
    engine = create_engine(f"sqlite:///{tmp_path}/queue.db")

    with engine.begin() as connection, Operations.context(MigrationContext.configure(connection)):
        migration.upgrade()

    engine.dispose()
    assert await clinic.services.programs.journal.first_bad_line() == (None, len(rows_of(file)))


async def test_a_journal_without_a_single_line_is_missed(clinic: Clinic, file: sqlite3.Connection) -> None:
    put(file, [])

    assert (await clinic.services.programs.journal.first_bad_line())[0] == 1
