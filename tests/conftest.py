"""Fixtures for every test."""

import asyncio
import os
import re
import uuid
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from functools import cache
from pathlib import Path

import bcrypt
import pytest
from hypothesis import HealthCheck, settings

from queue_server.domain.access.actors import Actor
from queue_server.domain.queue.events import Event
from queue_server.storage.engine.migrating import migrate
from queue_server.storage.engine.store import Transaction
from tests.clinics import FURNISHED
from tests.postgres import PostgresServer, PostgresUnavailable, running_postgres

#: Whether a property holds does not depend on how fast the machine is.
settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any machine")


@cache
def described_kinds() -> frozenset[str]:
    """The kinds of journal lines that docs/journal.md describes."""
    document = Path(__file__).resolve().parent.parent / "docs" / "journal.md"
    return frozenset(re.findall(r"^\| `(\w+)` \| .+\. \|$", document.read_text(), re.MULTILINE))


@pytest.fixture(scope="session", autouse=True)
def every_line_is_described() -> Iterator[None]:
    """Whatever a test makes the journal say stands in its document."""
    record = Transaction.record

    def record_described(work: Transaction, event: Event) -> None:
        assert event.kind in described_kinds(), f"docs/journal.md does not describe the kind {event.kind!r}."
        record(work, event)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Transaction, "record", record_described)
        yield


#: Files of few tests of which one may take a minute.
LONG = (
    "tests/browser/test_accessibility.py",
    "tests/chaos/",
    "tests/packaging/",
    "tests/property/",
    "tests/simulation/",
)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What CI runs under coverage is marked, so that it need not run twice there.

    That is on SQLite; only of the storage's engine half is PostgreSQL's alone.
    """
    for item in items:
        folder, *below = item.path.relative_to(item.config.rootpath).parts[1:]
        is_for_both = item.get_closest_marker("postgres") and below[:1] != ["engine"]
        if folder in {"domain", "services", "storage"} and not is_for_both:
            item.add_marker("measured")
    if items and hasattr(items[0].config, "workerinput"):
        _put_long_files_first(items)


def _put_long_files_first(items: list[pytest.Item]) -> None:
    """Workers that share the files have only short ones left at the end."""
    counts = Counter(item.path for item in items)

    def turn(item: pytest.Item) -> tuple[bool, int, str]:
        path = item.path.relative_to(item.config.rootpath).as_posix()
        return not path.startswith(LONG), -counts[item.path], path

    items.sort(key=turn)


@pytest.fixture
def quick_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Passwords and PINs that the server itself hashes cost a thousandth of what they really cost."""
    real = bcrypt.gensalt
    monkeypatch.setattr(bcrypt, "gensalt", lambda rounds: real(4))


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """One real PostgreSQL for all tests of a run; skips where none can be started, unless all are required."""
    with ExitStack() as stack:
        try:
            server = stack.enter_context(running_postgres())
        except PostgresUnavailable as reason:
            if os.environ.get("QUEUE_REQUIRE_ALL") == "1":
                pytest.fail(f"PostgreSQL is required and cannot be started: {reason}")
            pytest.skip(f"PostgreSQL cannot be started: {reason}")
        yield server


@pytest.fixture
def postgres_url(postgres_server: PostgresServer) -> Iterator[str]:
    """The address, `postgresql://…`, of a fresh empty database for one test."""
    with postgres_server.database(f"test_{uuid.uuid4().hex}") as url:
        yield url


@pytest.fixture(scope="session")
def postgres_schema(postgres_server: PostgresServer) -> Iterator[str]:
    """The name of a database with the newest schema and nothing else, for copies."""
    name = "schema"
    # A loop of its own that never becomes the current one: tests may have theirs.
    with postgres_server.database(name) as url, asyncio.Runner(loop_factory=asyncio.new_event_loop) as runner:
        runner.run(migrate(url))
        yield name


@pytest.fixture
def migrated_postgres_url(postgres_server: PostgresServer, postgres_schema: str) -> Iterator[str]:
    """The address of a fresh database with the newest schema for one test."""
    with postgres_server.database(f"test_{uuid.uuid4().hex}", copy_of=postgres_schema) as url:
        yield url


@pytest.fixture(scope="session")
def postgres_clinic(postgres_server: PostgresServer, postgres_schema: str) -> Iterator[tuple[str, list[Actor]]]:
    """The name of a database with the clinic of the tests, for copies, and its doctors."""
    name = "clinic"
    with (
        postgres_server.database(name, copy_of=postgres_schema) as url,
        asyncio.Runner(loop_factory=asyncio.new_event_loop) as runner,
    ):
        yield name, runner.run(FURNISHED.at(url))


@pytest.fixture
def furnished_postgres_url(postgres_server: PostgresServer, postgres_clinic: tuple[str, list[Actor]]) -> Iterator[str]:
    """The address of a fresh database with the clinic of the tests for one test: `a_clinic` opens it."""
    name, doctors = postgres_clinic
    with postgres_server.database(f"test_{uuid.uuid4().hex}", copy_of=name) as url:
        FURNISHED.is_copied(url, doctors)
        yield url
