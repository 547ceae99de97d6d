"""The administrator is told that the clock is doubtful, and says what the time is."""

from __future__ import annotations

from pathlib import Path

from queue_server.domain.people.staff import Role
from tests.running import a_browser, a_running_clinic


async def test_a_doubted_clock_is_told_on_every_page_and_put_right_on_its_own(tmp_path: Path) -> None:
    async with (
        a_running_clinic(f"sqlite:///{tmp_path}/queue.db", tmp_path) as running,
        a_browser(running.url, headers={"Accept": "text/html"}) as boss,
    ):
        await running.services.people.accounts.create("boss", "correct horse", Role.ADMIN, "Boss", cost=4)
        form = {"login": "boss", "password": "correct horse", "next": "/admin"}
        assert (await boss.post("/login", data=form)).status_code == 303
        assert 'id="clock-wrong"' not in (await boss.get("/admin")).text

        running.clock.jump(minutes=7)
        await running.services.queue.timekeeping.keep()

        assert 'id="clock-wrong"' in (await boss.get("/admin")).text
        assert "Sunday, 22 November 2026" in (await boss.get("/admin/clock")).text
        assert (await boss.post("/admin/clock/set", data={"at": "0001-01-01T00:00"})).status_code == 422
        assert (await boss.post("/admin/clock/confirm")).status_code == 303
        assert 'id="clock-wrong"' not in (await boss.get("/admin/clock")).text
        assert running.services.store.clock.now() == running.clock.moment
        assert (await boss.post("/admin/clock/set", data={"at": "2026-11-22T10:15"})).status_code == 303
        assert running.services.store.clock.now().isoformat() == "2026-11-22T04:45:00+00:00"
