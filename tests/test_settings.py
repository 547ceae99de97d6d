"""Where a server keeps what it must not lose, whatever folder it is started from."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from queue_server.settings import Settings
from queue_server.storage.engine.migrating import migrate
from tests.clinics import a_clinic


@pytest.fixture
def usual_umask() -> Iterator[None]:
    """Files may be read by everybody unless somebody says otherwise."""
    before = os.umask(0o022)
    yield
    os.umask(before)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_the_data_folder_lies_beside_the_sqlite_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUEUE_DATABASE_URL", "sqlite:////var/lib/smart-queue/queue.db")

    assert Settings().data == Path("/var/lib/smart-queue")


def test_a_flag_for_the_database_takes_the_data_folder_along() -> None:
    settings = Settings(database_url="sqlite:///here/queue.db").changed(database_url="sqlite:////there/queue.db")

    assert settings.data == Path("/there")


def test_a_data_folder_that_is_named_is_that_folder() -> None:
    settings = Settings(database_url="sqlite:////there/queue.db", data=Path("/keys"))

    assert settings.changed(database_url="sqlite:////elsewhere/queue.db").data == Path("/keys")


def test_the_short_name_that_platforms_give_postgresql_is_taken() -> None:
    assert Settings(database_url="postgres://queue@db/queue").database_url == "postgresql://queue@db/queue"


def test_beside_postgresql_it_is_a_folder_of_its_own() -> None:
    assert Settings(database_url="postgresql://queue@db/queue").data == Path("queue-data")


async def test_nobody_else_can_read_a_new_database_or_look_into_its_folder(tmp_path: Path, usual_umask: None) -> None:
    path = tmp_path / "clinic" / "queue.db"
    await migrate(f"sqlite:///{path}")

    async with a_clinic(f"sqlite:///{path}") as clinic:
        await clinic.issue()
        modes = {file.name: mode(file) for file in path.parent.iterdir()}

    assert modes == {"queue.db": 0o600, "queue.db-wal": 0o600, "queue.db-shm": 0o600}
    assert mode(path.parent) == 0o700


async def test_a_database_that_everybody_could_read_is_closed_to_them(tmp_path: Path, usual_umask: None) -> None:
    path = tmp_path / "queue.db"
    path.touch()
    path.chmod(0o644)

    await migrate(f"sqlite:///{path}")

    assert mode(path) == 0o600


async def test_a_folder_that_was_there_keeps_its_mode(tmp_path: Path, usual_umask: None) -> None:
    (tmp_path / "shared").mkdir()

    await migrate(f"sqlite:///{tmp_path}/shared/queue.db")

    assert mode(tmp_path / "shared") == 0o755
