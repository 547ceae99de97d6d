"""The examples in deploy/ fit the program that they start."""

import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from queue_server.cli import parser
from queue_server.settings import Settings

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"
UNITS = ("smart-queue.service", "smart-queue-agent.service")


@pytest.mark.parametrize("unit", UNITS)
@pytest.mark.parametrize("options", ["", "--profile TM-T88V", "--dots 512"])
def test_a_unit_starts_commands_that_there_are(unit: str, options: str) -> None:
    settings = dict(_assignments(DEPLOY / "agent"))
    assert options in (DEPLOY / "agent").read_text()
    commands = re.findall(r"^ExecStart(?:Pre)?=\S+/smart-queue (.*)$", (DEPLOY / unit).read_text(), re.MULTILINE)

    assert commands
    for command in commands:
        given = command.replace("$OPTIONS", options)
        words = [re.sub(r"\$\{(\w+)\}", lambda name: settings[name[1]], word) for word in shlex.split(given)]
        assert parser().parse_args(words).command


OTHERS = (
    *("smart-queue-bucket.service", "smart-queue-bucket.timer", "smart-queue-update.service"),
    *("smart-queue-recover.service", "screen/smart-queue-screen.service", "screen/smart-queue-screen-night.service"),
    "screen/smart-queue-screen-night.timer",
)


@pytest.mark.parametrize("unit", [*UNITS, *OTHERS])
def test_systemd_finds_nothing_wrong_in_a_unit(unit: str, tmp_path: Path) -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("There is no systemd-analyze on this machine.")
    present = shutil.which("true") or ""
    copy = tmp_path / Path(unit).name
    copy.write_text(
        re.sub(r"^(ExecStart(?:Pre)?=)\S+", rf"\g<1>{present}", (DEPLOY / unit).read_text(), flags=re.MULTILINE)
    )

    command = ["systemd-analyze", "verify", "--man=no", "--recursive-errors=no", str(copy)]
    verified = subprocess.run(command, capture_output=True, text=True, check=False)

    assert (verified.returncode, verified.stderr) == (0, "")


def test_every_line_of_the_environment_is_a_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    given = dict(_assignments(DEPLOY / "environment"))
    for name, value in given.items():
        monkeypatch.setenv(name, value)

    settings = Settings().model_dump(mode="json")

    assert {name: str(settings[name.removeprefix("QUEUE_").lower()]) for name in given} == given


def _assignments(path: Path) -> Iterator[tuple[str, str]]:
    for line in path.read_text().splitlines():
        if found := re.fullmatch(r"(?P<name>[A-Z_]+)=(?P<value>.*)", line):
            yield found["name"], found["value"]
