"""Fixtures for every test."""

import os
import uuid
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.postgres import PostgresServer, PostgresUnavailableError, running_postgres


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """One real PostgreSQL for all tests of a run; skips where none can be started, unless all are required."""
    with ExitStack() as stack:
        try:
            server = stack.enter_context(running_postgres())
        except PostgresUnavailableError as reason:
            if os.environ.get("QUEUE_REQUIRE_ALL") == "1":
                pytest.fail(f"PostgreSQL is required and cannot be started: {reason}")
            pytest.skip(f"PostgreSQL cannot be started: {reason}")
        yield server


@pytest.fixture
def postgres_url(postgres_server: PostgresServer) -> Iterator[str]:
    """The address, ``postgresql://…``, of a fresh empty database for one test."""
    with postgres_server.database(f"test_{uuid.uuid4().hex}") as url:
        yield url
