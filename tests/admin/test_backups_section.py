"""The administration's front page tells how the backups stand."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import make_url

from queue_server.domain.people.staff import Role
from tests.running import a_browser, a_running_clinic


async def test_the_front_page_complains_until_there_is_a_backup_on_another_disk(tmp_path: Path) -> None:
    async with (
        a_running_clinic(f"sqlite:///{tmp_path}/queue.db", tmp_path) as running,
        a_browser(running.url, headers={"Accept": "text/html"}) as boss,
    ):
        await running.services.people.accounts.create("boss", "correct horse", Role.ADMIN, "Boss", cost=4)
        form = {"login": "boss", "password": "correct horse", "next": "/admin"}
        assert (await boss.post("/login", data=form)).status_code == 303
        assert "There is no backup yet" in (await boss.get("/admin")).text

        await running.services.clinic.backups.keep()

        shown = (await boss.get("/admin")).text
        assert "There is no backup yet" not in shown
        assert "USB stick labelled QBACKUP" in shown
        assert "<dt>Last good backup</dt><dd>22 Nov, 10:00</dd>" in shown


async def test_the_front_page_says_why_a_backup_has_failed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old = tmp_path / "programs" / "pg_dump"
    old.parent.mkdir()
    old.write_text("#!/bin/sh\necho 'pg_dump: error: aborting because of server version mismatch' >&2\nexit 1\n")
    old.chmod(0o755)
    async with (
        a_running_clinic(f"sqlite:///{tmp_path}/queue.db", tmp_path) as running,
        a_browser(running.url, headers={"Accept": "text/html"}) as boss,
    ):
        await running.services.people.accounts.create("boss", "correct horse", Role.ADMIN, "Boss", cost=4)
        await boss.post("/login", data={"login": "boss", "password": "correct horse", "next": "/admin"})
        monkeypatch.setenv("PATH", str(old.parent))
        url = make_url("postgresql+asyncpg://nobody@/queue")
        monkeypatch.setattr(running.services.store, "url", url)

        await running.services.clinic.backups.keep()

        assert "aborting because of server version mismatch" in (await boss.get("/admin")).text
