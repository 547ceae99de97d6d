"""What is asked of the machine: services, commands as the server's user, and whether the server can serve."""

from __future__ import annotations

import json
import os
import socket
import ssl
import subprocess
import time
from collections.abc import Mapping
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from pathlib import Path

from .places import SERVER, USER, Places

#: A server that has ended by itself more often than this since its start is not going to become ready.
MOST_STARTS = 1


class Failed(Exception):
    """It could not be done; the message says why, to somebody who sits before the machine."""


def systemctl(*words: str) -> None:
    """Raises `Failed` with what systemd says."""
    run("systemctl", *words)


def run(*command: str | Path, user: str = "", env: Mapping[str, str] | None = None, cwd: Path | None = None) -> str:
    """What the command has written. Raises `Failed` with its last words."""
    environment = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C.UTF-8"}
    environment |= dict(env or {})
    done = subprocess.run(  # noqa: S603
        list(command),
        env=environment,
        cwd=cwd or "/",
        user=user or None,
        group=user or None,
        extra_groups=[] if user else None,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        said = (done.stderr or done.stdout).strip().splitlines()[-6:]
        raise Failed(f"{' '.join(map(str, command))} failed:\n  " + "\n  ".join(said))
    return done.stdout


def as_server(places: Places, *command: str | Path) -> str:
    """What the command has written, as the server's user, with the server's settings, in its folder."""
    return run(*command, user=USER, env=settings(places.environment), cwd=places.data)


def settings(path: Path) -> dict[str, str]:
    """The file of settings, as systemd reads it: name=value, perhaps in quotes; other lines say nothing."""
    found = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        name, sign, value = line.strip().partition("=")
        if sign and not name.startswith(("#", ";")):
            quoted = len(value) > 1 and value[0] == value[-1] and value[0] in "\"'"
            found[name.strip()] = value[1:-1] if quoted else value.strip()
    return found


def free_port() -> int:
    """A port of this machine on which nobody listens."""
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        return int(asked.getsockname()[1])


def becomes_ready(port: int, *, is_https: bool, within_s: float) -> bool:
    """Whether the server says within so many seconds that it can serve. One that ends again and again never will."""
    end = time.monotonic() + within_s
    while time.monotonic() < end:
        if _is_ready(port, is_https=is_https):
            return True
        if _starts_of(SERVER) > MOST_STARTS:
            return False
        time.sleep(0.2)
    return False


def _starts_of(unit: str) -> int:
    """How often systemd has started it anew since somebody did."""
    return int(run("systemctl", "show", "--property=NRestarts", "--value", unit).strip() or 0)


def _is_ready(port: int, *, is_https: bool) -> bool:
    asked = HTTPConnection("127.0.0.1", port, timeout=4)
    if is_https:
        # Its certificate need not bear the name 127.0.0.1, and nothing secret is told here.
        context = ssl.create_default_context()
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        asked = HTTPSConnection("127.0.0.1", port, timeout=4, context=context)
    try:
        asked.request("GET", "/readyz")
        answer = asked.getresponse()
        return answer.status == 200 and json.load(answer).get("status") == "ok"
    except (OSError, HTTPException, ValueError):
        return False
    finally:
        asked.close()


def is_root() -> bool:
    """Whether this process may change the machine."""
    return os.geteuid() == 0
