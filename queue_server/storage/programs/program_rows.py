"""Other programs and their keys."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Row, select, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from queue_server.domain.access.scopes import Program, Scope, kept_scopes, parse_scopes
from queue_server.storage.engine.store import Transaction
from queue_server.storage.tables import ApiKeyRow

_COLUMNS = tuple(ApiKeyRow.metadata.tables["api_key"].columns)


async def add(work: Transaction, name: str, key_hash: str, scopes: Iterable[Scope]) -> int:
    """The program may use the API with the key of this hash; returns its id."""
    values = {"name": name, "key_hash": key_hash, "scopes": kept_scopes(scopes), "created_at": work.now}
    statement = work.insert(ApiKeyRow).values(**values, is_revoked=False).returning(col(ApiKeyRow.id))
    return int((await work.connection.execute(statement)).scalar_one())


async def by_key(connection: AsyncConnection, key_hash: str) -> Program | None:
    """The program whose key has this hash, unless revoked."""
    query = _query().where(col(ApiKeyRow.key_hash) == key_hash)
    row = (await connection.execute(query)).first()
    return _program(row) if row else None


async def by_id(connection: AsyncConnection, program_id: int) -> Program | None:
    """The program with this id, unless revoked."""
    row = (await connection.execute(_query().where(col(ApiKeyRow.id) == program_id))).first()
    return _program(row) if row else None


async def all_programs(connection: AsyncConnection) -> list[Program]:
    """All programs that may act, by name."""
    query = _query().order_by(col(ApiKeyRow.name), col(ApiKeyRow.id))
    return [_program(row) for row in await connection.execute(query)]


async def revoke(work: Transaction, program_id: int) -> None:
    """The program's key opens nothing any more."""
    await work.connection.execute(update(ApiKeyRow).where(col(ApiKeyRow.id) == program_id).values(is_revoked=True))


async def revoked(connection: AsyncConnection) -> list[int]:
    """The ids of all programs whose key was revoked."""
    query = select(col(ApiKeyRow.id)).where(col(ApiKeyRow.is_revoked))
    return [row.id for row in await connection.execute(query)]


async def note(work: Transaction, program_id: int) -> None:
    """The program was heard of now."""
    await work.connection.execute(update(ApiKeyRow).where(col(ApiKeyRow.id) == program_id).values(seen_at=work.now))


def _query() -> Any:
    return select(*_COLUMNS).where(col(ApiKeyRow.is_revoked).is_(False))


def _program(row: Row[Any]) -> Program:
    return Program(row.id, row.name, parse_scopes(row.scopes), row.created_at, row.seen_at)
