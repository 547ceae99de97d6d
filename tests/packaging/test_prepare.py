"""The first install says how far it is."""

import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

#: A Python whose pip installs nothing, and says what the real one does.
PYTHON = """#!/usr/bin/env bash
[[ $* == *"pip install"* ]] || exit 0
for number in {1..12}; do echo "Collecting package$number==1.0"; done
echo "Installing collected packages: package1, package2"
exit "${PIP_ENDS_WITH:-0}"
"""


#: A uv that can do it or not, and leaves a word that it was asked.
UV = """#!/usr/bin/env bash
echo "$*" > asked-uv
exit "${UV_ENDS_WITH:-0}"
"""


def prepare(folder: Path, *, has_uv: bool = False, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the script in a checkout of twelve packages."""
    (folder / "scripts").mkdir()
    shutil.copy(ROOT / "scripts" / "prepare", folder / "scripts")
    (folder / ".venv" / "bin").mkdir(parents=True)
    python = folder / ".venv" / "bin" / "python"
    python.write_text(PYTHON)
    python.chmod(0o700)
    (folder / "requirements.lock").write_text("".join(f"package{number}==1.0\n" for number in range(1, 13)))
    command = ["bash", "scripts/prepare", "requirements.lock"]
    environment |= {"PATH": f"{folder}:/usr/bin:/bin"}
    if has_uv:
        (folder / "uv").write_text(UV)
        (folder / "uv").chmod(0o700)
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def test_the_install_counts_its_packages_and_is_done_once(tmp_path: Path) -> None:
    first = prepare(tmp_path)

    assert first.returncode == 0
    assert "10 of 12 packages" in first.stderr
    assert "unpacking" in first.stderr
    assert (tmp_path / ".venv" / "installed" / "requirements.lock").exists()


def test_an_install_that_fails_fails_the_script(tmp_path: Path) -> None:
    failed = prepare(tmp_path, PIP_ENDS_WITH="3")

    assert failed.returncode == 3
    assert not (tmp_path / ".venv" / "installed").exists()


def test_uv_installs_where_it_is_there_by_the_same_hashes(tmp_path: Path) -> None:
    done = prepare(tmp_path, has_uv=True, PIP_ENDS_WITH="3")

    assert done.returncode == 0
    assert "--require-hashes" in (tmp_path / "asked-uv").read_text()
    assert (tmp_path / ".venv" / "installed" / "requirements.lock").exists()


def test_where_uv_cannot_install_pip_does(tmp_path: Path) -> None:
    done = prepare(tmp_path, has_uv=True, UV_ENDS_WITH="2")

    assert done.returncode == 0
    assert "trying pip" in done.stderr
    assert "10 of 12 packages" in done.stderr
