"""A folder as one file that a shell starts: a few lines for the shell, then an archive, whose sum the lines know."""

from __future__ import annotations

import hashlib
import io
import tarfile
from pathlib import Path

START = Path(__file__).with_name("start.sh")


def pack(folder: Path, version: str, file: Path) -> None:
    """`file` holds the folder; the same folder makes the same file."""
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for path in sorted(folder.rglob("*")):
            tar.add(path, arcname=str(path.relative_to(folder)), recursive=False, filter=_nameless)
    data = archive.getvalue()
    head = START.read_text().replace("@VERSION@", version).replace("@NAME@", file.name)
    head = head.replace("@SUM@", hashlib.sha256(data).hexdigest())
    # The number of the archive's first byte is part of what stands before it.
    length = len(head.replace("@START@", "").encode()) + 2 * 6
    head = head.replace("@START@", f"{length + 1:06d}")
    file.write_bytes(head.encode() + data)
    file.chmod(0o755)


def _nameless(info: tarfile.TarInfo) -> tarfile.TarInfo:
    info.uid = info.gid = info.mtime = 0
    info.uname = info.gname = ""
    info.mode = 0o755 if info.isdir() else 0o644
    return info
