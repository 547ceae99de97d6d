"""Trying whether the database takes changes, before anybody presses anything."""

from __future__ import annotations

import os

from sqlalchemy import bindparam, delete, insert, text
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from queue_server.storage.tables import SettingRow

#: So many characters are written: more than fits where the file has room by chance.
_SIZE = 65_536

_WRITE = insert(SettingRow)
_REMOVE = delete(SettingRow).where(col(SettingRow.name) == bindparam("tried"))


class Undone(Exception):
    """The change that was tried is to be undone."""


async def try_change(connection: AsyncConnection, *, is_postgres: bool, is_kept: bool) -> None:
    """A row could be written, and is gone again. Raises `Undone` unless `is_kept`: nothing reaches the disk then.

    On PostgreSQL, where an undone row leaves work behind, nothing is written unless `is_kept`.
    """
    if is_postgres and not is_kept:
        await connection.execute(text("SELECT 1"))
        return
    name = f"probe of {os.getpid()}"
    await connection.execute(_WRITE, {"name": name, "value": "x" * _SIZE})
    await connection.execute(_REMOVE, {"tried": name})
    if not is_kept:
        raise Undone
