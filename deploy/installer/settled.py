"""Files and folders that are on the disk when the function returns, whole or not at all, also after a power cut."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path


def write(path: Path, text: str, mode: int = 0o644) -> None:
    """The file holds this text; at no moment it holds a part of it."""
    new = path.with_name(f".{path.name}.new")
    path.parent.mkdir(parents=True, exist_ok=True)
    with new.open("w", encoding="utf-8") as file:
        new.chmod(mode)
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)
    folder(path.parent)


def remember(path: Path, facts: dict[str, str]) -> None:
    """`recall` says these facts, also after a power cut."""
    write(path, json.dumps(facts))


def recall(path: Path) -> dict[str, str] | None:
    """What was remembered there last; None where nothing is."""
    try:
        facts: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    return facts


def copy(source: Path, path: Path) -> None:
    """The file is as the source is, at no moment a part of it."""
    write(path, source.read_text(encoding="utf-8"), source.stat().st_mode & 0o777)


def point(link: Path, target: Path) -> None:
    """The link leads to the target; at no moment to nothing."""
    new = link.with_name(f".{link.name}.new")
    new.unlink(missing_ok=True)
    new.symlink_to(target)
    new.replace(link)
    folder(link.parent)


def remove(path: Path) -> None:
    """The file is not there."""
    path.unlink(missing_ok=True)
    if path.parent.is_dir():
        folder(path.parent)


def move(source: Path, target: Path) -> None:
    """The folder, with all that was written to it, has the other name."""
    os.sync()
    shutil.rmtree(target, ignore_errors=True)
    source.rename(target)
    folder(target.parent)


def folder(path: Path) -> None:
    """Which names the folder holds is on the disk."""
    opened = os.open(path, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
