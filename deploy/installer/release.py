"""What a server hands out to the clinic's screens: the parts that it was installed from, each with its sum."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

#: Of a version; the server looks for it there (`queue_server.paths.RELEASE`).
FOLDER = "release"
MANIFEST = "manifest.json"
#: Of a machine that only shows what the server serves.
FOR_SCREENS = ("installer/", "screens/")
PARTS = (*FOR_SCREENS, "native/", "units/", "wheels/", "requirements.lock")
_PATH = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.+-]*(/[A-Za-z0-9_][A-Za-z0-9_.+-]*)*")
_OF_A_PYTHON = re.compile(r"-cp3(\d+)-cp3\1-")


@dataclass(frozen=True)
class Part:
    """A file of the release. `path` is within the release's folder and leads nowhere else."""

    path: str
    sha256: str
    length: int

    def __post_init__(self) -> None:
        """Raises `ValueError` for what a release cannot hold."""
        if not _PATH.fullmatch(self.path) or not re.fullmatch(r"[0-9a-f]{64}", self.sha256) or self.length < 0:
            raise ValueError(f"{self.path!r} is no part of a release.")

    def is_for(self, machine: str, python: str, *, has_program: bool) -> bool:
        """Whether such a machine with such a Python, such as `3.12`, needs it. `has_program`: it runs the program."""
        if not has_program:
            return self.path.startswith(FOR_SCREENS)
        if self.path.startswith("native/"):
            return self.path.startswith(f"native/{machine}/")
        if not self.path.endswith(".whl"):
            return True
        made_for = _OF_A_PYTHON.search(self.path)
        is_for_python = made_for is None or f"3.{made_for[1]}" == python
        return is_for_python and self.path.endswith((f"{machine}.whl", "-any.whl"))


@dataclass(frozen=True)
class Release:
    """A version, and what it is made of."""

    version: str
    parts: tuple[Part, ...]

    @classmethod
    def read(cls, text: str) -> Release:
        """Raises `ValueError` for what is none."""
        try:
            found = json.loads(text)
            parts = tuple(
                Part(str(path), str(sha256), int(length)) for path, (sha256, length) in found["files"].items()
            )
            return cls(_version(found["version"]), parts)
        except (AttributeError, KeyError, TypeError) as error:
            raise ValueError("The server offers something else than a release.") from error

    def write(self) -> str:
        files = {part.path: [part.sha256, part.length] for part in self.parts}
        return json.dumps({"version": self.version, "files": files}, indent=1)


def _version(text: object) -> str:
    if not isinstance(text, str) or not re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9_.+-]{0,99}", text):
        raise ValueError(f"{text!r} is no version.")
    return text


def keep(bundle: Path, folder: Path, version: str) -> None:
    """The folder holds what this version hands out, and the list of it."""
    folder.mkdir()
    parts = []
    for path in sorted(path for path in bundle.rglob("*") if path.is_file()):
        name = path.relative_to(bundle).as_posix()
        if name.startswith(PARTS):
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            _link(path, target)
            parts.append(Part(name, hashlib.sha256(path.read_bytes()).hexdigest(), path.stat().st_size))
    (folder / MANIFEST).write_text(Release(version, tuple(parts)).write(), encoding="utf-8")


def _link(source: Path, target: Path) -> None:
    """The same file where the disk is the same, else a copy: what is unpacked is never changed."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)
