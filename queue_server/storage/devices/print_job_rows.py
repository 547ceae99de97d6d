"""Print jobs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, and_, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from queue_server import sources
from queue_server.domain.devices.print_jobs import DONE, DROPPED, NOBODY_WAITED, TEST, PrintJob, PrintState
from queue_server.storage.engine.store import Transaction
from queue_server.storage.tables import PrintJobRow, TokenRow


async def add_job(work: Transaction, token_id: int | None, place: str, record_id: int | None = None) -> int:
    """Queue a further slip of this token at the location, or the medicines of this record; returns the job's id.

    Without a token it is a test slip.
    """
    counted = select(func.count()).where(col(PrintJobRow.token_id) == token_id, col(PrintJobRow.record_id) == record_id)
    copies = int((await work.connection.execute(counted)).scalar_one()) if token_id is not None else 0
    statement = work.insert(PrintJobRow).values(
        token_id=token_id,
        place=place,
        copy_number=copies + 1,
        record_id=record_id,
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


async def give_up(
    work: Transaction, place: str | None = None, job_id: int | None = None, before: datetime | None = None
) -> None:
    """No agent is given these jobs any more, which wait at the desk instead; not those that an agent has already."""
    statement = update(PrintJobRow).where(col(PrintJobRow.state) == PrintState.QUEUED)
    for column, value in ((PrintJobRow.place, place), (PrintJobRow.id, job_id)):
        if value is not None:
            statement = statement.where(col(column) == value)
    if before is not None:
        statement = statement.where(col(PrintJobRow.created_at) < before)
    values = {"state": PrintState.FAILED, "reason": NOBODY_WAITED, "updated_at": work.now}
    changed = await work.connection.execute(statement.values(**values).returning(col(PrintJobRow.place)))
    for at in {row.place for row in changed}:
        work.touch(sources.prints(at))


async def has_stale(connection: AsyncConnection, before: datetime) -> bool:
    """Whether a job from before this moment still waits for its agent."""
    query = select(col(PrintJobRow.id)).where(col(PrintJobRow.state) == PrintState.QUEUED)
    return (await connection.execute(query.where(col(PrintJobRow.created_at) < before).limit(1))).first() is not None


async def drop(work: Transaction, job_id: int) -> bool:
    """Nobody need look at the job any more, and no agent is given it, unless it is on paper or was dropped before;
    tells whether that is new."""
    await give_up(work, job_id=job_id)
    statement = (
        update(PrintJobRow)
        .where(col(PrintJobRow.id) == job_id, col(PrintJobRow.state) != PrintState.PRINTED)
        .where(func.coalesce(col(PrintJobRow.reason), "") != DROPPED)
        .values(reason=DROPPED, updated_at=work.now)
    )
    changed = (await work.connection.execute(statement.returning(col(PrintJobRow.place)))).first()
    if changed is not None:
        work.touch(sources.prints(changed.place))
    return changed is not None


async def open_jobs(connection: AsyncConnection, place: str, since: datetime, fresh: datetime) -> list[PrintJob]:
    """Jobs of the place without a final state, oldest first.

    Those that an agent has already are among them if they were made since `since`: it is asked how they ended. Those
    that it does not have are among them only if they were made since `fresh`.
    """
    query = _jobs().where(col(PrintJobRow.place) == place, col(PrintJobRow.state).not_in(DONE))
    made = col(PrintJobRow.created_at)
    is_wanted = or_(made >= fresh, and_(col(PrintJobRow.state) == PrintState.SENT, made >= since))
    return [_job(row) for row in await connection.execute(query.where(is_wanted).order_by(col(PrintJobRow.id)))]


async def recent_jobs(connection: AsyncConnection, limit: int, places: Sequence[str]) -> list[PrintJob]:
    """The newest jobs of these places first, slips and medicines; no test slips."""
    query = _jobs().where(col(PrintJobRow.place).in_(places), col(PrintJobRow.token_id).is_not(None))
    return [_job(row) for row in await connection.execute(query.order_by(col(PrintJobRow.id).desc()).limit(limit))]


async def recent_slips(connection: AsyncConnection, limit: int) -> list[PrintJob]:
    """The newest slips first, of all places; no test slips, and no medicines, which are the patient's."""
    query = _jobs().where(col(PrintJobRow.record_id).is_(None), col(PrintJobRow.token_id).is_not(None))
    query = query.order_by(col(PrintJobRow.id).desc()).limit(limit)
    return [_job(row) for row in await connection.execute(query)]


async def newest_tests(connection: AsyncConnection) -> dict[str, PrintJob]:
    """Place → its newest test slip."""
    newest = select(func.max(col(PrintJobRow.id))).where(col(PrintJobRow.token_id).is_(None))
    query = _jobs().where(col(PrintJobRow.id).in_(newest.group_by(col(PrintJobRow.place))))
    return {row.place: _job(row) for row in await connection.execute(query)}


async def job(connection: AsyncConnection, job_id: int) -> PrintJob | None:
    """The job with this id."""
    row = (await connection.execute(_jobs().where(col(PrintJobRow.id) == job_id))).first()
    return _job(row) if row else None


def _jobs() -> Select[Any]:
    columns = (*PrintJobRow.metadata.tables["print_job"].columns, col(TokenRow.number))
    return select(*columns).outerjoin(TokenRow, col(TokenRow.id) == col(PrintJobRow.token_id))


def _job(row: Row[Any]) -> PrintJob:
    return PrintJob(
        row.id,
        row.token_id,
        row.number or TEST,
        row.place,
        row.copy_number,
        row.state,
        row.reason,
        row.created_at,
        row.record_id,
    )
