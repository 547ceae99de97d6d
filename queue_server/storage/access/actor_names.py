"""What the actors whom the journal and the access log name are called."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from queue_server.domain.access.actors import DEVICES, STAFF, Actor, ActorKind
from queue_server.storage.tables import ApiKeyRow, DeviceRow, StaffRow

_TABLES = ((StaffRow, STAFF), (DeviceRow, DEVICES), (ApiKeyRow, frozenset({ActorKind.PROGRAM})))


async def named(connection: AsyncConnection, texts: Iterable[str]) -> dict[str, Actor]:
    """Text as the journal has it (`doctor:3`) → the actor, with the name of the person, device or program.

    Patients and the system have no name here, and neither has anybody whose row is gone.
    """
    actors = {Actor.parse(text) for text in texts}
    found = {str(actor): actor for actor in actors}
    for row, kinds in _TABLES:
        of_table = [actor for actor in actors if actor.kind in kinds]
        if of_table:
            query = select(col(row.id), col(row.name)).where(col(row.id).in_({actor.id for actor in of_table}))
            names = {one.id: one.name for one in await connection.execute(query)}
            found |= {str(actor): replace(actor, name=names.get(actor.id, "")) for actor in of_table}
    return found
