"""The commands that look after a clinic's database, on both kinds of database."""

from __future__ import annotations

import asyncio
import getpass
import json
import re
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from queue_server.cli import parser
from queue_server.domain.devices.devices import DeviceKind
from queue_server.domain.errors import LoginRequired
from queue_server.services import Services
from tests.clinics import SettableClock, a_clinic, open_services
from tests.commands import main

PASSWORD = "correct horse"


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def url(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """An empty database of each kind, which the environment names."""
    chosen = f"sqlite:///{tmp_path}/queue.db"
    if request.param == "postgresql":
        chosen = str(request.getfixturevalue("postgres_url"))
    monkeypatch.setenv("QUEUE_DATABASE_URL", chosen)
    return chosen


def ask(url: str, use: Callable[[Services], Awaitable[Any]]) -> Any:
    """What `use` gives with the services on the database."""

    async def run() -> Any:
        async with open_services(url, SettableClock()) as services:
            return await use(services)

    return asyncio.run(run())


def test_migrate_makes_the_schema_says_so_and_may_be_repeated(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert [main(["migrate"]), main(["migrate"])] == [0, 0]
    assert "The database has this version's schema" in capsys.readouterr().out

    assert ask(url, lambda services: services.clinic.queues.departments()) == []


@pytest.mark.parametrize("command", [["verify"], ["create-admin", "boss"], ["enrol", "kiosk", "Entrance"]])
def test_commands_ask_for_a_migration_first(
    url: str, command: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(getpass, "getpass", lambda: PASSWORD)

    assert main(command) == 1

    assert "run `scripts/run migrate` first" in capsys.readouterr().err


def test_create_admin_makes_a_login_whose_password_comes_from_a_file(url: str, tmp_path: Path) -> None:
    main(["migrate"])
    secret = tmp_path / "password"
    secret.write_text(f"{PASSWORD}\n")

    assert main(["create-admin", "boss", "--password-file", str(secret)]) == 0

    session = ask(url, lambda services: services.people.accounts.log_in("boss", PASSWORD))
    assert ask(url, lambda services: services.people.accounts.who(session)).kind == "admin"


@pytest.mark.parametrize(
    ("login", "password", "said"),
    [("boss", "short", "at least 8 characters"), ("first", PASSWORD, "'first' is in use"), (" ", PASSWORD, "login")],
)
def test_create_admin_says_what_is_wrong(
    tmp_path: Path,
    login: str,
    password: str,
    said: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    url = f"sqlite:///{tmp_path}/queue.db"
    seed_a_clinic(url)
    monkeypatch.setattr(getpass, "getpass", lambda: password)

    assert main(["create-admin", login, "--database-url", url]) == 1

    assert said in capsys.readouterr().err


def test_enrol_shows_a_code_that_makes_one_device(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    seed_a_clinic(url)

    assert main(["enrol", "kiosk", "Second kiosk", "--place", "hall"]) == 0

    said = capsys.readouterr()
    code = said.out.strip()
    assert re.search(r"Open http\S+/kiosk on the kiosk and type this code. It is valid until \d\d:\d\d", said.err)
    assert main(["enrol", "display", "Hall", "--place", "east", "--json"]) == 1, "there is no such display"
    assert "There is no display 'east'. There are: main." in capsys.readouterr().err
    assert main(["enrol", "display", "Hall", "--place", "main", "--json"]) == 0
    fact = json.loads(capsys.readouterr().out)
    assert (fact["kind"], "/display/main on the display" in fact["where"], "T" in fact["until"]) == (
        "display",
        True,
        True,
    )
    key, enrolment = ask(url, lambda services: services.devices.registry.enrol(code))
    assert re.fullmatch(r"[0-9A-Z]{4}-[0-9A-Z]{4}", code)
    assert (enrolment.kind, enrolment.name, enrolment.place) == (DeviceKind.KIOSK, "Second kiosk", "hall")
    assert ask(url, lambda services: services.devices.registry.who(key)).place == "hall"
    with pytest.raises(LoginRequired):
        ask(url, lambda services: services.devices.registry.enrol(code))


def test_enrol_shows_a_command_for_a_print_agent_that_is_whole(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    seed_a_clinic(url)

    assert main(["enrol", "agent", "Entrance printer"]) == 0

    said = capsys.readouterr()
    (command,) = [line.split() for line in said.err.splitlines() if "kiosk-agent" in line]
    given = parser().parse_args(command[1:])
    assert (given.code, given.printer) == (said.out.strip(), "tcp://192.168.1.50:9100")


def test_verify_counts_the_lines_and_names_the_first_that_was_changed(
    url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    seed_a_clinic(url)
    assert main(["verify"]) == 0
    lines = int(re.findall(r"All (\d+) lines fit the chain", capsys.readouterr().out)[0])

    ask(url, lambda services: change_line(services, 3))

    assert (lines >= 4, main(["verify"])) == (True, 1)
    assert capsys.readouterr().err == "Line 3 does not fit the chain; the 2 lines before it do.\n"


def seed_a_clinic(url: str) -> None:
    """A clinic where something has happened, all of it sealed."""

    async def run() -> None:
        async with a_clinic(url) as clinic:
            await clinic.issue()
            await clinic.next()
            await clinic.kinds()

    asyncio.run(run())


async def change_line(services: Services, number: int) -> None:
    """Somebody tampers with the journal."""
    async with services.store.transaction() as work:
        statement = text("UPDATE event SET actor = 'nobody' WHERE number = :number")
        await work.connection.execute(statement, {"number": number})


def test_who_sets_the_clock_has_done_so_though_the_machines_is_still_wrong(url: str, tmp_path: Path) -> None:
    assert main(["migrate"]) == 0

    assert main(["clock", "--set", "2031-05-05T09:15"]) == 0

    assert main(["clock"]) == 1
