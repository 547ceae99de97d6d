"""Staff who are told by e-mail or SMS when something is wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from queue_server.domain.access.actors import Actor
from queue_server.domain.alerts.alerts import LIFETIME, AlertKind, Channel, masked
from queue_server.domain.devices.troubles import Told, Trouble, to_tell
from queue_server.domain.errors import BadInput
from queue_server.domain.people.staff import Staff
from queue_server.domain.queue.events import Event
from queue_server.live.json_views import moment
from queue_server.services.alerts.preferences_and_outbox import Alerts
from queue_server.services.alerts.troubles import Troubles
from queue_server.services.clinic.snapshot import Snapshots
from queue_server.storage.alerts import outbox_rows
from queue_server.storage.alerts.outbox_rows import NewMessage
from queue_server.storage.engine import setting_rows
from queue_server.storage.engine.store import Store, Transaction
from queue_server.storage.people import staff_rows

#: The setting that holds who is told, and the one that holds what they were told of.
RECIPIENTS = "trouble_to"
TOLD = "trouble_told"
MOST_RECIPIENTS = 10


@dataclass(frozen=True, slots=True)
class Recipient:
    """A member of staff who is told at this address of `channel`, e-mail or SMS."""

    staff_id: int
    channel: Channel
    to: str

    @property
    def masked(self) -> str:
        """The address with only as much as tells two apart."""
        return masked(self.channel, self.to)


class StaffAlerts:
    """Each trouble is told once, to whoever wants to be told; without a channel nobody is, and nothing else changes."""

    def __init__(self, store: Store, queues: Snapshots, alerts: Alerts, troubles: Troubles) -> None:
        self._store = store
        self._queues = queues
        self._alerts = alerts
        self._troubles = troubles

    @property
    def channels(self) -> list[Channel]:
        """By which channels this server can tell staff."""
        return [channel for channel in (Channel.EMAIL, Channel.SMS) if channel in self._alerts.channels]

    async def recipients(self) -> list[tuple[Staff, Recipient]]:
        """Who is told, without those who have left."""
        async with self._store.reading() as connection:
            kept = _recipients(await setting_rows.setting(connection, RECIPIENTS))
            staff = {one.id: one for one in await staff_rows.everybody(connection) if one.is_active}
        return [(staff[one.staff_id], one) for one in kept if one.staff_id in staff]

    async def add(self, staff_id: int, channel: Channel, to: str, *, by: Actor) -> None:
        """This member of staff is told there from now on. Raises `BadInput` naming the field."""
        if channel not in self.channels:
            raise BadInput("channel", f"This server tells staff nothing by {channel}.")
        recipient = Recipient(staff_id, channel, await self._alerts.address(channel, to))
        async with self._store.transaction() as work:
            known = await staff_rows.by_id(work.connection, staff_id)
            if known is None or not known.is_active:
                raise BadInput("staff", "There is no such member of staff.")
            kept = _recipients(await setting_rows.locked_setting(work, RECIPIENTS))
            if len(kept) >= MOST_RECIPIENTS:
                raise BadInput("staff", f"At most {MOST_RECIPIENTS} are told.")
            await self._save(work, [*(one for one in kept if one != recipient), recipient], by)

    async def remove(self, staff_id: int, channel: Channel, *, by: Actor) -> None:
        """This member of staff is no longer told by this channel."""
        async with self._store.transaction() as work:
            kept = _recipients(await setting_rows.locked_setting(work, RECIPIENTS))
            await self._save(work, [one for one in kept if (one.staff_id, one.channel) != (staff_id, channel)], by)

    async def tell(self) -> int:
        """Whatever is newly wrong is in the outbox, once for each recipient; returns how many messages are new."""
        wrong = await self._troubles.now()
        async with self._store.reading() as connection:
            told = _told(await setting_rows.setting(connection, TOLD))
        if to_tell(wrong, told, self._queues.now())[1] == told:
            return 0
        recipients, language = await self.recipients(), (await self._queues.clinic()).languages[0]
        async with self._store.transaction() as work:
            # Another process may have told it meanwhile.
            told = _told(await setting_rows.locked_setting(work, TOLD))
            new, after = to_tell(wrong, told, work.now)
            await setting_rows.save_setting(work, TOLD, {key: _as_json(one) for key, one in after.items()})
            messages = [_message(one, to, language, work.now) for one in new for _, to in recipients]
            return await outbox_rows.put(work, [one for one in messages if one.channel in self.channels])

    async def _save(self, work: Transaction, recipients: list[Recipient], by: Actor) -> None:
        await setting_rows.save_setting(work, RECIPIENTS, [asdict(one) for one in recipients])
        work.record(Event("trouble_recipients", work.now, str(by), data={"count": len(recipients)}))


def _message(trouble: Trouble, to: Recipient, language: str, now: datetime) -> NewMessage:
    cause = f"{AlertKind.TROUBLE}:{trouble.key}:{moment(now)}"
    until, data = now + LIFETIME[AlertKind.TROUBLE], {"trouble": str(trouble.kind), "name": trouble.name}
    return NewMessage(cause, to.channel, AlertKind.TROUBLE, to.to, language, now, until, data)


def _recipients(kept: object) -> list[Recipient]:
    rows: list[dict[str, Any]] = kept if isinstance(kept, list) else []
    return [Recipient(int(row["staff_id"]), Channel(row["channel"]), str(row["to"])) for row in rows]


def _told(kept: object) -> dict[str, Told]:
    rows: Mapping[str, Any] = kept if isinstance(kept, dict) else {}
    return {
        key: Told(datetime.fromisoformat(since), datetime.fromisoformat(well) if well else None)
        for key, (since, well) in rows.items()
    }


def _as_json(told: Told) -> list[str | None]:
    return [moment(told.since), moment(told.well_since)]
