"""Deleting what has run out."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import delete, or_
from sqlmodel import col

from queue_server.storage.engine.store import Transaction
from queue_server.storage.tables import (
    EnrolmentRow,
    KnownBrowserRow,
    PatientSessionRow,
    SessionRow,
    StaffBrowserRow,
)


async def end_staff_sessions(work: Transaction, seen_before: datetime, created_before: datetime) -> int:
    """Logins of staff last used or begun before these moments are gone; returns how many."""
    return await _delete(work, SessionRow, _is_over(SessionRow, seen_before, created_before))


async def end_patient_sessions(work: Transaction, seen_before: datetime, created_before: datetime) -> int:
    """Logins of patients last used or begun before these moments are gone; returns how many."""
    return await _delete(work, PatientSessionRow, _is_over(PatientSessionRow, seen_before, created_before))


async def delete_browsers(work: Transaction, moment: datetime) -> int:
    """Browsers that became known before `moment` are no longer known; returns how many."""
    tables = (KnownBrowserRow, StaffBrowserRow)
    return sum([await _delete(work, table, col(table.at) < moment) for table in tables])


async def delete_enrolments(work: Transaction) -> int:
    """Codes for devices that have run out are gone; returns how many."""
    return await _delete(work, EnrolmentRow, col(EnrolmentRow.expires_at) < work.now)


def _is_over(table: type[SessionRow | PatientSessionRow], seen_before: datetime, created_before: datetime) -> Any:
    return or_(col(table.seen_at) < seen_before, col(table.created_at) < created_before)


async def _delete(work: Transaction, table: type[Any], condition: Any) -> int:
    return (await work.connection.execute(delete(table).where(condition))).rowcount
