"""The day's report reaches whoever asked for it, once."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from queue_server.domain.access.actors import SYSTEM
from tests.alerting import AlertingClinic, an_alerting_clinic


async def report(alerting: AlertingClinic) -> int:
    """What runs every minute."""
    await alerting.services.queue.day_end.expire_leftovers()
    await alerting.services.analytics.tallies.keep()
    new = await alerting.services.analytics.daily_report.send()
    await alerting.services.alerts.sending.drain()
    return new


async def test_yesterday_is_reported_once_when_it_is_over(tmp_path: Path) -> None:
    async with an_alerting_clinic(f"sqlite:///{tmp_path}/queue.db") as alerting:
        await alerting.services.analytics.daily_report.send_to("boss@example.org two@example.org", by=SYSTEM)
        for _ in range(3):
            await alerting.clinic.issue()
        await alerting.clinic.next()
        assert await report(alerting) == 0

        # 04:05 of the next morning in the clinic.
        alerting.clock.moment = datetime(2026, 11, 22, 22, 35, tzinfo=UTC)
        assert await report(alerting) == 2
        assert await report(alerting) == 0

        letter = alerting.email.given[0]
        assert {message.to for message in alerting.email.given} == {"boss@example.org", "two@example.org"}
        assert letter.subject == "Test clinic: The day of 22 Nov 2026"
        assert "Patients: 3 (0)" in letter.body
        assert "General · Patients: 3, Seen: 0, Called, did not come: 1, Never called: 2" in letter.body
        assert [state for kind, state, _ in await alerting.states() if kind == "report"] == ["sent", "sent"]


async def test_a_day_without_patients_and_a_clinic_without_recipients_report_nothing(tmp_path: Path) -> None:
    async with an_alerting_clinic(f"sqlite:///{tmp_path}/queue.db") as alerting:
        await alerting.clinic.issue()
        alerting.clock.moment = datetime(2026, 11, 22, 22, 35, tzinfo=UTC)
        assert await report(alerting) == 0

        await alerting.services.analytics.daily_report.send_to("boss@example.org", by=SYSTEM)
        alerting.clock.moment = datetime(2026, 11, 24, 22, 35, tzinfo=UTC)
        assert await report(alerting) == 0
