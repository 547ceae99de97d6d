"""Revisions of sources: each commit gives every source that it touched the next one, and tells the other processes."""

from __future__ import annotations

from sqlalchemy import ARRAY, String, bindparam, case, func, literal, select
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from queue_server import sources
from queue_server.sources import Source
from queue_server.storage.engine.group_commit import Commit
from queue_server.storage.engine.postgres_connections import PostgresConnection
from queue_server.storage.engine.statements import PostgresStatement, Statement
from queue_server.storage.engine.together import Ask, ask
from queue_server.storage.tables import RevisionRow

_NEXT = Statement(
    lambda insert: (
        insert(RevisionRow)
        .values(source=bindparam("source"), rev=1)
        .on_conflict_do_update(index_elements=["source"], set_={"rev": col(RevisionRow.rev) + 1})
        .returning(col(RevisionRow.rev))
    )
)
_OF = Statement(select(col(RevisionRow.rev)).where(col(RevisionRow.source) == bindparam("source")))

# The rows are locked in the order of their names, so that no two commits wait for one another.
_TOUCHED = (
    func.unnest(bindparam("touched", type_=ARRAY(String)), bindparam("told", type_=ARRAY(String)))
    .table_valued("source", "told")
    .render_derived()
)
_COUNTED = (
    postgresql.insert(RevisionRow)
    .from_select(["source", "rev"], select(_TOUCHED.c.source, literal(1)).order_by(_TOUCHED.c.source))
    .on_conflict_do_update(index_elements=["source"], set_={"rev": col(RevisionRow.rev) + 1})
    .returning(col(RevisionRow.source), col(RevisionRow.rev))
    .cte("counted")
)
_NOTICE = func.format(sources.NOTICE, _COUNTED.c.source, _COUNTED.c.rev)
_ENTRIES_NOTICE = func.format(sources.ENTRIES_NOTICE, _COUNTED.c.source, _COUNTED.c.rev, _TOUCHED.c.told)
_COUNT = PostgresStatement(
    select(
        _COUNTED.c.source,
        _COUNTED.c.rev,
        case((_TOUCHED.c.told.is_not(None), func.pg_notify(sources.ENTRIES_CHANNEL, _ENTRIES_NOTICE))),
        func.pg_notify(sources.CHANNEL, _NOTICE),
    ).join(_TOUCHED, _TOUCHED.c.source == _COUNTED.c.source)
)
#: A notice of PostgreSQL has 8,000 bytes at most; so many entries are told in it.
_MANY_ENTRIES = 200


def looking_for(source: Source) -> Ask:
    """What finds the source's revision, if it was ever touched."""
    return ask(_OF, source=source)


async def next_of(connection: AsyncConnection, source: Source) -> int:
    """The source has its next revision with this transaction: this one."""
    return int(await _NEXT.scalar(connection, source=source))


async def count(connection: PostgresConnection, commit: Commit) -> None:
    """What the units of this commit have touched has its next revision, and the other processes hear of it with it."""
    if not commit.touched:
        return
    touched = sorted(commit.touched)
    for row in await _COUNT.rows(connection, touched=touched, told=[_told(commit, source) for source in touched]):
        commit.revise(sources.kept(row.source), row.rev)


def _told(commit: Commit, source: Source) -> str | None:
    """Which entries the other processes are told have changed with the source; none where that is not known."""
    department_id = sources.department_of(source)
    if department_id is None or commit.ids is None:
        return None
    ids = commit.ids.get(department_id, set())
    return sources.ids_told(ids) if len(ids) <= _MANY_ENTRIES else None
