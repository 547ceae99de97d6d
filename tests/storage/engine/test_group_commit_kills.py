"""A server that is killed in the middle of a common commit has lost nothing that it said, and left nothing half."""

from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
import subprocess
import sys
from collections import Counter
from contextlib import closing
from itertools import count
from pathlib import Path

from sqlalchemy import make_url, text

from queue_server.storage.engine.group_commit import Commit, GroupCommit
from queue_server.storage.engine.sqlite_in_loop import LoopConnection, loop_engine

ADD = text("INSERT INTO line (who) VALUES (:who)")
WRITERS = 3
ROUNDS = 2
#: Of each round: BEGIN, COMMIT, and for each writer SAVEPOINT, two INSERTs and RELEASE.
STATEMENTS = ROUNDS * (2 + 4 * WRITERS)


async def write(file: Path, dies_at: int) -> None:
    """In each round the writers add two rows each, together; who is done says so. The process dies at a statement."""
    engine, ran = loop_engine(make_url(f"sqlite:///{file}"), pragmas=("synchronous=FULL",)), count(1)

    def note(_statement: str) -> None:
        if next(ran) == dies_at:
            os.kill(os.getpid(), signal.SIGKILL)

    def connect() -> LoopConnection:
        connection = LoopConnection(engine)
        connection.driver.set_trace_callback(note)
        return connection

    def publish(_commit: Commit) -> None:
        """Nobody watches."""

    group = GroupCommit(connect, publish)
    said = os.open(file.with_suffix(".said"), os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    async def add(who: str) -> None:
        async with group.unit() as (connection, _):
            await connection.execute(ADD, {"who": who})
            await asyncio.sleep(0)
            await connection.execute(ADD, {"who": who})
        os.write(said, f"{who}\n".encode())

    for number in range(ROUNDS):
        await asyncio.gather(*(add(f"{number}-{writer}") for writer in range(WRITERS)))
    await group.close()


def die_at_each_statement(folder: Path) -> None:
    """One child for each statement, which it does not outlive; one more lives to its end."""
    for dies_at in range(1, STATEMENTS + 2):
        file = folder / f"{dies_at}.db"
        with closing(sqlite3.connect(file)) as connection:
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("CREATE TABLE line (id INTEGER PRIMARY KEY, who TEXT NOT NULL)")
        child = os.fork()
        if child == 0:
            asyncio.run(write(file, dies_at))
            os._exit(0)
        _, status = os.waitpid(child, 0)
        assert os.WIFSIGNALED(status) is (dies_at <= STATEMENTS), (dies_at, status)


def test_whoever_is_killed_between_savepoint_and_commit_keeps_what_was_said_and_nothing_half(tmp_path: Path) -> None:
    program = f"from pathlib import Path; from {__name__} import *; die_at_each_statement(Path({str(tmp_path)!r}))"
    subprocess.run([sys.executable, "-c", program], check=True, cwd=Path(__file__).parents[3], timeout=120)

    kept_rounds = []
    for dies_at in range(1, STATEMENTS + 2):
        file = tmp_path / f"{dies_at}.db"
        said = set(file.with_suffix(".said").read_text().split())
        with closing(sqlite3.connect(file)) as connection:
            rows = Counter(who for (who,) in connection.execute("SELECT who FROM line"))
            assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert said <= rows.keys()
        assert set(rows.values()) <= {2}
        # A group stands or falls together.
        assert len(rows) % WRITERS == 0
        kept_rounds.append(len(rows) // WRITERS)
    assert kept_rounds == sorted(kept_rounds)
    assert set(kept_rounds) == set(range(ROUNDS + 1))
