"""The release before this one and this one, each as a file for the stick; and a Debian that is bare."""

from __future__ import annotations

import io
import platform
import re
import shutil
import subprocess
import tarfile
from collections.abc import Callable
from pathlib import Path

from deploy.bundle.contents import gather
from deploy.bundle.locked import Target
from deploy.bundle.packed import pack

ROOT = Path(__file__).resolve().parents[3]

#: Debian 12 with what its installer puts on every disk and an update needs.
PACKAGES = ("systemd", "systemd-sysv", "dbus", "python3", "passwd")
PYTHON = "3.11"


#: What the new release does to the database beyond the old one: a table, filled from one that is in use.
_MIGRATION = """
from alembic import op

revision = "9999"
down_revision = "{last}"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("CREATE TABLE of_the_new_release (token_id INTEGER NOT NULL PRIMARY KEY)")
    op.execute("INSERT INTO of_the_new_release SELECT id FROM token")


def downgrade() -> None:
    op.drop_table("of_the_new_release")
"""


def old_release(folder: Path, commit: str) -> Path:
    """The tree of the commit, with a number of its own, so that one sees which one runs."""
    tree = _tree(folder, commit)
    file = tree / "pyproject.toml"
    file.write_text(re.sub(r'^version = ".+"$', 'version = "0.0.9"', file.read_text(), flags=re.MULTILINE))
    return tree


def new_release(folder: Path) -> Path:
    """The tree as it was committed last, with one migration more, so that an update always has one to run."""
    tree = _tree(folder, "HEAD")
    versions = tree / "migrations" / "versions"
    last = max(path.name for path in versions.glob("*.py")).split("_")[0]
    (versions / "9999_of_the_new_release.py").write_text(_MIGRATION.format(last=last))
    return tree


def _tree(folder: Path, commit: str) -> Path:
    with tarfile.open(fileobj=io.BytesIO(_git("archive", commit))) as archive:
        archive.extractall(folder, filter="data")
    return folder


def stick(tree: Path, folder: Path, told: Callable[[str], None]) -> Path:
    """The file for this kind of machine that installs the product as it is in the tree."""
    contents = folder / "contents"
    contents.mkdir(parents=True)
    version = gather(contents, [Target(platform.machine(), PYTHON)], told, tree)
    file = folder / f"smart-queue-{version}.run"
    pack(contents, version, file)
    shutil.rmtree(contents)
    return file


def bare_debian(folder: Path, told: Callable[[str], None]) -> Path:
    """Debian 12, made once by debootstrap from where this machine has its own packages."""
    if not (folder / "etc" / "debian_version").exists():
        told(f"Making a bare Debian in {folder}; this takes a minute or two …")
        where = subprocess.run(
            ["apt-get", "indextargets", "--format", "$(REPO_URI)"], capture_output=True, text=True, check=True
        ).stdout.split()[0]
        command = [
            "debootstrap",
            "--variant=minbase",
            f"--include={','.join(PACKAGES)}",
            "bookworm",
            str(folder),
            where,
        ]
        subprocess.run(command, check=True, capture_output=True)
    return folder


def _git(*words: str) -> bytes:
    return subprocess.run(["git", "-c", "safe.directory=*", *words], cwd=ROOT, check=True, capture_output=True).stdout
