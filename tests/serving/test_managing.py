"""The clinic is set up and looked after without a browser, also while the server runs."""

from __future__ import annotations

import asyncio
import io
import json
from pathlib import Path
from typing import Any

import pytest

from queue_server.domain.access.actors import Actor, ActorKind
from queue_server.domain.queue.tokens import DutyState
from tests.clinics import SettableClock, a_clinic, open_services
from tests.commands import main
from tests.running import a_running_clinic
from tests.waiting import until


@pytest.fixture
def url(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A clinic's database, which the environment names."""
    chosen = f"sqlite:///{tmp_path}/queue.db"
    monkeypatch.setenv("QUEUE_DATABASE_URL", chosen)
    monkeypatch.setenv("QUEUE_DATA", str(tmp_path))

    async def make() -> None:
        async with a_clinic(chosen) as clinic:
            await clinic.issue()

    asyncio.run(make())
    return chosen


def run(capsys: pytest.CaptureFixture[str], *words: str) -> Any:
    """What the command says, as JSON."""
    capsys.readouterr()
    assert main([*words, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def names_of_room(capsys: pytest.CaptureFixture[str], code: str) -> Any:
    return next(room["names"] for room in run(capsys, "rooms", "list") if room["code"] == code)


def test_a_department_is_added_closed_opened_and_removed(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    names = ["--name", "en=Eyes", "--name", "hi=आँख"]
    assert run(capsys, "departments", "add", "EYE", "--prefix", "E", *names, "--room", "7") == {"code": "EYE"}
    assert main(["departments", "close", "EYE"]) == 0

    eyes = run(capsys, "departments", "list")[-1]

    # A sign of its own, as a department that is added on a page has one.
    others = {one["colour"] for one in run(capsys, "departments", "list")[:-1]}
    assert eyes["icon"] == "eye"
    assert eyes["colour"] not in others
    assert (eyes["code"], eyes["names"], eyes["rooms"], eyes["is_open"]) == (
        "EYE",
        {"en": "Eyes", "hi": "आँख"},
        ["7"],
        False,
    )
    assert main(["departments", "open", "EYE"]) == 0
    assert main(["rooms", "add", "8", "EYE"]) == 0
    assert main(["rooms", "rename", "8", "Pharmacy window"]) == 0
    assert names_of_room(capsys, "8") == {"en": "Pharmacy window"}
    assert main(["rooms", "rename", "8", "Medicines", "hi=दवाएँ"]) == 0
    assert names_of_room(capsys, "8") == {"en": "Medicines", "hi": "दवाएँ"}
    assert main(["rooms", "remove", "7"]) == 0
    assert {room["code"] for room in run(capsys, "rooms", "list")} == {"1", "2", "3", "8"}
    assert main(["departments", "remove", "EYE"]) == 0
    assert [one["code"] for one in run(capsys, "departments", "list")] == ["GEN", "LAB"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["departments", "remove", "GEN"], "tokens wait there"),
        (["departments", "remove", "XYZ"], "There is no department 'XYZ'"),
        (["departments", "add", "GEN", "--prefix", "X", "--name", "en=Twice"], "GEN"),
        (["departments", "add", "EYE", "--prefix", "E", "--name", "Eyes"], "LANGUAGE=NAME"),
        (["rooms", "add", "Pharmacy window", "GEN"], "code: This is longer than 12 characters."),
        (["rooms", "add", "PW", "GEN", "--name", "y" * 41], "names.en: This is longer than 40 characters."),
        (["rooms", "rename", "99", "Nowhere"], "There is no room '99'"),
        (["rooms", "remove", "99"], "There is no room '99'"),
        (["staff", "close", "nobody"], "There is no such member of staff"),
        (["devices", "revoke", "99"], "There is no device"),
        (["programs", "revoke", "99"], "There is no program"),
        (["webhooks", "replay", "99", "0"], "There is no webhook"),
    ],
)
def test_what_cannot_be_done_is_said_and_is_exit_code_1(
    url: str, words: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(words) == 1

    assert said in capsys.readouterr().err


def test_an_account_is_added_and_closed(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    made = run(capsys, "staff", "add", "rao", "doctor", "Dr. Rao", "--qualification", "MBBS")
    again = run(capsys, "staff", "reset-password", "rao")
    run(capsys, "staff", "close", "rao")

    listed = {one["login"]: one["is_active"] for one in run(capsys, "staff", "list")}

    assert (made["login"], len(made["password"]) >= 8) == ("rao", True)
    assert again["password"] != made["password"]
    assert listed == {"first": True, "second": True, "rao": False}


def test_a_programs_key_is_made_listed_and_revoked(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    made = run(capsys, "programs", "add", "Hospital records", "--scope", "queues:read")

    listed = run(capsys, "programs", "list")

    assert [(one["name"], one["scopes"]) for one in listed] == [("Hospital records", ["queues:read"])]
    assert made["key"] not in json.dumps(listed)
    assert main(["programs", "revoke", str(listed[0]["id"])]) == 0
    assert run(capsys, "programs", "list") == []
    assert run(capsys, "webhooks", "list") == []


def test_the_journal_is_read_from_a_cursor_and_the_queues_are_shown(
    url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = run(capsys, "events")

    assert run(capsys, "events", "--after", str(lines[-2]["number"])) == lines[-1:]
    assert lines[-1]["kind"] == "issue"
    assert {one["code"] for one in run(capsys, "queues")} == {"GEN", "LAB"}


def test_the_queues_say_how_long_a_newcomer_would_wait(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    async def be_on_duty() -> None:
        async with open_services(url, SettableClock()) as services:
            doctors = await services.screens.lists.doctors()
            doctor = Actor(ActorKind.DOCTOR, doctors[0]["id"], doctors[0]["name"])
            await services.queue.duties.change("1", DutyState.ON_DUTY, doctor=doctor)

    asyncio.run(be_on_duty())

    general, laboratory = run(capsys, "queues")

    assert general["code"] == "GEN"
    assert general["likely_wait_s"] > 60
    assert (laboratory["code"], laboratory["likely_wait_s"]) == ("LAB", None)


def test_a_person_reads_a_table(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["departments", "list"]) == 0

    head, first, *_ = capsys.readouterr().out.splitlines()
    assert head.split()[:3] == ["CODE", "PREFIX", "NAMES"]
    assert "en: General" in first


def test_the_set_up_goes_to_another_clinic_as_a_file(
    url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "set-up.json"
    assert main(["export", str(file)]) == 0
    monkeypatch.setenv("QUEUE_DATABASE_URL", f"sqlite:///{tmp_path}/other.db")
    assert main(["migrate"]) == 0

    assert main(["import", str(file)]) == 0

    assert [one["code"] for one in run(capsys, "departments", "list")] == ["GEN", "LAB"]


def test_a_bad_file_changes_nothing_and_its_bad_lines_are_named(
    url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert main(["export"]) == 0
    text = capsys.readouterr().out.replace('"prefix": "L"', '"prefix": "G"')
    monkeypatch.setattr("sys.stdin", io.StringIO(text))

    assert main(["import", "-"]) == 1

    said = capsys.readouterr().err
    assert "line " in said
    assert "prefix" in said
    assert "Nothing was changed." in said
    assert [one["prefix"] for one in run(capsys, "departments", "list")] == ["G", "L"]


async def test_a_running_server_hears_what_a_command_has_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"sqlite:///{tmp_path}/queue.db"
    async with a_running_clinic(url, tmp_path) as running:
        monkeypatch.setenv("QUEUE_DATABASE_URL", url)
        monkeypatch.setenv("QUEUE_DATA", str(tmp_path))
        assert (await running.client.get("/api/v1/rooms")).status_code == 200

        assert await asyncio.to_thread(main, ["programs", "revoke", "1"]) == 0

        async def is_refused() -> bool:
            return (await running.client.get("/api/v1/rooms")).status_code == 401

        await until(is_refused)
