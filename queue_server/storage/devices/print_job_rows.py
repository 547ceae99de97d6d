"""Print jobs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from queue_server import sources
from queue_server.domain.devices.print_jobs import DONE, PrintJob, PrintState
from queue_server.storage.engine.store import Transaction
from queue_server.storage.tables import PrintJobRow, TokenRow


async def add_job(work: Transaction, token_id: int, place: str) -> int:
    """Queue a further slip of this token at the location; returns the job's id."""
    counted = select(func.count()).where(col(PrintJobRow.token_id) == token_id)
    copies = int((await work.connection.execute(counted)).scalar_one())
    statement = work.insert(PrintJobRow).values(
        token_id=token_id,
        place=place,
        copy_number=copies + 1,
        state=PrintState.QUEUED,
        created_at=work.now,
        updated_at=work.now,
    )
    work.touch(sources.prints(place))
    return int((await work.connection.execute(statement.returning(col(PrintJobRow.id)))).scalar_one())


async def set_state(work: Transaction, job_id: int, place: str, state: PrintState, reason: str | None) -> bool:
    """The job of this place is in this state, unless it is already done; tells whether it changed."""
    statement = (
        update(PrintJobRow)
        .where(col(PrintJobRow.id) == job_id, col(PrintJobRow.place) == place)
        .where(col(PrintJobRow.state).not_in(DONE), col(PrintJobRow.state) != state)
        .values(state=state, reason=reason, updated_at=work.now)
        .returning(col(PrintJobRow.id))
    )
    is_changed = (await work.connection.execute(statement)).first() is not None
    if is_changed:
        work.touch(sources.prints(place))
    return is_changed


async def open_jobs(connection: AsyncConnection, place: str, since: datetime) -> list[PrintJob]:
    """Jobs of the place without a final state, oldest first; those from before `since` are left alone."""
    query = _jobs().where(col(PrintJobRow.place) == place, col(PrintJobRow.state).not_in(DONE))
    query = query.where(col(PrintJobRow.created_at) >= since).order_by(col(PrintJobRow.id))
    return [_job(row) for row in await connection.execute(query)]


async def recent_jobs(connection: AsyncConnection, limit: int, places: Sequence[str] | None = None) -> list[PrintJob]:
    """The newest jobs first, of all places or of these."""
    query = _jobs().order_by(col(PrintJobRow.id).desc()).limit(limit)
    if places is not None:
        query = query.where(col(PrintJobRow.place).in_(places))
    return [_job(row) for row in await connection.execute(query)]


async def job(connection: AsyncConnection, job_id: int) -> PrintJob | None:
    """The job with this id."""
    row = (await connection.execute(_jobs().where(col(PrintJobRow.id) == job_id))).first()
    return _job(row) if row else None


def _jobs() -> Select[Any]:
    columns = (*PrintJobRow.metadata.tables["print_job"].columns, col(TokenRow.number))
    return select(*columns).join(TokenRow, col(TokenRow.id) == col(PrintJobRow.token_id))


def _job(row: Row[Any]) -> PrintJob:
    return PrintJob(row.id, row.token_id, row.number, row.place, row.copy_number, row.state, row.reason, row.created_at)
