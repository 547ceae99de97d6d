"""Two records of one patient become one: whatever points to the one points to the other, by the tables' own keys."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Column, Table, delete, select, update
from sqlmodel import col

from queue_server.domain.people.patients import Sex
from queue_server.storage.engine.store import Transaction
from queue_server.storage.tables import AlertAddressRow, AlertPreferenceRow, PatientRow, TokenRow, metadata


async def lock(work: Transaction, patient_ids: Sequence[int]) -> dict[int, int | None]:
    """Id → account of those that are there; nobody else changes them until the commit."""
    query = select(col(PatientRow.id), col(PatientRow.account_id)).where(
        col(PatientRow.id).in_(patient_ids), col(PatientRow.is_erased).is_(False)
    )
    found = await work.connection.execute(query.order_by(col(PatientRow.id)).with_for_update())
    return {row.id: row.account_id for row in found}


async def tokens_of(work: Transaction, patient_id: int) -> list[int]:
    """Ids of the patient's tokens."""
    return [
        row.id for row in await work.connection.execute(select(col(TokenRow.id)).where(_is_of(TokenRow, patient_id)))
    ]


async def move(work: Transaction, gone: int, kept: int) -> dict[str, int]:
    """Whatever pointed to `gone` points to `kept`; returns table → how many rows moved.

    Of what a patient has once (the wishes for alerts, an address), `kept`'s own stays.
    """
    await _drop_doubles(work, gone, kept)
    moved: dict[str, int] = {}
    for table, column in _pointing():
        result = await work.connection.execute(update(table).where(column == gone).values({column.name: kept}))
        if result.rowcount:
            moved[table.name] = moved.get(table.name, 0) + int(result.rowcount)
    return moved


async def close(work: Transaction, gone: int, kept: int) -> None:
    """Nothing is known of `gone` any more but that it is `kept` now."""
    blank = {"account_id": None, "name": "", "folded_name": "", "birth_year": None, "sex": Sex.UNSAID, "language": "en"}
    statement = update(PatientRow).where(col(PatientRow.id) == gone)
    await work.connection.execute(statement.values(**blank, is_erased=True, merged_into=kept))


async def _drop_doubles(work: Transaction, gone: int, kept: int) -> None:
    has_wish = select(col(AlertPreferenceRow.id)).where(_is_of(AlertPreferenceRow, kept)).exists()
    await work.connection.execute(delete(AlertPreferenceRow).where(_is_of(AlertPreferenceRow, gone), has_wish))
    address = AlertAddressRow.metadata.tables["alert_address"]
    own = address.alias()
    same = (own.c.channel == address.c.channel, own.c.address_hash == address.c.address_hash)
    is_double = select(own.c.id).where(own.c.patient_id == kept, *same).exists()
    await work.connection.execute(delete(address).where(address.c.patient_id == gone, is_double))


def _is_of(table: Any, patient_id: int) -> Any:
    return col(table.patient_id) == patient_id


def _pointing() -> Iterator[tuple[Table, Column[Any]]]:
    """Every column that points to a patient."""
    for table in metadata.sorted_tables:
        for column in table.columns:
            if any(key.column.table.name == "patient" for key in column.foreign_keys):
                yield table, column
