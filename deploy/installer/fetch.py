"""A kiosk's or a display's machine fetches what the clinic's server runs, and hands it to the switch (`screens`).

    python3 -m installer.fetch                   what smart-queue-screen-fetch.service does, each night
    python3 -m installer.fetch enrol CODE KIND   once: the key with which it asks

Everything comes over HTTPS from the one server whose certificate the machine trusts, and each part must have the sum
that the server has told. On plain HTTP anybody in the network could be the server, so nothing is fetched there.
"""

from __future__ import annotations

import hashlib
import http.client
import json
import os
import platform
import shutil
import ssl
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from . import first, screens, versions
from .machine import Failed, settings, systemctl
from .places import Places
from .release import Part, Release

TIMEOUT_S = 30
LARGEST_ANSWER = 4 * 1024 * 1024
_CHUNK = 1024 * 1024


class Server:
    """The clinic's server, as /etc/smart-queue/screen names it."""

    def __init__(self, address: str, authority: str, key: str = "") -> None:
        """Raises `Failed` for an address that is not HTTPS."""
        found = urlsplit(address)
        if found.scheme != "https" or not found.hostname:
            raise Failed(f"Updates come over https only, and this machine's server is {address}.")
        context = ssl.create_default_context(cafile=authority or None)
        self._line = http.client.HTTPSConnection(found.hostname, found.port, timeout=TIMEOUT_S, context=context)
        self._head = {"Authorization": f"Bearer {key}"} if key else {}

    def release(self) -> Release:
        """What it hands out. Raises `Failed`."""
        with self._asked("GET", "/devices/release") as answer:
            try:
                return Release.read(answer.read(LARGEST_ANSWER).decode())
            except ValueError as error:
                raise Failed(str(error)) from error

    def fetch(self, part: Part, file: Path) -> None:
        """The file is the part. Raises `Failed` when anything else came."""
        file.parent.mkdir(parents=True, exist_ok=True)
        came, length = hashlib.sha256(), 0
        with self._asked("GET", f"/devices/release/{part.path}") as answer, file.open("wb") as out:
            while length <= part.length and (piece := answer.read(_CHUNK)):
                came.update(piece)
                length += len(piece)
                out.write(piece)
        if (length, came.hexdigest()) != (part.length, part.sha256):
            raise Failed(f"{part.path} did not come as the server has it: nothing was changed.")

    def enrol(self, code: str, kind: str) -> str:
        """The key of the device that the code makes. Raises `Failed`."""
        body = json.dumps({"code": code, "kind": kind}).encode()
        with self._asked("POST", "/api/v1/devices/enrol", body) as answer:
            return str(json.loads(answer.read(LARGEST_ANSWER))["key"])

    def close(self) -> None:
        self._line.close()

    @contextmanager
    def _asked(self, method: str, path: str, body: bytes | None = None) -> Iterator[http.client.HTTPResponse]:
        head = self._head | ({"Content-Type": "application/json"} if body else {})
        try:
            self._line.request(method, path, body, head)
            answer = self._line.getresponse()
            if answer.status not in (200, 201):
                raise Failed(f"The server answered {path} with {answer.status}: {_reason(answer)}")
            yield answer
        except (OSError, http.client.HTTPException) as error:
            raise Failed(f"The server does not answer as it should: {error}") from error


def _reason(answer: http.client.HTTPResponse) -> str:
    try:
        return str(json.loads(answer.read(LARGEST_ANSWER))["error"]["message"])
    except (ValueError, KeyError, TypeError):
        return answer.reason


def fetch(places: Places) -> bool:
    """Whether another version came, and is in use now. Raises `Failed`; then this machine is as it was."""
    given = settings(places.screen)
    has_program = given["SCREEN"].startswith(screens.KEEPER)
    key = places.screen_key.read_text(encoding="utf-8").strip()
    with closing(Server(given["SERVER"], given.get("AUTHORITY", ""), key)) as server:
        offered = server.release()
        if offered.version in screens.settled_versions(places):
            return False
        _fetch_parts(server, offered, places.fetched, has_program=has_program)
    program = versions.make(places.fetched, places, _told, hands_out=False) if has_program else None
    first.installer(places, places.fetched)
    screens.plan(places, offered.version, program)
    systemctl("start", screens.UPDATE)
    _told(f"This screen has the version {offered.version} now.")
    return True


def _fetch_parts(server: Server, offered: Release, folder: Path, *, has_program: bool) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    python = f"{sys.version_info.major}.{sys.version_info.minor}"
    for part in offered.parts:
        if part.is_for(platform.machine(), python, has_program=has_program):
            server.fetch(part, folder / part.path)


def enrol(places: Places, code: str, kind: str) -> None:
    """The key lies where only root can read it. Raises `Failed`."""
    given = settings(places.screen)
    with closing(Server(given["SERVER"], given.get("AUTHORITY", ""))) as server:
        key = server.enrol(code, kind)
    new = places.screen_key.with_suffix(".new")
    new.unlink(missing_ok=True)
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(f"{key}\n")
        os.fsync(file.fileno())
    new.replace(places.screen_key)


def main(words: list[str], places: Places) -> int:
    """The exit status."""
    try:
        match words:
            case []:
                fetch(places)
            case ["enrol", code, kind]:
                enrol(places, code, kind)
            case _:
                sys.stderr.write("Nothing, or enrol CODE KIND?\n")
                return 2
    except (Failed, OSError) as failure:
        sys.stderr.write(f"{failure}\n")
        return 1
    return 0


def _told(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], Places()))
