"""The wheel: built, installed where there is no checkout, and used."""

import json
import os
import signal
import subprocess
import sys
import sysconfig
import venv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import httpx2
import pytest

from tests.browser.conftest import free_port
from tests.waiting import until_true

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("queue_server", "kiosk", "display", "doctor_console")
SHIPPED = ("templates", "static", "migrations")
#: As it is in docs/voice.md, where a further language is paid for.
MOST_MB = 25


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this checkout."""
    folder = tmp_path_factory.mktemp("dist")
    _run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, ROOT, cwd=folder)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def command(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """`smart-queue` in an environment of its own, which borrows only the dependencies of this one."""
    folder = tmp_path_factory.mktemp("installed")
    venv.create(folder, symlinks=True)
    python = folder / "bin" / "python"
    _run(sys.executable, "-m", "pip", "--python", python, "install", "--no-deps", "--no-index", wheel, cwd=folder)
    (site_packages,) = folder.glob("lib/python*/site-packages")
    (site_packages / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return folder / "bin" / "smart-queue"


def test_the_wheel_holds_every_file_that_is_read_at_run_time(wheel: Path) -> None:
    names = set(ZipFile(wheel).namelist())

    beside = {f"queue_server/share/{name}" for folder in SHIPPED for name in _files(ROOT / folder)}
    inside = {name for package in PACKAGES for name in _files(ROOT / package)}
    assert beside | inside <= names
    assert {name for name in inside if name.endswith((".ttf", ".po"))}


def test_the_wheel_with_its_fonts_and_voices_is_small(wheel: Path) -> None:
    assert wheel.stat().st_size <= MOST_MB * 10**6


def test_the_wheel_holds_neither_tests_nor_leftovers(wheel: Path) -> None:
    names = ZipFile(wheel).namelist()

    assert {name.split("/")[0].split("-")[0] for name in names} == {*PACKAGES, "smart_queue"}
    assert [name for name in names if name.endswith(".pyc")] == []


def test_the_installed_demo_serves_pages_and_prints_a_slip(command: Path, tmp_path: Path) -> None:
    with _demo(command, tmp_path) as (facts, data), httpx2.Client(base_url=facts["base_url"], timeout=20) as client:
        login = client.get("/login")
        hindi = client.get("/login", params={"lang": "hi"})
        style = client.get(_between(login.text, 'href="', '"', having="css/base.css"))
        issued = client.post(
            "/api/v1/tokens",
            json={"department": "GEN", "place": "entrance"},
            headers={"Authorization": f"Bearer {facts['api_key']}"},
        )

        assert login.status_code == 200
        assert "पासवर्ड" in hindi.text
        assert style.status_code == 200
        assert style.headers["content-type"].startswith("text/css")
        assert issued.status_code == 201, issued.text
        assert issued.json()["number"] == "G-001"
        until_true(lambda: {path.suffix for path in (data / "slips").glob("*.*")} == {".png", ".bin"})


@contextmanager
def _demo(command: Path, folder: Path) -> Iterator[tuple[dict[str, Any], Path]]:
    """The demo runs away from the checkout; gives the contents of demo.json and the folder of its data."""
    data, log = folder / "data", folder / "log"
    flags = ["--host", "127.0.0.1", "--port", str(free_port()), "--data", str(data)]
    with log.open("wb") as output:
        demo = subprocess.Popen([command, "demo", *flags], cwd=folder, env=_environment(), stdout=output, stderr=output)
    try:
        until_true(lambda: "demo is running" in log.read_text() or demo.poll() is not None)
        assert demo.poll() is None, log.read_text()
        facts = json.loads((data / "demo.json").read_text())
        assert httpx2.get(f"{facts['base_url']}/healthz").status_code == 200
        yield facts, data
        demo.send_signal(signal.SIGINT)
        assert demo.wait(timeout=20) == 0, log.read_text()
    finally:
        demo.kill()
        demo.wait()


def _files(folder: Path) -> Iterator[str]:
    for path in folder.rglob("*"):
        if path.is_file() and "__pycache__" not in path.parts:
            yield str(path.relative_to(folder.parent))


def _between(text: str, start: str, end: str, *, having: str) -> str:
    """The first piece between `start` and `end` that contains `having`."""
    return next(piece for part in text.split(start)[1:] if having in (piece := part.split(end)[0]))


def _environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "QUEUE_"))}


def _run(*command: object, cwd: Path) -> None:
    words = [str(part) for part in command]
    done = subprocess.run(words, cwd=cwd, env=_environment(), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
