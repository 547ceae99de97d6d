"""Statements that a press runs: written with Core over the tables, compiled once, and run on the driver itself.

Building a statement anew costs fifty times what SQLite takes to run it, and the way through SQLAlchemy's connection
seven times (docs/decisions/0025-hot-statements.md).
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, cast

from sqlalchemy import ColumnElement, Executable, or_
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql import Select
from sqlalchemy.types import TypeEngine

from queue_server.storage.engine.sqlite_in_loop import LoopConnection

_SQLITE = sqlite.dialect()

#: Makes a value what the driver takes, or what the driver gives a value.
_Convert = Callable[[Any], Any]


class Statement:
    """One statement for both databases; its `bindparam`s are given by name each time that it is run.

    Made of a SELECT, UPDATE or DELETE, or of a function that is handed the dialect's own INSERT. So many rows as it
    `keeps` are not converted again while they stay the same; none of their columns may be JSON, which can be changed.
    """

    def __init__(self, made: Executable | Callable[[Any], Executable], *, keeps: int = 0) -> None:
        self._for_postgres: Any = made if isinstance(made, Executable) else made(postgresql.insert)
        self._compile(made if isinstance(made, Executable) else made(sqlite.insert))
        self._row = lru_cache(keeps)(self._made) if keeps else self._made

    async def rows(self, connection: AsyncConnection, **values: Any) -> Sequence[Any]:
        """The rows, whose columns are attributes; none for a statement that gives none."""
        if isinstance(connection, LoopConnection):
            return self._run(connection, values)
        result = await connection.execute(self._for_postgres, values)
        return result.all() if result.returns_rows else ()

    async def each(self, connection: AsyncConnection, many: Sequence[Mapping[str, Any]]) -> None:
        """The statement is run once for each of these values, in order, as one; it gives no rows."""
        if isinstance(connection, LoopConnection):
            connection.run_each(self._text, [self._given(values) for values in many])
        elif many:
            await connection.execute(self._for_postgres, list(many))

    async def tuples(self, connection: AsyncConnection, **values: Any) -> Sequence[Any]:
        """The rows as the driver gives them, for columns that need no conversion: many of them cost little."""
        if isinstance(connection, LoopConnection):
            return connection.fetch(self._text, self._given(values))
        return (await connection.execute(self._for_postgres, values)).all()

    async def first(self, connection: AsyncConnection, **values: Any) -> Any:
        """The first row, or none."""
        return next(iter(await self.rows(connection, **values)), None)

    async def scalar(self, connection: AsyncConnection, **values: Any) -> Any:
        """The first column of the first row; none without a row."""
        row = await self.first(connection, **values)
        return None if row is None else row[0]

    def _compile(self, core: Any) -> None:
        compiled = core.compile(dialect=_SQLITE)
        self._text = str(compiled)
        self._parameters: list[tuple[str, Any, _Convert | None]] = []
        for name in compiled.positiontup or ():
            convert = _of(compiled.binds[name].type).bind_processor(_SQLITE)
            value = compiled.params[name]
            self._parameters.append((name, convert(value) if convert and value is not None else value, convert))
        columns = list(core.selected_columns if isinstance(core, Select) else core.exported_columns)
        # typing.NamedTuple would want fields with types, and the columns' own names may be no names of Python.
        made: Any = namedtuple
        self._make: Callable[[Iterable[Any]], Any] = made("Row", [one.key for one in columns], rename=True)._make
        found = [(place, _of(column.type).result_processor(_SQLITE, None)) for place, column in enumerate(columns)]
        self._results = [(place, convert) for place, convert in found if convert is not None]

    def _given(self, values: Mapping[str, Any]) -> list[Any]:
        return [
            fixed if name not in values else convert(values[name]) if convert else values[name]
            for name, fixed, convert in self._parameters
        ]

    def _run(self, connection: LoopConnection, values: dict[str, Any]) -> list[Any]:
        found = connection.fetch(self._text, self._given(values))
        return [self._row(row) for row in found] if found else found

    def _made(self, row: tuple[Any, ...]) -> Any:
        if not self._results:
            return self._make(row)
        made = list(row)
        for place, convert in self._results:
            made[place] = convert(made[place])
        return self._make(made)


def one_of(column: Any, values: Iterable[Any]) -> ColumnElement[bool]:
    """`column IN values`, for values that are always the same; an IN of SQLAlchemy's is put together at each run."""
    return or_(*(column == value for value in sorted(values)))


def _of(kind: TypeEngine[Any]) -> Any:
    return cast(Any, kind.dialect_impl(_SQLITE))
