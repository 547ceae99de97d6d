"""Everything that the database holds about one patient, found by the tables' own foreign keys; and its erasure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Column, ColumnElement, LargeBinary, Table, delete, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from queue_server.storage.engine.store import Transaction
from queue_server.storage.tables import (
    AccessLogRow,
    DocumentRow,
    EventRow,
    QueueEntryRow,
    RecordRow,
    TokenRow,
    metadata,
)

#: Tables that say of a patient only what others of the same export say, or nothing that is theirs to know.
NOT_EXPORTED = frozenset({"patient_session", "known_browser", "attach_code", "print_job"})
#: Columns that are secrets, or that mean nothing outside this database.
_SECRET = ("hash", "secret", "key", "wrapped_key", "label", "browser")


async def rows_of(connection: AsyncConnection, patient_id: int) -> dict[str, list[dict[str, Any]]]:
    """Table → the rows that belong to the patient, to his or her tokens, or to their stays; secrets are left out."""
    tokens = select(col(TokenRow.id)).where(col(TokenRow.patient_id) == patient_id)
    stays = select(col(QueueEntryRow.id)).where(col(QueueEntryRow.token_id).in_(tokens))
    owners = {
        "patient": select(_patient.c.id).where(_patient.c.id == patient_id),
        "token": tokens,
        "queue_entry": stays,
    }
    found: dict[str, list[dict[str, Any]]] = {}
    conditions: list[ColumnElement[bool]]
    for table in metadata.sorted_tables:
        if table.name in NOT_EXPORTED:
            continue
        conditions = [column.in_(owners[owner]) for column, owner in _pointing(table)]
        if table.name == "patient":
            conditions.append(table.c.id == patient_id)
        if conditions:
            query = select(*_plain(table)).where(or_(*conditions)).order_by(*table.primary_key.columns)
            found[table.name] = [dict(row._mapping) for row in await connection.execute(query)]
    return found


async def phone_of(connection: AsyncConnection, patient_id: int) -> str | None:
    """The phone number (E.164) of the patient's account."""
    accounts = metadata.tables["phone_account"]
    query = select(accounts.c.phone).join(_patient, _patient.c.account_id == accounts.c.id)
    return (await connection.execute(query.where(_patient.c.id == patient_id))).scalar_one_or_none()


async def events_of(connection: AsyncConnection, patient_id: int) -> list[dict[str, Any]]:
    """The journal's lines about the patient and his or her tokens, in order."""
    row = EventRow
    tokens = select(col(TokenRow.id)).where(col(TokenRow.patient_id) == patient_id)
    merged = [
        one.id for one in await connection.execute(select(_patient.c.id).where(_patient.c.merged_into == patient_id))
    ]
    named = col(row.data)["patient"].as_integer().in_([patient_id, *merged])
    query = select(col(row.number), col(row.kind), col(row.at), col(row.actor), col(row.token_id), col(row.data))
    found = await connection.execute(query.where(or_(col(row.token_id).in_(tokens), named)).order_by(col(row.id)))
    return [dict(one._mapping) for one in found]


async def newest_document(connection: AsyncConnection, patient_id: int) -> tuple[int, datetime | None]:
    """(how many documents the patient has, when the newest was added)."""
    query = select(func.count(), func.max(col(DocumentRow.added_at))).where(
        col(DocumentRow.patient_id) == patient_id, col(DocumentRow.removed_at).is_(None)
    )
    row = (await connection.execute(query)).one()
    return row[0], row[1]


async def erase_reasons(work: Transaction, patient_id: int) -> list[int]:
    """What staff wrote of the patient's tokens is gone: why one went first or was deleted; returns their ids."""
    forget = update(TokenRow).where(col(TokenRow.patient_id) == patient_id).values(deleted_because=None)
    tokens = [row.id for row in await work.connection.execute(forget.returning(col(TokenRow.id)))]
    work.any_entry_changed()
    stays = update(QueueEntryRow).where(col(QueueEntryRow.token_id).in_(tokens)).values(priority_reason=None)
    await work.connection.execute(stays)
    return tokens


async def documents_before(work: Transaction, before: datetime, limit: int = 500) -> list[int]:
    """Ids of documents that were added before this moment and are still there."""
    query = select(col(DocumentRow.id)).where(col(DocumentRow.added_at) < before, col(DocumentRow.removed_at).is_(None))
    found = await work.connection.execute(query.order_by(col(DocumentRow.id)).limit(limit))
    return [row[0] for row in found if row[0] is not None]


async def records_before(work: Transaction, day: date, limit: int = 500) -> list[str]:
    """What doctors wrote for visits before this day is detached; returns the contents that are to be destroyed."""
    tokens = select(col(TokenRow.id)).where(col(TokenRow.service_day) < day)
    query = select(col(RecordRow.id), col(RecordRow.content_id)).where(
        col(RecordRow.token_id).in_(tokens), col(RecordRow.content_id).is_not(None)
    )
    found = (await work.connection.execute(query.limit(limit))).all()
    statement = update(RecordRow).where(col(RecordRow.id).in_([row.id for row in found]))
    await work.connection.execute(statement.values(content_id=None))
    return [str(row.content_id) for row in found]


async def reads_before(work: Transaction, before: datetime) -> int:
    """Who looked before this moment is forgotten; returns how many looks."""
    statement = delete(AccessLogRow).where(col(AccessLogRow.at) < before)
    return int((await work.connection.execute(statement)).rowcount)


async def visits_before(work: Transaction, day: date) -> int:
    """Visits before this day are nobody's any more; returns how many."""
    tokens = select(col(TokenRow.id)).where(col(TokenRow.service_day) < day, col(TokenRow.patient_id).is_not(None))
    stay = QueueEntryRow
    reasons = update(stay).where(col(stay.service_day) < day, col(stay.priority_reason).is_not(None))
    await work.connection.execute(reasons.values(priority_reason=None))
    deleted = update(TokenRow).where(col(TokenRow.service_day) < day, col(TokenRow.deleted_because).is_not(None))
    await work.connection.execute(deleted.values(deleted_because=None))
    statement = update(TokenRow).where(col(TokenRow.id).in_(tokens)).values(patient_id=None)
    return int((await work.connection.execute(statement)).rowcount)


def _pointing(table: Table) -> Sequence[tuple[Column[Any], str]]:
    """The table's columns that point to a patient, a token or a stay."""
    return [
        (column, key.column.table.name)
        for column in table.columns
        for key in column.foreign_keys
        if key.column.table.name in {"patient", "token", "queue_entry"}
    ]


def _plain(table: Table) -> list[Column[Any]]:
    """Columns that a person may read."""
    return [
        column
        for column in table.columns
        if not isinstance(column.type, LargeBinary) and not any(column.name.endswith(word) for word in _SECRET)
    ]


_patient = metadata.tables["patient"]
