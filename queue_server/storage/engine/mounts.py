"""Where the stick is mounted that has a given label."""

from __future__ import annotations

import re
from pathlib import Path

_OCTAL = re.compile(r"\\([0-7]{3})")


def mount_of(label: str, root: Path = Path("/")) -> Path | None:
    """The folder on which a file system of this label is mounted, or that is named like it; none when none is.

    Both are asked, since a service that sees no devices has no `/dev/disk`. `root`: where `dev` and `proc` lie.
    """
    link = root / "dev" / "disk" / "by-label" / label
    device = link.resolve().name if link.is_symlink() else None
    try:
        lines = (root / "proc" / "mounts").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return None
    for mounted, folder in (_fields(line) for line in lines):
        if mounted.startswith("/dev/") and (Path(mounted).name == device or Path(folder).name == label):
            return root / folder.lstrip("/")
    return None


def _fields(line: str) -> tuple[str, str]:
    """What is mounted where; the kernel writes a space as `\\040`."""
    source, folder = (*line.split(" "), "", "")[:2]
    return source, _OCTAL.sub(lambda found: chr(int(found[1], 8)), folder)
