"""Statements that need nothing of what the others do, run together: on PostgreSQL in one way there and back.

Each way there and back costs the server and PostgreSQL more than the statements themselves. On SQLite, which is in the
same process, they are run one after the other, in order. They are parts of one statement on PostgreSQL
(https://www.postgresql.org/docs/current/queries-with.html): all look at the rows as these were before, and no two of
them may change the same row.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import chain
from typing import Any, NamedTuple

from sqlalchemy.ext.asyncio import AsyncConnection

from queue_server.storage.engine.postgres_connections import PostgresConnection
from queue_server.storage.engine.statements import Compiled, Statement


class Ask(NamedTuple):
    """A statement, and the values of its parameters by name."""

    statement: Statement
    values: Mapping[str, Any]


class IdOf(NamedTuple):
    """As a value: the id that the INSERT at this place, an earlier one, gives its new row."""

    place: int


#: A statement, and which of its parameters are whose ids.
_Part = tuple[Statement, tuple[tuple[str, int], ...]]


def ask(statement: Statement, **values: Any) -> Ask:
    """The statement with these values."""
    return Ask(statement, values)


async def together(connection: AsyncConnection, *asked: Ask) -> list[Sequence[Any]]:
    """The rows of each of them, in their order; as `Statement.rows` gives them."""
    if len(asked) < 2 or not isinstance(connection, PostgresConnection):
        return await _in_turn(connection, asked)
    parts = tuple((one.statement, _ids_in(one.values)) for one in asked)
    text, compiled = _joined(parts)
    given = [part.given(one.values, dict(ids)) for one, part, (_, ids) in zip(asked, compiled, parts, strict=True)]
    (found,) = await connection.fetch(text, list(chain.from_iterable(given)))
    return [part.made_of(rows) for part, rows in zip(compiled, found, strict=True)]


async def _in_turn(connection: AsyncConnection, asked: Sequence[Ask]) -> list[Sequence[Any]]:
    found: list[Sequence[Any]] = []
    for statement, values in asked:
        known = {name: found[value.place][0][0] if isinstance(value, IdOf) else value for name, value in values.items()}
        found.append(await statement.rows(connection, **known))
    return found


def _ids_in(values: Mapping[str, Any]) -> tuple[tuple[str, int], ...]:
    return tuple((name, value.place) for name, value in values.items() if isinstance(value, IdOf))


@lru_cache(256)
def _joined(parts: tuple[_Part, ...]) -> tuple[str, list[Compiled]]:
    """The one statement, and its parts, whose parameters follow one another but for the ids."""
    compiled, texts, rows, count = [part.on_postgres for part, _ in parts], list[str](), list[str](), 0
    for place, (one, (_, ids)) in enumerate(zip(compiled, parts, strict=True)):
        words = []
        for name in one.names:
            known = dict(ids).get(name)
            count += known is None
            words.append(f"${count}" if known is None else f"(SELECT c0 FROM part{known})")  # noqa: S608
        columns = ", ".join(f"c{number}" for number in range(one.width))
        texts.append(f"part{place}{f' ({columns})' if columns else ''} AS ({_with(words, one.text)})")
        rows.append(f"ARRAY(SELECT ROW(part{place}.*) FROM part{place})" if columns else "ARRAY[]::record[]")  # noqa: S608
    return f"WITH {', '.join(texts)} SELECT {', '.join(rows)}", compiled


def _with(words: Sequence[str], text: str) -> str:
    """The text with these in place of its parameters."""
    return re.sub(r"\$(\d+)", lambda found: words[int(found[1]) - 1], text)
