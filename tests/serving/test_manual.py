"""The help is the manual: it names every command, and its examples work."""

from __future__ import annotations

import shlex

import pytest

from queue_server.cli import main, parser
from queue_server.commands import COMMANDS, Command
from queue_server.paths import PROGRAM
from queue_server.settings import Settings

NAMES = [command.name for command in COMMANDS]


@pytest.mark.parametrize("command", COMMANDS, ids=NAMES)
def test_a_command_says_in_a_sentence_what_it_does_and_its_example_can_be_typed(command: Command) -> None:
    words = shlex.split(command.example)

    assert command.about.endswith(".")
    assert " ".join(words).startswith(command.name)
    assert parser().parse_args(words).command is command.run


@pytest.mark.parametrize("command", COMMANDS, ids=NAMES)
def test_a_commands_help_shows_its_example(command: Command, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main([*command.name.split(), "--help"])

    assert ended.value.code == 0
    assert f"{PROGRAM} {command.example}" in capsys.readouterr().out


def test_the_help_names_the_commands_and_the_exit_codes(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--help"])

    told = capsys.readouterr().out
    assert [name for name in NAMES if name.split()[0] not in told] == []
    assert "exit codes:" in told


def test_the_commands_that_others_rely_on_are_there() -> None:
    promised = {"demo", "serve", "migrate", "create-admin", "enrol", "kiosk-agent", "backup", "restore", "verify"}

    assert promised | {"simulate", "replay-waits", "export", "import"} <= set(NAMES)


def test_the_help_of_the_server_names_every_setting(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["serve", "--help"])

    told = capsys.readouterr().out
    assert [name for name in Settings.model_fields if f"QUEUE_{name.upper()}\n" not in told] == []


def test_a_wrong_flag_is_another_exit_code_than_a_refusal(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["verify", "--no-such-flag"])

    assert ended.value.code == 2
    assert "--no-such-flag" in capsys.readouterr().err


def test_a_file_that_is_not_there_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["create-admin", "boss", "--password-file", "no-such-file"]) == 2

    assert "no-such-file" in capsys.readouterr().err
