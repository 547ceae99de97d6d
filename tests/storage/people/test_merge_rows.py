"""What points to a patient is found by the tables' own keys, on both databases."""

from __future__ import annotations

from typing import Any

from sqlalchemy import insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from queue_server.domain.alerts.alerts import AlertPreference, Channel, Holder
from queue_server.storage.alerts import preference_rows
from queue_server.storage.engine.store import Transaction
from queue_server.storage.people import merge_rows
from queue_server.storage.tables import ConsentRow, TokenRow, metadata
from tests.clinics import Clinic


async def test_whatever_points_to_the_one_points_to_the_other(clinic: Clinic, quick_hashes: None) -> None:
    kept, gone = await clinic.register("Asha"), await clinic.register("Aasha", phone="+91 98765 43210")
    assert kept.patient is not None
    assert gone.patient is not None
    issued = await clinic.services.screens.own_tokens.take(gone.patient, "GEN")

    async with clinic.services.store.transaction() as work:
        pair = (kept.patient.id, gone.patient.id)
        assert await merge_rows.lock(work, pair) == {pair[0]: kept.account_id, pair[1]: gone.account_id}
        assert await merge_rows.tokens_of(work, gone.patient.id) == [issued.token_id]
        moved = await merge_rows.move(work, gone.patient.id, kept.patient.id)
        await merge_rows.close(work, gone.patient.id, kept.patient.id)

        assert moved == {"token": 1, "consent": 1, "patient_session": 1}
        for table in metadata.sorted_tables:
            for column in table.columns:
                if any(key.column.table.name == "patient" for key in column.foreign_keys):
                    left = await work.connection.execute(select(column).where(column == gone.patient.id))
                    assert left.first() is None, column
        columns = metadata.tables["patient"].columns
        row = (await work.connection.execute(select(*columns).where(columns.id == gone.patient.id))).one()
        assert (row.name, row.birth_year, row.is_erased, row.merged_into) == ("", None, True, kept.patient.id)
        assert await merge_rows.lock(work, pair) == {pair[0]: kept.account_id}


async def _merged(clinic: Clinic) -> tuple[int, int]:
    """A patient, and another record that was merged into it."""
    kept, gone = await clinic.register("Asha"), await clinic.register("Aasha", phone="+91 98765 43210")
    assert kept.patient is not None
    assert gone.patient is not None
    async with clinic.services.store.transaction() as work:
        await merge_rows.move(work, gone.patient.id, kept.patient.id)
        await merge_rows.close(work, gone.patient.id, kept.patient.id)
    return kept.patient.id, gone.patient.id


async def _triggers(work: Transaction) -> set[str]:
    """The tables whose rows follow merges, however they are written."""
    if work.is_postgres:
        found = "SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname = 'follow_merge'"
        return {str(row[0]) for row in await work.connection.execute(text(found))}
    found = "SELECT tbl_name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'follow_merge_%' || :after"
    sets = [
        {row[0] for row in await work.connection.execute(text(found), {"after": one})} for one in ("insert", "update")
    ]
    return set.intersection(*sets)


async def test_every_table_with_patients_follows_merges(clinic: Clinic) -> None:
    pointing = {
        table.name
        for table in metadata.sorted_tables
        if table.name != "patient"
        and any(key.column.table.name == "patient" for column in table.columns for key in column.foreign_keys)
    }

    async with clinic.services.store.transaction() as work:
        assert await _triggers(work) == pointing


async def test_what_is_written_for_a_merged_patient_is_the_kept_ones(clinic: Clinic, quick_hashes: None) -> None:
    kept, gone = await _merged(clinic)
    token = (await clinic.issue("GEN")).token_id

    async with clinic.services.store.transaction() as work:
        await work.connection.execute(update(TokenRow).where(col(TokenRow.id) == token).values(patient_id=gone))
        consent = {"patient_id": gone, "version": "1", "language": "en", "channel": "kiosk", "at": work.now}
        await work.connection.execute(insert(ConsentRow).values(**consent))
        for holder in (Holder(patient_id=kept), Holder(patient_id=gone)):
            await preference_rows.add_address(work, holder, Channel.EMAIL, "a@clinic.example")
            await preference_rows.save_wish(work, holder, AlertPreference(5, 2))

        assert await _owners(work.connection, TokenRow) == {kept}
        assert await _owners(work.connection, ConsentRow) == {kept}
        assert len(await preference_rows.addresses_of(work.connection, Holder(patient_id=kept))) == 1


async def _owners(connection: AsyncConnection, table: Any) -> set[int]:
    found = await connection.execute(select(col(table.patient_id)).where(col(table.patient_id).is_not(None)))
    return set(found.scalars())
