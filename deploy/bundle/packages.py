"""The same contents as a Debian package, whose maintainer scripts run the same installer."""

from __future__ import annotations

import gzip
import hashlib
import shutil
import subprocess
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path

ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}
SCRIPTS = ("postinst", "prerm", "postrm")
_HERE = Path(__file__).with_name("debian")

_COPYRIGHT = """\
Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Upstream-Name: smart-queue

Files: *
Copyright: 2026 the authors of Smart Queue
License: Apache-2.0

Files: usr/lib/smart-queue/wheels/*
Copyright: 2026 their authors, as each wheel says in its METADATA and its licenses
License: as each wheel says

License: Apache-2.0
 On Debian the text is in /usr/share/common-licenses/Apache-2.0.

License: as each wheel says
 Each wheel brings the text of its license.
"""


def package(contents: Path, version: str, machine: str, maintainer: str, output: Path) -> Path:
    """The package for this kind of machine; `contents` is what the stick holds for it alone."""
    tree = contents.with_name(f"{contents.name}-tree")
    shutil.copytree(contents, tree / "usr/lib/smart-queue", ignore=shutil.ignore_patterns("LICENSE", "native"))
    _documents(tree, version, maintainer)
    _control(tree, version, ARCHITECTURES[machine], maintainer)
    _modes(tree)
    file = output / f"smart-queue_{version}_{ARCHITECTURES[machine]}.deb"
    # Wheels are compressed already.
    command = ["dpkg-deb", "--root-owner-group", "-Zgzip", "-z1", "--build", str(tree), str(file)]
    subprocess.run(command, check=True, capture_output=True)  # noqa: S603
    shutil.rmtree(tree)
    return file


def _documents(tree: Path, version: str, maintainer: str) -> None:
    folder = tree / "usr/share/doc/smart-queue"
    folder.mkdir(parents=True)
    (folder / "copyright").write_text(_COPYRIGHT)
    date = format_datetime(datetime(2026, 11, 30, tzinfo=UTC))
    lines = (
        f"smart-queue ({version}) unstable; urgency=medium",
        "  * See CHANGELOG.md.",
        f" -- {maintainer}  {date}\n",
    )
    entry = "\n\n".join(lines)
    (folder / "changelog.gz").write_bytes(gzip.compress(entry.encode(), mtime=0))
    overrides = tree / "usr/share/lintian/overrides"
    overrides.mkdir(parents=True)
    shutil.copy(_HERE / "lintian-overrides", overrides / "smart-queue")


def _control(tree: Path, version: str, architecture: str, maintainer: str) -> None:
    files = sorted(path for path in tree.rglob("*") if path.is_file())
    sums = "".join(f"{hashlib.md5(path.read_bytes()).hexdigest()}  {path.relative_to(tree)}\n" for path in files)  # noqa: S324
    size = sum(path.stat().st_size for path in files) // 1024
    said = {"VERSION": version, "ARCHITECTURE": architecture, "MAINTAINER": maintainer, "SIZE": str(size)}
    text = (_HERE / "control").read_text()
    for name, value in said.items():
        text = text.replace(f"@{name}@", value)
    folder = tree / "DEBIAN"
    folder.mkdir()
    (folder / "control").write_text(text)
    (folder / "md5sums").write_text(sums)
    for script in SCRIPTS:
        shutil.copy(_HERE / script, folder)


def _modes(tree: Path) -> None:
    for path in tree.rglob("*"):
        is_open = path.is_dir() or (not path.suffix and path.read_bytes()[:2] == b"#!")
        path.chmod(0o755 if is_open else 0o644)
