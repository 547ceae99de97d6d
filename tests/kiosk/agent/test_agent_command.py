"""The agent's command line, its enrolment, and its death by kill -9."""

import argparse
import asyncio
import json
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from kiosk.agent import command
from kiosk.agent.enrolment import EnrolmentFailed, enrol, read_key, write_key
from tests.kiosk.agent.server import PATIENCE_S, an_agent_server
from tests.kiosk.fake_printer import FakePrinter, a_printer
from tests.kiosk.slips import ENGLISH


@dataclass
class EnrolmentDesk:
    """What the server answers to a code, and what it was asked."""

    status: int = 200
    answer: bytes = b'{"key": "k3y", "name": "Hall"}'
    asked: list[tuple[str, Any]] = field(default_factory=list)
    address: str = ""


@contextmanager
def an_enrolment_desk(**settings: Any) -> Iterator[EnrolmentDesk]:
    desk = EnrolmentDesk(**settings)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            desk.asked.append((self.path, json.loads(body)))
            self.send_response(desk.status)
            self.end_headers()
            self.wfile.write(desk.answer)

        def log_message(self, *args: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        desk.address = f"http://127.0.0.1:{server.server_port}"
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}).start()
        yield desk
        server.shutdown()


def parsed(*arguments: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    command.configure(parser)
    return parser.parse_args(arguments)


def test_a_code_is_traded_for_a_key() -> None:
    with an_enrolment_desk() as desk:
        enrolment = enrol(desk.address, "1234-5678")

    assert (enrolment.key, enrolment.name) == ("k3y", "Hall")
    assert desk.asked == [("/api/v1/devices/enrol", {"code": "1234-5678", "kind": "agent"})]


@pytest.mark.parametrize(
    ("status", "answer", "words"),
    [
        (422, b'{"error": {"code": "bad_code", "message": "The code is used up."}}', "^The code is used up"),
        (500, b"oops", "answered with HTTP 500"),
        (200, b"<html>", "holds no key"),
        (200, b'{"name": "Hall"}', "holds no key"),
    ],
)
def test_a_refused_code_says_why(status: int, answer: bytes, words: str) -> None:
    with an_enrolment_desk(status=status, answer=answer) as desk, pytest.raises(EnrolmentFailed, match=words):
        enrol(desk.address, "1234-5678")


def test_a_server_that_is_away_says_so() -> None:
    with an_enrolment_desk() as desk:
        pass

    with pytest.raises(EnrolmentFailed, match="cannot be reached"):
        enrol(desk.address, "1234-5678", timeout_s=1)


def test_the_key_file_is_for_its_owner_only_even_when_it_was_open_before(tmp_path: Path) -> None:
    path = tmp_path / "kiosk" / "key"
    path.parent.mkdir()
    path.write_text("old")
    path.chmod(0o644)

    write_key(path, "k3y")

    assert read_key(path) == "k3y"
    assert path.stat().st_mode & 0o777 == 0o600
    assert [file.name for file in path.parent.iterdir()] == ["key"]


@pytest.mark.parametrize("content", ["", " \n", "two words", "ключ"])
def test_a_file_without_a_key_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / "key").write_text(content)

    with pytest.raises(ValueError, match="holds no device key"):
        read_key(tmp_path / "key")


def test_the_command_enrols_and_keeps_the_ledger_beside_the_key(tmp_path: Path) -> None:
    with an_enrolment_desk() as desk:
        arguments = parsed(
            *("--server", desk.address, "--key-file", str(tmp_path / "key"), "--printer", "memory:"),
            *("--code", "1234", "--width", "80", "--profile", "TM-T88V", "--name", "Hall"),
        )
        settings = command.settings_from(arguments)

    assert (settings.key, settings.name, settings.on.dots) == ("k3y", "Hall", 512)
    assert settings.ledger == tmp_path / "key.ledger"
    assert read_key(tmp_path / "key") == "k3y"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"--printer": "lpt1"}, "Printer address 'lpt1' is not known"),
        ({"--profile": "TM-T1000"}, "Printer profile 'TM-T1000' is not known"),
        ({"--server": "queue.example"}, "Server 'queue.example' is not an address"),
    ],
)
def test_a_mistake_on_the_command_line_does_not_use_up_the_code(
    tmp_path: Path, changes: dict[str, str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with an_enrolment_desk() as desk:
        given = {"--server": desk.address, "--key-file": str(tmp_path / "key"), "--printer": "memory:", "--code": "1"}

        status = command.run(parsed(*(word for pair in (given | changes).items() for word in pair)))

    assert status == 2
    assert words in capsys.readouterr().err
    assert desk.asked == []


def test_a_missing_key_file_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    missing = str(tmp_path / "key")

    assert command.run(parsed("--server", "http://x", "--key-file", missing, "--printer", "memory:")) == 2
    assert missing in capsys.readouterr().err


PROGRAM = """
import argparse, sys
from kiosk.agent import command
parser = argparse.ArgumentParser()
command.configure(parser)
sys.exit(command.run(parser.parse_args()))
"""


def a_process(server: str, printer: FakePrinter, folder: Path) -> subprocess.Popen[bytes]:
    """The agent as a process of its own."""
    return subprocess.Popen(
        [
            *(sys.executable, "-c", PROGRAM, "--server", server, "--key-file", str(folder / "key")),
            *("--printer", f"tcp://127.0.0.1:{printer.port}", "--width", "58"),
        ],
        stderr=subprocess.DEVNULL,
    )


async def test_an_agent_killed_in_the_middle_of_a_slip_never_prints_it_again(tmp_path: Path) -> None:
    write_key(tmp_path / "key", "k3y")
    printing, killed = threading.Event(), threading.Event()

    def hold(document: bytes) -> None:
        printing.set()
        killed.wait(PATIENCE_S)

    with a_printer(before_printing=hold) as printer:
        async with an_agent_server() as server:
            process = a_process(server.address, printer, tmp_path)
            visit = await server.visit()
            await visit.ask("41", ENGLISH)
            assert await asyncio.to_thread(printing.wait, PATIENCE_S)
            process.kill()
            process.wait()
            killed.set()

            process = a_process(server.address, printer, tmp_path)
            visit = await server.visit()
            await visit.ask("41", ENGLISH)
            await visit.ask("42", ENGLISH)
            ended = [await visit.ended("41"), await visit.ended("42")]
            process.send_signal(signal.SIGTERM)
            status = await asyncio.to_thread(process.wait, PATIENCE_S)

    assert [frame["state"] for frame in ended] == ["unconfirmed", "printed"]
    assert ended[0]["reason"] == "the agent stopped while printing"
    assert len(printer.printed) <= 2
    assert status == 0
