"""Trading a one-time code for the device's key."""

import json
import os
import secrets
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path

TIMEOUT_S = 10.0
LARGEST_ANSWER = 65_536


class EnrolmentFailed(Exception):
    """The server did not hand out a key; the message says why."""


@dataclass(frozen=True)
class Enrolment:
    """The key of a device, and what the server calls it."""

    key: str = field(repr=False)
    name: str


def enrol(server: str, code: str, timeout_s: float = TIMEOUT_S, kind: str = "agent") -> Enrolment:
    """Trade the code for the key of a device of this kind. Blocks.

    Raises `EnrolmentFailed` when the server refuses the code, cannot be reached or answers something else.
    """
    if not server.startswith(("http://", "https://")):
        raise EnrolmentFailed(f"Server {server!r} is not an address such as http://192.168.1.20:8000.")
    request = urllib.request.Request(  # noqa: S310 - the scheme was checked above
        f"{server.rstrip('/')}/api/v1/devices/enrol",
        data=json.dumps({"code": code, "kind": kind}).encode(),
        headers={"Content-Type": "application/json", "Accept": "application/json"},
        method="POST",
    )
    try:
        with urllib.request.urlopen(request, timeout=timeout_s) as response:  # noqa: S310  # nosec B310
            return _enrolment(response.read(LARGEST_ANSWER))
    except urllib.error.HTTPError as error:
        with error:
            raise EnrolmentFailed(_message(error)) from error
    except (OSError, ValueError) as error:
        raise EnrolmentFailed(f"The server cannot be reached at {server}: {error}") from error


def write_key(path: Path, key: str) -> None:
    """The file holds the key, whole, and only its owner can read it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    file = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(file, "w") as text:
        text.write(f"{key}\n")
        text.flush()
        os.fsync(file)
    draft.replace(path)


def read_key(path: Path) -> str:
    """The key in the file.

    Raises `OSError` when there is no such file, and `ValueError` when the file holds no key.
    """
    key = path.read_text().strip()
    if not key or not key.isascii() or not key.isprintable() or " " in key:
        raise ValueError(f"The file {path} holds no device key.")
    return key


def _enrolment(answer: bytes) -> Enrolment:
    try:
        fields = json.loads(answer)
        return Enrolment(key=str(fields["key"]), name=str(fields["name"]))
    except (ValueError, KeyError, TypeError) as error:
        raise EnrolmentFailed("The server's answer holds no key; is this the address of the queue's server?") from error


def _message(error: urllib.error.HTTPError) -> str:
    try:
        return str(json.loads(error.read(LARGEST_ANSWER))["error"]["message"])
    except (ValueError, KeyError, TypeError):
        return f"The server answered with HTTP {error.code}."
