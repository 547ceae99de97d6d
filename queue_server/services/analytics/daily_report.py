"""The one-page report of each day, by e-mail to whoever runs the clinic."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from queue_server.analytics.report import Report, day_in_words
from queue_server.domain.access.actors import Actor
from queue_server.domain.alerts.alerts import LIFETIME, AlertKind, Channel
from queue_server.domain.errors import BadInput
from queue_server.domain.queue.events import Event
from queue_server.locale import texts
from queue_server.services.alerts.preferences_and_outbox import Alerts, email_address
from queue_server.services.analytics.analytics import Analytics
from queue_server.services.clinic.snapshot import Snapshots
from queue_server.storage.alerts import outbox_rows
from queue_server.storage.alerts.outbox_rows import NewMessage
from queue_server.storage.engine import setting_rows
from queue_server.storage.engine.store import Store

#: The setting that holds the addresses.
RECIPIENTS = "report_to"
MOST_RECIPIENTS = 10


class DailyReport:
    """Goes out once for each day that had patients, when the day is over. Without e-mail nothing happens."""

    def __init__(self, store: Store, queues: Snapshots, analytics: Analytics, alerts: Alerts) -> None:
        self._store = store
        self._queues = queues
        self._analytics = analytics
        self._alerts = alerts
        self._done: date | None = None

    @property
    def is_possible(self) -> bool:
        """Whether this server can send e-mail."""
        return Channel.EMAIL in self._alerts.channels

    async def recipients(self) -> list[str]:
        """The addresses to which reports go."""
        async with self._store.reading() as connection:
            kept = await setting_rows.setting(connection, RECIPIENTS)
        return [str(address) for address in kept] if isinstance(kept, list) else []

    async def send_to(self, written: str, *, by: Actor) -> None:
        """Reports go to these addresses, which commas or spaces keep apart. Raises `BadInput`."""
        addresses = list(dict.fromkeys(email_address(one) for one in written.replace(",", " ").split()))
        if len(addresses) > MOST_RECIPIENTS:
            raise BadInput("email", f"At most {MOST_RECIPIENTS} addresses get the daily report.")
        async with self._store.transaction() as work:
            await setting_rows.save_setting(work, RECIPIENTS, addresses)
            work.record(Event("report_recipients", work.now, str(by), data={"count": len(addresses)}))

    async def send(self) -> int:
        """Yesterday's report is in the outbox, once; returns how many messages are new."""
        day = await self._queues.day() - timedelta(days=1)
        if self._done == day or not self.is_possible or not (addresses := await self.recipients()):
            return 0
        setting = await self._queues.clinic()
        language = setting.languages[0]
        report = await self._analytics.report(day, day, None, texts(language))
        self._done = day
        if not any(section.rows for section in report.sections if section.key == "hours"):
            return 0
        data = {"day": day_in_words(texts(language), day), "text": as_text(report)}
        async with self._store.transaction() as work:
            until = work.now + LIFETIME[AlertKind.REPORT]
            return await outbox_rows.put(
                work,
                [
                    NewMessage(f"report:{day}", Channel.EMAIL, AlertKind.REPORT, to, language, work.now, until, data)
                    for to in addresses
                ],
            )


def as_text(report: Report) -> str:
    """The figures and the most telling tables, in lines of plain text."""
    lines = [
        f"{one.label}: {one.value}" + (f" ({one.before}; {one.change})" if one.change else f" ({one.before})")
        for one in report.figures
    ]
    for section in report.sections:
        if section.key in _TOLD and section.rows:
            lines += ["", section.title.upper(), *_table(section.headings, section.rows)]
    return "\n".join(lines)


#: The sections that fit on the page.
_TOLD = frozenset({"departments", "doctors", "origins", "longest", "accuracy", "slips", "faults"})


def _table(headings: Sequence[str], rows: Sequence[tuple[str, ...]]) -> list[str]:
    """One line a row; each number has its name before it, since letters are not equally wide in an e-mail."""
    return [
        f"{row[0]} · " + ", ".join(f"{name}: {cell}" for name, cell in zip(headings[1:], row[1:], strict=True))
        for row in rows
    ]
