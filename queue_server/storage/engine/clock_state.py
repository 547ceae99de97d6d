"""What is kept of the clock: from where seconds are counted in each boot, and whether it is doubted."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from queue_server.domain.queue.timekeeping import Anchor
from queue_server.storage.tables import EventRow, SettingRow

if TYPE_CHECKING:
    from queue_server.storage.engine.store import Transaction

SETTING = "clock"

#: Anchors of so many boots are kept: that of every machine which serves this database, and some old ones.
_BOOTS_KEPT = 8


@dataclass(frozen=True, slots=True)
class Doubt:
    """Since when, in the clinic's time, the clock of the machine with this boot is doubted."""

    boot: str
    since: datetime
    is_ahead: bool


@dataclass(frozen=True, slots=True)
class ClockState:
    """`anchors` by boot. Journal lines up to the id `after` are not asked for their time; `times_set`: how often an
    administrator has set the time, the last time to `set_to`."""

    anchors: dict[str, Anchor] = field(default_factory=dict)
    doubt: Doubt | None = None
    after: int = 0
    times_set: int = 0
    set_to: datetime | None = None

    def with_anchor(self, boot: str, anchor: Anchor) -> ClockState:
        """Seconds of this boot are counted from `anchor` on."""
        others = [(name, one) for name, one in self.anchors.items() if name != boot]
        return replace(self, anchors=dict([*others, (boot, anchor)][-_BOOTS_KEPT:]))


async def load(connection: AsyncConnection, *, is_locked: bool = False) -> ClockState:
    """What is kept; `is_locked`: nobody else changes it before the transaction ends."""
    query = select(col(SettingRow.value)).where(col(SettingRow.name) == SETTING)
    value: Any = await connection.scalar(query.with_for_update() if is_locked else query)
    if not value:
        return ClockState()
    doubt = value["doubt"]
    return ClockState(
        {boot: Anchor(datetime.fromisoformat(at), elapsed_s) for boot, at, elapsed_s in value["anchors"]},
        Doubt(doubt["boot"], datetime.fromisoformat(doubt["since"]), doubt["is_ahead"]) if doubt else None,
        value["after"],
        value["times_set"],
        datetime.fromisoformat(value["set_to"]) if value["set_to"] else None,
    )


async def save(work: Transaction, state: ClockState) -> None:
    """Keep this from now on."""
    doubt = state.doubt
    value = {
        "anchors": [[boot, one.at.isoformat(), one.elapsed_s] for boot, one in state.anchors.items()],
        "doubt": {"boot": doubt.boot, "since": doubt.since.isoformat(), "is_ahead": doubt.is_ahead} if doubt else None,
        "after": state.after,
        "times_set": state.times_set,
        "set_to": state.set_to.isoformat() if state.set_to else None,
    }
    statement = work.insert(SettingRow).values(name=SETTING, value=value)
    await work.connection.execute(statement.on_conflict_do_update(index_elements=["name"], set_={"value": value}))


async def newest_moment(connection: AsyncConnection, after: int) -> datetime | None:
    """The latest moment of the journal lines with an id above `after`."""
    query = select(func.max(col(EventRow.at))).where(col(EventRow.id) > after)
    return (await connection.execute(query)).scalar_one()


async def newest_id(connection: AsyncConnection) -> int:
    """The id of the newest journal line; 0 when there is none."""
    return (await connection.execute(select(func.max(col(EventRow.id))))).scalar_one() or 0
