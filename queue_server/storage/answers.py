"""The first answers to requests that may be repeated."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from queue_server.domain.errors import KeyReused
from queue_server.storage.store import Transaction
from queue_server.storage.tables import AnswerRow


async def first_answer(work: Transaction, scope: str, key: str, request: Mapping[str, object]) -> Any | None:
    """The remembered answer to this key in this scope, or none when the request is new; then the key is taken.

    A second request with the same key waits here until the first has committed. Raises `KeyReused` when the key came
    with another request.
    """
    fingerprint = _fingerprint(request)
    claim = (
        work.insert(AnswerRow)
        .values(scope=scope, key=key, fingerprint=fingerprint, at=work.now)
        .on_conflict_do_nothing()
        .returning(col(AnswerRow.key))
    )
    if (await work.connection.execute(claim)).first():
        return None
    query = select(col(AnswerRow.fingerprint), col(AnswerRow.body))
    row = (await work.connection.execute(query.where(col(AnswerRow.scope) == scope, col(AnswerRow.key) == key))).one()
    if row.fingerprint != fingerprint:
        raise KeyReused
    return row.body


async def known_answer(connection: AsyncConnection, scope: str, key: str, request: Mapping[str, object]) -> Any | None:
    """The remembered answer to this key, or none; the key is not taken. Raises `KeyReused` as `first_answer` does."""
    query = select(col(AnswerRow.fingerprint), col(AnswerRow.body))
    row = (await connection.execute(query.where(col(AnswerRow.scope) == scope, col(AnswerRow.key) == key))).first()
    if row is not None and row.fingerprint != _fingerprint(request):
        raise KeyReused
    return row.body if row else None


async def remember(work: Transaction, scope: str, key: str, body: object) -> None:
    """A repetition of the request will be given this (plain JSON)."""
    statement = update(AnswerRow).where(col(AnswerRow.scope) == scope, col(AnswerRow.key) == key).values(body=body)
    await work.connection.execute(statement)


async def forget_before(work: Transaction, moment: datetime) -> None:
    """Answers older than `moment` are gone."""
    await work.connection.execute(delete(AnswerRow).where(col(AnswerRow.at) < moment))


def _fingerprint(request: Mapping[str, object]) -> str:
    return hashlib.sha256(json.dumps(request, sort_keys=True, default=str).encode()).hexdigest()
