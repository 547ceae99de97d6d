"""Idempotency keys: a request that arrives twice has its effect once, and gets the first answer again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from queue_server.domain.errors import KeyReused
from queue_server.storage.engine.statements import Statement
from queue_server.storage.engine.store import Transaction
from queue_server.storage.engine.together import Ask, ask, together
from queue_server.storage.tables import AnswerRow

#: Begins each fingerprint; a new one is due when what is asked is put in other words than before. Two days after an
#: update there are keys of the version before it, whose presses may come again: theirs begin otherwise.
_FORM = "2:"

_ANSWER = Statement(
    select(col(AnswerRow.fingerprint), col(AnswerRow.body)).where(
        col(AnswerRow.scope) == bindparam("scope"), col(AnswerRow.key) == bindparam("key")
    )
)
_CLAIM = Statement(
    lambda insert: (
        insert(AnswerRow)
        .values({name: bindparam(name) for name in ("scope", "key", "fingerprint", "at")})
        .on_conflict_do_nothing()
        .returning(col(AnswerRow.key))
    )
)
_REMEMBER = Statement(
    update(AnswerRow)
    .where(col(AnswerRow.scope) == bindparam("of_scope"), col(AnswerRow.key) == bindparam("of_key"))
    .values(body=bindparam("body"))
)


@dataclass(slots=True)
class Once:
    """A request that may arrive more than once. `answer` is plain JSON: set by the block, found by a repetition.

    `looked`: the rows that were looked up beside it.
    """

    is_repeated: bool = False
    answer: Any = None
    looked: Sequence[Sequence[Any]] = ()


@asynccontextmanager
async def once(
    work: Transaction, scope: str, key: str | None, request: Mapping[str, object], beside: Sequence[Ask] = ()
) -> AsyncIterator[Once]:
    """Wrap the effect of a request that carries an idempotency key; no key: every request is a new one.

    The key is committed with the effect or, when the block raises, not at all. A second request with the same key in
    the same scope waits here until the first has committed; then it `is_repeated` and holds the first one's answer.
    What the request is to look up first goes `beside`. Raises `KeyReused` when the key came with another request.
    """
    if key is None:
        yield Once(looked=await together(work.connection, *beside))
        return
    claim = ask(_CLAIM, scope=scope, key=key, fingerprint=_fingerprint(request), at=work.now)
    claimed, *looked = await together(work.connection, claim, *beside)
    if claimed:
        first = Once(looked=looked)
        yield first
        work.at_end(_REMEMBER, of_scope=scope, of_key=key, body=first.answer)
    else:
        yield Once(is_repeated=True, answer=await known_answer(work.connection, scope, key, request))


async def known_answer(connection: AsyncConnection, scope: str, key: str, request: Mapping[str, object]) -> Any | None:
    """The remembered answer to this key, or none; the key is not taken. Raises `KeyReused` as `once` does.

    What an earlier version remembered is the answer whatever is asked: its request cannot be compared any more.
    """
    row = await _ANSWER.first(connection, scope=scope, key=key)
    if row is not None and row.fingerprint.startswith(_FORM) and row.fingerprint != _fingerprint(request):
        raise KeyReused
    return row.body if row else None


async def delete_before(work: Transaction, moment: datetime) -> None:
    """Answers older than `moment` are gone."""
    await work.connection.execute(delete(AnswerRow).where(col(AnswerRow.at) < moment))


def _fingerprint(request: Mapping[str, object]) -> str:
    """At most 64 characters."""
    digest = hashlib.sha256(json.dumps(request, sort_keys=True, default=str).encode()).hexdigest()
    return f"{_FORM}{digest[:60]}"
