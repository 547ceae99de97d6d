"""Alerts that follow from a journal line are written into the outbox in the line's own transaction."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from babel.dates import format_time

from queue_server import sources
from queue_server.domain.access.actors import Actor, ActorKind
from queue_server.domain.alerts.alerts import AlertKind, Channel, Contact, due_at, expires_at, is_moved_far
from queue_server.domain.clinic.clinic import Clinic, Department
from queue_server.domain.clinic.names import text_in
from queue_server.domain.queue.afterwards import MARK
from queue_server.domain.queue.events import Event
from queue_server.domain.queue.tokens import Action, QueueEntry, State
from queue_server.domain.waits.learning import DUTY
from queue_server.services.clinic.snapshot import Snapshots
from queue_server.storage.alerts import outbox_rows, preference_rows
from queue_server.storage.alerts.outbox_rows import NewMessage
from queue_server.storage.engine.store import Transaction
from queue_server.storage.queue import queue_rows

DOCUMENT_ADDED = "document_added"

#: Journal line → what the token's holder is told.
CAUSES: Mapping[str, AlertKind] = {
    Action.CALL: AlertKind.CALLED,
    Action.MISS: AlertKind.MISSED,
    Action.CANCEL: AlertKind.CANCELLED,
    Action.EXPIRE: AlertKind.EXPIRED,
    DOCUMENT_ADDED: AlertKind.DOCUMENT,
}
#: What a patient is not told when the patient has done it.
BY_ONESELF = frozenset({AlertKind.CANCELLED, AlertKind.DOCUMENT})
#: What is no longer true of somebody who does not wait any more, and of somebody who has come.
WHILE_WAITING = frozenset({AlertKind.SOON, AlertKind.NEXT, AlertKind.DELAYED})
UNTIL_SEEN = WHILE_WAITING | {AlertKind.CALLED, AlertKind.MISSED}
OVER: Mapping[str, frozenset[AlertKind]] = {
    Action.CALL: WHILE_WAITING,
    Action.START: UNTIL_SEEN,
    Action.ATTEND: UNTIL_SEEN,
    Action.MISS: UNTIL_SEEN,
    Action.REQUEUE: frozenset({AlertKind.CALLED, AlertKind.MISSED}),
    Action.TRANSFER: UNTIL_SEEN,
    Action.CANCEL: UNTIL_SEEN,
    Action.EXPIRE: UNTIL_SEEN,
}


class Causes:
    """`follow` belongs before each commit of the store. Without any channel it costs nothing."""

    def __init__(self, queues: Snapshots, channels: Collection[Channel]) -> None:
        self._queues = queues
        self._channels = frozenset(channels) - {Channel.LIVE}

    async def follow(self, work: Transaction, events: Sequence[Event]) -> None:
        """Write what these lines make known to patients, and withdraw what they make untrue."""
        if not self._channels:
            return
        if any(event.kind in {"patient_attached", "patient_changed"} for event in events):
            work.touch(sources.ALERT_CHOICES)
        for event in events:
            if event.kind == DUTY:
                await self._doctor(work, event)
        mine = [event for event in events if event.kind in OVER or event.kind in CAUSES or event.kind == Action.UNDO]
        ids = {event.token_id for event in mine if event.token_id is not None}
        known = await preference_rows.contacts(work.connection, ids, self._channels)
        for event in mine:
            if event.token_id in known:
                await self._follow(work, event, event.token_id, known[event.token_id])
            elif event.kind == DOCUMENT_ADDED and event.token_id is None:
                await self._document(work, event)

    async def tell(
        self, work: Transaction, kind: AlertKind, contact: Contact, cause: str, data: Mapping[str, object]
    ) -> int:
        """The holder is told on every channel that was agreed to, once per cause; returns how many messages are new."""
        zone = (await self._queues.clinic()).zone
        due = due_at(kind, contact.wish, work.now, zone)
        return await outbox_rows.put(
            work,
            [
                NewMessage(
                    cause=f"{kind}:{cause}",
                    channel=channel,
                    kind=kind,
                    to=to,
                    language=contact.language,
                    due_at=due,
                    expires_at=expires_at(kind, due, work.now),
                    data={"number": contact.number, **data},
                    token_id=contact.token_id,
                    patient_id=contact.patient_id,
                )
                for channel, to in contact.addresses
            ],
        )

    async def _follow(self, work: Transaction, event: Event, token_id: int, contact: Contact) -> None:
        data: Mapping[str, Any] = event.data or {}
        if event.kind == Action.UNDO:
            if (undone := CAUSES.get(str(data.get("undone")))) is not None:
                await outbox_rows.withdraw(work, token_id, [undone])
                await outbox_rows.free_cause(work, token_id, undone)
            return
        if event.kind in OVER:
            await outbox_rows.withdraw(work, token_id, OVER[event.kind])
        kind = CAUSES.get(event.kind)
        # What is entered afterwards is hours old; and whoever has cancelled, or brought a document along, knows it.
        if kind is None or data.get(MARK):
            return
        if kind in BY_ONESELF and Actor.parse(event.actor).kind is ActorKind.PATIENT:
            return
        entry = await queue_rows.newest_entry(work.connection, token_id)
        clinic = await self._queues.clinic()
        more: dict[str, object] = {"department": await self._department(entry, contact.language)}
        if "room" in data:
            names = (await self._queues.room_names()).get(str(data["room"]), {})
            more |= {"room": data["room"], "room_name": text_in(names, contact.language)}
        await self.tell(work, kind, contact, cause_of(kind, entry, work.now, clinic), more)

    async def _document(self, work: Transaction, event: Event) -> None:
        """A patient is told of a document that belongs to no token."""
        patient_id = (event.data or {}).get("patient")
        if not isinstance(patient_id, int) or Actor.parse(event.actor).kind is ActorKind.PATIENT:
            return
        contact = await preference_rows.contact_of_patient(work.connection, patient_id, self._channels)
        if contact is not None:
            day = work.now.astimezone((await self._queues.clinic()).zone)
            await self.tell(work, AlertKind.DOCUMENT, contact, f"patient:{patient_id}:{day:%Y-%m-%d}", {})

    async def _doctor(self, work: Transaction, event: Event) -> None:
        """Everybody who waits is told when the doctor's announced time was put off by more than twenty minutes."""
        data: Mapping[str, Any] = event.data or {}
        before, after = _moment(data.get("was_back_at")), _moment(data.get("back_at"))
        if event.department_id is None or not is_moved_far(before, after):
            return
        entries = await self._queues.live(work.connection, event.department_id, await self._queues.day())
        doctor = data.get("doctor")
        waiting = {
            entry.token_id: entry
            for entry in entries
            if entry.state is State.WAITING and entry.for_doctor_id in {None, doctor}
        }
        known = await preference_rows.contacts(work.connection, list(waiting), self._channels)
        for token_id, contact in known.items():
            await self.tell_delay(work, contact, waiting[token_id], after)

    async def tell_delay(self, work: Transaction, contact: Contact, entry: QueueEntry, at: datetime | None) -> int:
        """The holder knows that the doctor is late, and for when the doctor is announced now."""
        clinic = await self._queues.clinic()
        shown = format_time(at.astimezone(clinic.zone), "HH:mm", locale="en") if at and at > work.now else ""
        cause = cause_of(AlertKind.DELAYED, entry, work.now, clinic)
        return await self.tell(work, AlertKind.DELAYED, contact, cause, {"time": shown})

    async def _department(self, entry: QueueEntry, language: str) -> str:
        known: list[Department] = await self._queues.departments()
        return next((one.name(language) for one in known if one.id == entry.department_id), "")


def cause_of(kind: AlertKind, entry: QueueEntry, now: datetime, clinic: Clinic) -> str:
    """What makes an alert the same one: the token's stay; for documents the token's day."""
    if kind is AlertKind.DOCUMENT:
        day = now.astimezone(clinic.zone)
        return f"{entry.token_id}:{day:%Y-%m-%d}"
    # SQLite may give the id of a stay that was undone to the next one.
    return f"{entry.token_id}:{entry.id}"


def _moment(text: Any) -> datetime | None:
    return datetime.fromisoformat(text) if isinstance(text, str) else None
