"""What a backup consists of, with the checksum of every part, in `FILE.manifest` beside it."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from queue_server.storage.engine.backup import CannotBackUp, synced

_FORM = "smart-queue backup 1"

#: Ends of the names of what a backup may consist of: the database itself, and the documents' keys.
PARTS = ("", ".keys")


class NoManifest(CannotBackUp):
    """An older backup: whether it is as it was written, nobody can say."""


def beside(file: Path, end: str) -> Path:
    """A part of the backup, which has the backup's name and this end."""
    return file.with_name(f"{file.name}{end}")


def write_manifest(file: Path, made_at: datetime) -> None:
    """The backup has a manifest of all its parts that are there."""
    parts = {end: _seen(beside(file, end)) for end in PARTS if beside(file, end).exists()}
    said = {"form": _FORM, "made_at": made_at.astimezone(UTC).isoformat(timespec="seconds"), "parts": parts}
    path = beside(file, ".manifest")
    path.touch(mode=0o600)
    path.write_text(_signed(said), encoding="utf-8")
    synced(path)


def check_manifest(file: Path) -> datetime:
    """Every part is as it was written; returns when that was. Keys may have been taken to another place.

    Raises `NoManifest` for a backup without one, `CannotBackUp` where anything is not as it was.
    """
    said = _read(beside(file, ".manifest"))
    for end, seen in said["parts"].items():
        path = beside(file, end)
        if not path.exists() and not end:
            raise CannotBackUp(f"{path} is not there.")
        if path.exists() and _seen(path) != seen:
            raise CannotBackUp(f"{path} is damaged: it is not as it was written.")
    return datetime.fromisoformat(said["made_at"])


def glance(file: Path) -> datetime:
    """When the backup was made. Raises `CannotBackUp` unless every part has its size; checksums are not compared."""
    said = _read(beside(file, ".manifest"))
    for end, seen in said["parts"].items():
        path = beside(file, end)
        if not path.exists() or path.stat().st_size != seen["size"]:
            raise CannotBackUp(f"{path} is not there, or not whole.")
    return datetime.fromisoformat(said["made_at"])


def _read(path: Path) -> dict[str, Any]:
    if not path.exists():
        raise NoManifest(f"There is no {path}, so nobody can say whether the backup is as it was written.")
    try:
        text = path.read_text(encoding="utf-8")
        said: dict[str, Any] = json.loads(text)
        said.pop("sha256")
        is_whole = text == _signed(said) and said["form"] == _FORM and "" in said["parts"]
    except (ValueError, KeyError, TypeError, AttributeError):
        is_whole = False
    if not is_whole:
        raise CannotBackUp(f"{path} is damaged.")
    return said


def _seen(path: Path) -> dict[str, Any]:
    """Size and checksum of a part."""
    with path.open("rb") as opened:
        return {"size": path.stat().st_size, "sha256": hashlib.file_digest(opened, "sha256").hexdigest()}


def _signed(said: dict[str, Any]) -> str:
    """The manifest as text, with its own checksum."""
    own = hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()
    return json.dumps({**said, "sha256": own}, indent=1, sort_keys=True) + "\n"
