"""Statements that a press runs: written with Core over the tables, compiled once, and run on the driver itself.

Building a statement anew costs fifty times what SQLite takes to run it, and the way through SQLAlchemy's connection
seven times (docs/decisions/0025-hot-statements.md).
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from functools import cache, cached_property, lru_cache
from typing import Any, cast

from sqlalchemy import ColumnElement, Executable, Insert, or_
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql import Select
from sqlalchemy.types import TypeEngine

from queue_server.storage.engine.postgres_connections import PostgresConnection
from queue_server.storage.engine.sqlite_in_loop import LoopConnection

#: Makes a value what the driver takes, or what the driver gives a value.
_Convert = Callable[[Any], Any]


class Statement:
    """One statement for both databases; its `bindparam`s are given by name each time that it is run.

    Made of a SELECT, UPDATE or DELETE, or of a function that is handed the dialect's own INSERT. So many rows as it
    `keeps` are not converted again while they stay the same; none of their columns may be JSON, which can be changed.
    """

    def __init__(self, made: Executable | Callable[[Any], Executable], *, keeps: int = 0) -> None:
        self._made = made
        self._keeps = keeps
        self._on_sqlite = Compiled(self._core(sqlite.insert), sqlite.dialect(), keeps)

    async def rows(self, connection: AsyncConnection, **values: Any) -> Sequence[Any]:
        """The rows, whose columns are attributes; none for a statement that gives none."""
        if isinstance(connection, LoopConnection):
            compiled = self._on_sqlite
            return compiled.made_of(connection.fetch(compiled.text, compiled.given(values)))
        if isinstance(connection, PostgresConnection):
            compiled = self.on_postgres
            return compiled.made_of(await connection.fetch(compiled.text, compiled.given(values)))
        result = await connection.execute(self._for_postgres, values)
        return result.all() if result.returns_rows else ()

    async def each(self, connection: AsyncConnection, many: Sequence[Mapping[str, Any]]) -> None:
        """The statement is run once for each of these values, in order, as one; it gives no rows."""
        if isinstance(connection, LoopConnection):
            connection.run_each(self._on_sqlite.text, [self._on_sqlite.given(values) for values in many])
        elif isinstance(connection, PostgresConnection):
            await connection.run_each(self.on_postgres.text, [self.on_postgres.given(values) for values in many])
        elif many:
            await connection.execute(self._for_postgres, list(many))

    async def tuples(self, connection: AsyncConnection, **values: Any) -> Sequence[Any]:
        """The rows as the driver gives them, for columns that need no conversion: many of them cost little."""
        if isinstance(connection, LoopConnection):
            return connection.fetch(self._on_sqlite.text, self._on_sqlite.given(values))
        if isinstance(connection, PostgresConnection):
            return await connection.fetch(self.on_postgres.text, self.on_postgres.given(values))
        return (await connection.execute(self._for_postgres, values)).all()

    async def first(self, connection: AsyncConnection, **values: Any) -> Any:
        """The first row, or none."""
        return next(iter(await self.rows(connection, **values)), None)

    async def scalar(self, connection: AsyncConnection, **values: Any) -> Any:
        """The first column of the first row; none without a row."""
        row = await self.first(connection, **values)
        return None if row is None else row[0]

    @cached_property
    def _for_postgres(self) -> Any:
        return self._core(postgresql.insert)

    @cached_property
    def on_postgres(self) -> Compiled:
        """As PostgreSQL's driver takes it."""
        return Compiled(self._for_postgres, _asyncpg(), self._keeps)

    def _core(self, insert: Any) -> Any:
        made = self._made if isinstance(self._made, Executable) else self._made(insert)
        # An INSERT that is not asked for anything gives nothing, on either database.
        return made.inline() if isinstance(made, Insert) else made


class Compiled:
    """A statement as the driver of one database takes it, and what it takes and gives."""

    def __init__(self, core: Any, dialect: Any, keeps: int) -> None:
        compiled = core.compile(dialect=dialect)
        self.text = str(compiled)
        self._parameters: list[tuple[str, Any, _Convert | None]] = []
        for name in compiled.positiontup or ():
            convert = _of(compiled.binds[name].type, dialect).bind_processor(dialect)
            value = compiled.params[name]
            self._parameters.append((name, convert(value) if convert and value is not None else value, convert))
        #: Its parameters in their order.
        self.names = [name for name, *_ in self._parameters]
        columns = list(core.selected_columns if isinstance(core, Select) else core.exported_columns)
        # typing.NamedTuple would want fields with types, and the columns' own names may be no names of Python.
        made: Any = namedtuple
        self._make: Callable[[Iterable[Any]], Any] = made("Row", [one.key for one in columns], rename=True)._make
        #: How many columns its rows have; 0 for a statement that gives none.
        self.width = len(columns)
        found = [
            (place, _of(column.type, dialect).result_processor(dialect, None)) for place, column in enumerate(columns)
        ]
        self._results = [(place, convert) for place, convert in found if convert is not None]
        self._row = lru_cache(keeps)(self._made) if keeps else self._made

    def given(self, values: Mapping[str, Any], without: Container[str] = ()) -> list[Any]:
        """The parameters in their order, as the driver takes them; `without` some of them."""
        return [
            fixed if name not in values else convert(values[name]) if convert else values[name]
            for name, fixed, convert in self._parameters
            if name not in without
        ]

    def made_of(self, found: Sequence[Any]) -> Sequence[Any]:
        """The driver's rows with their columns as attributes, each as its type."""
        return [self._row(row) for row in found] if found else found

    def _made(self, row: Any) -> Any:
        if not self._results:
            return self._make(row)
        made = list(row)
        for place, convert in self._results:
            made[place] = convert(made[place])
        return self._make(made)


class PostgresStatement:
    """As `Statement`, of what only PostgreSQL knows; it is compiled when it is first run."""

    def __init__(self, core: Executable) -> None:
        self._core = core

    async def rows(self, connection: PostgresConnection, **values: Any) -> Sequence[Any]:
        """The rows, whose columns are attributes."""
        compiled = self._compiled
        return compiled.made_of(await connection.fetch(compiled.text, compiled.given(values)))

    @cached_property
    def _compiled(self) -> Compiled:
        return Compiled(self._core, _asyncpg(), 0)


def one_of(column: Any, values: Iterable[Any]) -> ColumnElement[bool]:
    """`column IN values`, for values that are always the same; an IN of SQLAlchemy's is put together at each run."""
    return or_(*(column == value for value in sorted(values)))


@cache
def _asyncpg() -> Any:
    from sqlalchemy.dialects.postgresql.asyncpg import dialect

    made: Any = dialect
    return made()


def _of(kind: TypeEngine[Any], dialect: Any) -> Any:
    return cast(Any, kind.dialect_impl(dialect))
