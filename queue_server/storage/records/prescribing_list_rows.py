"""Rows that make writing quick: favourites, regimens, the clinic's medicines and wordings."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from queue_server.domain.records.certificates import Wording
from queue_server.domain.records.records import CertificateKind, Medicine
from queue_server.storage.engine.store import Transaction
from queue_server.storage.tables import FavouriteRow, MedicineRow, RegimenRow, WordingRow

#: SQLite takes some thousand values in one statement; this many rows of three are safe.
_CHUNK = 500


async def favourites(connection: AsyncConnection, doctor_id: int) -> list[tuple[int, dict[str, Any]]]:
    """Id and line of the doctor's favourites, in the order in which they were added."""
    query = select(col(FavouriteRow.id), col(FavouriteRow.line)).where(col(FavouriteRow.doctor_id) == doctor_id)
    return [(row.id, row.line) for row in await connection.execute(query.order_by(col(FavouriteRow.id)))]


async def add_favourite(work: Transaction, doctor_id: int, line: dict[str, Any]) -> int:
    """One more favourite; returns its id."""
    statement = work.insert(FavouriteRow).values(doctor_id=doctor_id, line=line).returning(col(FavouriteRow.id))
    return int((await work.connection.execute(statement)).scalar_one())


async def remove_favourite(work: Transaction, doctor_id: int, favourite_id: int) -> bool:
    """Delete the doctor's favourite; false when there is none."""
    row = FavouriteRow
    statement = delete(row).where(col(row.id) == favourite_id, col(row.doctor_id) == doctor_id)
    return bool((await work.connection.execute(statement)).rowcount)


async def regimens(connection: AsyncConnection, doctor_id: int) -> list[tuple[int, str, dict[str, Any]]]:
    """Id, diagnosis and content of the doctor's usual prescriptions, by diagnosis."""
    row = RegimenRow
    query = select(col(row.id), col(row.diagnosis), col(row.content)).where(col(row.doctor_id) == doctor_id)
    found = await connection.execute(query.order_by(func.lower(col(row.diagnosis)), col(row.id)))
    return [(one.id, one.diagnosis, one.content) for one in found]


async def save_regimen(work: Transaction, doctor_id: int, diagnosis: str, content: dict[str, Any]) -> None:
    """This is what the doctor usually prescribes for the diagnosis."""
    statement = work.insert(RegimenRow).values(doctor_id=doctor_id, diagnosis=diagnosis, content=content)
    changed = statement.on_conflict_do_update(index_elements=["doctor_id", "diagnosis"], set_={"content": content})
    await work.connection.execute(changed)


async def remove_regimen(work: Transaction, doctor_id: int, regimen_id: int) -> bool:
    """The doctor's usual prescription is gone; false when the doctor has no such one."""
    row = RegimenRow
    statement = delete(row).where(col(row.id) == regimen_id, col(row.doctor_id) == doctor_id)
    return bool((await work.connection.execute(statement)).rowcount)


async def medicines(connection: AsyncConnection) -> list[tuple[int, Medicine]]:
    """What the clinic has added, with ids, by name."""
    row = MedicineRow
    query = select(col(row.id), col(row.generic), col(row.form), col(row.strength))
    found = await connection.execute(query.order_by(func.lower(col(row.generic)), col(row.form), col(row.strength)))
    return [(one.id, Medicine(one.generic, one.form, one.strength)) for one in found]


async def add_medicines(work: Transaction, added: Iterable[Medicine]) -> None:
    """The clinic's list holds these as well; what it held already stays."""
    rows = [{"generic": each.generic, "form": each.form, "strength": each.strength} for each in added]
    for start in range(0, len(rows), _CHUNK):
        statement = work.insert(MedicineRow).values(rows[start : start + _CHUNK]).on_conflict_do_nothing()
        await work.connection.execute(statement)


async def remove_medicine(work: Transaction, medicine_id: int) -> bool:
    """Delete the clinic's own medicine; false when there is none."""
    statement = delete(MedicineRow).where(col(MedicineRow.id) == medicine_id)
    return bool((await work.connection.execute(statement)).rowcount)


async def wordings(connection: AsyncConnection) -> list[Wording]:
    """The clinic's own wordings."""
    row = WordingRow
    query = select(col(row.kind), col(row.language), col(row.title), col(row.text))
    return [Wording(one.kind, one.language, one.title, one.text) for one in await connection.execute(query)]


async def save_wording(work: Transaction, wording: Wording) -> None:
    """The certificate reads like this from now on."""
    place = {"kind": wording.kind, "language": wording.language}
    values = {"title": wording.title, "text": wording.text}
    statement = work.insert(WordingRow).values(**place, **values)
    await work.connection.execute(statement.on_conflict_do_update(index_elements=["kind", "language"], set_=values))


async def remove_wording(work: Transaction, kind: CertificateKind, language: str) -> None:
    """The built-in wording counts again."""
    row = WordingRow
    await work.connection.execute(delete(row).where(col(row.kind) == kind, col(row.language) == language))
