"""Every command that may take long says how far it is, to a program line by line on standard error."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from queue_server.commands import COMMANDS
from tests.clinics import a_clinic
from tests.commands import main
from tests.serving.kept import keep_a_clinic

LONG = ("backup", "drill", "import", "keys rotate", "migrate", "restore", "seed-history", "simulate")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where a clinic with one document keeps everything; its set-up lies there as a file, and so does a backup."""
    keep_a_clinic(tmp_path, monkeypatch)
    assert main(["export", f"{tmp_path}/set-up.json"]) == 0
    assert main(["backup", f"{tmp_path}/monday.backup"]) == 0
    return tmp_path


def test_these_commands_show_how_far_they_are() -> None:
    assert {command.name for command in COMMANDS if command.task} == set(LONG)


@pytest.mark.parametrize(
    ("words", "database"),
    [
        ("backup {}/tuesday.backup", "queue"),
        ("restore {}/monday.backup", "queue"),
        ("drill {}/monday.backup", "queue"),
        ("import {}/set-up.json", "queue"),
        ("keys rotate", "queue"),
        ("migrate", "new"),
        ("simulate --days 2 --out {}/log.csv", "queue"),
    ],
)
def test_a_program_reads_how_far_a_command_is(
    words: str, database: str, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("QUEUE_DATABASE_URL", f"sqlite:///{folder}/{database}.db")
    capsys.readouterr()

    assert main([*words.format(folder).split(), "--json"]) == 0

    _assert_tells(capsys.readouterr().err)


def test_a_program_reads_how_far_an_invented_past_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("QUEUE_DATABASE_URL", f"sqlite:///{tmp_path}/queue.db")
    monkeypatch.setenv("QUEUE_DATA", str(tmp_path))

    async def fill() -> None:
        async with a_clinic(f"sqlite:///{tmp_path}/queue.db"):
            pass

    asyncio.run(fill())

    assert main(["seed-history", "--days", "2", "--patients", "20", "--json"]) == 0

    _assert_tells(capsys.readouterr().err)


def _assert_tells(said: str) -> None:
    events = [json.loads(line) for line in said.splitlines() if line.startswith("{")]
    assert {event["event"] for event in events} == {"progress"}, said
    assert events[-1]["done"] == events[-1]["total"] > 0
