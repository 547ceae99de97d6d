"""Codes with which a patient's phone says whose a token is."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, or_
from sqlmodel import col

from queue_server.storage.engine.store import Transaction
from queue_server.storage.tables import AttachCodeRow


async def replace(work: Transaction, patient_id: int, code_hash: str, expires_at: datetime) -> None:
    """This is the patient's one code; whoever's are too old are gone."""
    old = or_(col(AttachCodeRow.patient_id) == patient_id, col(AttachCodeRow.expires_at) <= work.now)
    await work.connection.execute(delete(AttachCodeRow).where(old))
    values = {"code_hash": code_hash, "patient_id": patient_id, "expires_at": expires_at}
    await work.connection.execute(work.insert(AttachCodeRow).values(**values))


async def take(work: Transaction, code_hash: str) -> int | None:
    """Whose code it is; it is used up. None for one that is unknown or too old."""
    statement = (
        delete(AttachCodeRow)
        .where(col(AttachCodeRow.code_hash) == code_hash, col(AttachCodeRow.expires_at) > work.now)
        .returning(col(AttachCodeRow.patient_id))
    )
    return (await work.connection.execute(statement)).scalar_one_or_none()
