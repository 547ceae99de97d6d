"""Retention periods, and the daily purge of what is older."""

from __future__ import annotations

from typing import Any, cast

from sqlalchemy.ext.asyncio import AsyncConnection

from queue_server.domain.access.actors import SYSTEM, Actor
from queue_server.domain.queue.events import Event
from queue_server.domain.queue.numbering import service_day
from queue_server.domain.records.retention import RetentionPeriods, years_before
from queue_server.live.json_views import Json, moment
from queue_server.services.clinic.snapshot import Snapshots
from queue_server.services.records.documents import Documents
from queue_server.storage.clinic import clinic_rows
from queue_server.storage.engine import setting_rows
from queue_server.storage.engine.store import Store, Transaction
from queue_server.storage.records import document_rows, encrypted_blobs, personal_data_rows

SETTING, REPORTS = "retention", "retention_reports"
#: So many reports are kept to be looked at; the journal has all of them.
MOST_REPORTS = 60


class Retention:
    """Every purge is reported: in the journal, and on the administration's page."""

    def __init__(self, store: Store, queues: Snapshots, documents: Documents) -> None:
        self._store = store
        self._queues = queues
        self._documents = documents

    async def retention(self) -> RetentionPeriods:
        """For how long things are kept."""
        async with self._store.reading() as connection:
            return RetentionPeriods.of(cast(dict[str, int] | None, await setting_rows.setting(connection, SETTING)))

    async def save_retention(self, retention: RetentionPeriods, *, by: Actor) -> None:
        """Save the retention periods; the next purge follows them. Raises `BadInput` naming the field."""
        checked = retention.checked().as_setting()
        async with self._store.transaction() as work:
            await setting_rows.save_setting(work, SETTING, checked)
            work.record(Event("retention_changed", work.now, str(by), data=checked))

    async def reports(self) -> list[Json]:
        """Deleted automatically and when, newest first."""
        async with self._store.reading() as connection:
            return await _reports(connection)

    async def daily(self) -> Json | None:
        """Purge what is older than its retention period, once a service day; the report, or none if it was done.

        While the clock is doubted nothing is purged.
        """
        if self._store.clock.is_doubted():
            return None
        clinic, now = await self._queues.clinic(), self._queues.now()
        reports = await self.reports()
        today = service_day(now, clinic.zone, clinic.roll_over).isoformat()
        if reports and reports[0]["day"] >= today:
            return None
        return await self.purge(today)

    async def purge(self, day: str) -> Json:
        """Delete what is older than its retention period; returns the report."""
        retention, removed = (
            await self.retention(),
            dict.fromkeys(("documents", "records", "visits", "reads"), 0),
        )
        while True:
            async with self._store.transaction() as work:
                count = await self._purge_documents(work, retention)
                removed["documents"] += count["documents"]
                removed["records"] += count["records"]
                if any(count.values()):
                    continue
                first_kept = await clinic_rows.service_day_at(work.connection, years_before(work.now, retention.visits))
                removed["visits"] = await personal_data_rows.visits_before(work, first_kept)
                removed["reads"] = await personal_data_rows.reads_before(work, years_before(work.now, retention.reads))
                report: dict[str, Any] = {"day": day, "at": moment(work.now), "removed": removed}
                known = await _reports(work.connection)
                await setting_rows.save_setting(work, REPORTS, [report, *known][:MOST_REPORTS])
                work.record(Event("retention", work.now, str(SYSTEM), data=dict(removed)))
                return report

    async def _purge_documents(self, work: Transaction, retention: RetentionPeriods) -> dict[str, int]:
        """Some of the documents and papers that are too old, some hundred at a time."""
        before = years_before(work.now, retention.documents)
        gone = []
        for document_id in await personal_data_rows.documents_before(work, before):
            stored = await document_rows.one(work.connection, self._documents.keys, document_id)
            if stored is not None:
                gone.append(stored.document)
        await self._documents.destroy(work, gone, "retention", by=SYSTEM)
        first_kept = await clinic_rows.service_day_at(work.connection, before)
        written = await personal_data_rows.records_before(work, first_kept)
        await encrypted_blobs.destroy(work, written)
        return {"documents": len(gone), "records": len(written)}


async def _reports(connection: AsyncConnection) -> list[Json]:
    return list(cast(list[Json] | None, await setting_rows.setting(connection, REPORTS)) or [])
