"""Import the whole product, start it, and take a number; exit status 0 when that worked:  python -m tests.smoke

Nothing but the standard library beside the product, so that it runs in the environment of a clinic (scripts/pythons).
"""

from __future__ import annotations

import importlib
import json
import os
import pkgutil
import platform
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path
from typing import Any

from tests.waiting import until_true

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("queue_server", "kiosk", "display", "doctor_console")
STARTS_WITHIN_S = 120


def import_everything() -> int:
    """How many modules there are; each was imported."""
    names = [
        found.name
        for package in PACKAGES
        for found in pkgutil.walk_packages([str(ROOT / package)], f"{package}.")
        if not found.name.endswith("__main__")
    ]
    for name in names:
        importlib.import_module(name)
    return len(names)


def asked(address: str, body: dict[str, str] | None = None, key: str = "") -> Any:
    """What the server answers. Raises `URLError` where it says no."""
    head = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"} if key else {}
    request = urllib.request.Request(address, json.dumps(body).encode() if body else None, head)  # noqa: S310
    with urllib.request.urlopen(request, timeout=20) as answer:  # noqa: S310
        return json.load(answer)


def free_port() -> int:
    """A port of loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def a_number_is_given_out(folder: Path) -> str:
    """The first number of a new demo clinic, whose server says that it is ready. Raises `AssertionError`."""
    log = folder / "log"
    flags = ["--host", "127.0.0.1", "--port", str(free_port()), "--data", str(folder / "demo")]
    with log.open("wb") as out:
        command = [sys.executable, "-P", "-m", "queue_server.cli", "demo", *flags]
        demo = subprocess.Popen(command, env=os.environ | {"PYTHONPATH": str(ROOT)}, stdout=out, stderr=out)
    try:
        until_true(lambda: "demo is running" in log.read_text() or demo.poll() is not None, STARTS_WITHIN_S)
        assert demo.poll() is None, log.read_text()
        facts = json.loads((folder / "demo" / "demo.json").read_text())
        asked(f"{facts['base_url']}/readyz")
        number: str = asked(f"{facts['base_url']}/api/v1/tokens", {"department": "GEN"}, facts["api_key"])["number"]
    finally:
        demo.terminate()
        ended = demo.wait()
    assert ended == 0, log.read_text()
    return number


def main() -> None:
    """A line says what was tried."""
    began = time.monotonic()
    modules = import_everything()
    with tempfile.TemporaryDirectory(prefix="smoke-") as folder:
        number = a_number_is_given_out(Path(folder))
    took = time.monotonic() - began
    print(
        f"Python {platform.python_version()}: {modules} modules imported, served, {number} given out, in {took:.0f} s."
    )


if __name__ == "__main__":
    main()
