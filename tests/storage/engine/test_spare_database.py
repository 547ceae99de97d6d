"""A database to try something in, and nothing of it left."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from queue_server.storage.engine.backup import CannotBackUp
from queue_server.storage.engine.engines import database_url, open_engine
from queue_server.storage.engine.spare_database import drop_database, make_database


@pytest.mark.postgres
async def test_it_is_empty_and_is_gone_afterwards(postgres_url: str) -> None:
    own = database_url(postgres_url)

    made = await make_database(own)
    engine = open_engine(made, size=1)
    async with engine.connect() as connection:
        assert (
            await connection.execute(text("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"))
        ).scalar() == 0
    await engine.dispose()
    await drop_database(made, own)

    engine = open_engine(own, size=1)
    async with engine.connect() as connection:
        found = await connection.execute(text("SELECT datname FROM pg_database WHERE datname LIKE 'queue_drill_%'"))
        assert found.all() == []
    await engine.dispose()


@pytest.mark.postgres
async def test_where_none_can_be_made_that_is_said(postgres_url: str) -> None:
    away = database_url(postgres_url).set(database="no_such_database")

    with pytest.raises(CannotBackUp, match="of its own"):
        await make_database(away)
