"""The file for the stick: for each kind of machine what the lock names for it, in one file that checks itself."""

import shutil
import subprocess
from pathlib import Path

import pytest

from deploy.bundle.contents import UNITS
from deploy.bundle.locked import Target, only, requirements
from deploy.bundle.packages import SCRIPTS, package
from deploy.bundle.packed import pack
from deploy.installer import switch
from deploy.installer.places import SERVER, Places

ROOT = Path(__file__).resolve().parents[2]
LOCK = """\
both==1.0 \\
    --hash=sha256:aa
    # via something
old==1.3 ; python_full_version < '3.12' \\
    --hash=sha256:bb \\
    --hash=sha256:cc
new==3.0 ; python_full_version >= '3.12' \\
    --hash=sha256:dd
elsewhere==1.0 ; sys_platform == 'win32' \\
    --hash=sha256:ee
"""


@pytest.mark.parametrize(("python", "wanted"), [("3.11", ["both", "old"]), ("3.13", ["both", "new"])])
def test_a_machine_gets_what_the_lock_names_for_its_python_and_not_for_ours(python: str, wanted: list[str]) -> None:
    lines = requirements(LOCK, Target("aarch64", python)).splitlines()

    assert [line.split("==")[0] for line in lines if "==" in line] == wanted
    assert not any(";" in line for line in lines)
    assert sum("--hash" in line for line in lines) == (3 if python == "3.11" else 2)


def test_every_package_of_the_real_lock_is_weighed() -> None:
    lock = (ROOT / "requirements.lock").read_text()
    named = [line for line in lock.splitlines() if line[:1].isalnum()]

    for python in ("3.11", "3.12", "3.13"):
        left_out = len(named) - requirements(lock, Target("x86_64", python)).count("==")
        assert left_out == sum("win32" in line or "== 'emscripten'" in line for line in named) + 1


def test_the_installers_own_pip_is_pinned() -> None:
    assert only((ROOT / "tests" / "requirements.lock").read_text(), "pip").startswith("pip==")


def test_the_file_unpacks_itself_and_starts_the_installer_with_the_flags(tmp_path: Path) -> None:
    file = _stick(tmp_path)

    done = subprocess.run(["sh", file, "--yes", "two words"], cwd="/", capture_output=True, text=True, check=False)

    assert (done.returncode, done.stdout) == (7, "['--yes', 'two words']\n")
    assert not any(path.exists() for path in map(Path, done.stderr.split()))


def test_a_damaged_file_installs_nothing(tmp_path: Path) -> None:
    file = _stick(tmp_path)
    data = bytearray(file.read_bytes())
    data[-2000] ^= 1
    file.write_bytes(data)

    done = subprocess.run(["sh", file], capture_output=True, text=True, check=False)

    assert done.returncode == 1
    assert "is damaged" in done.stderr


def test_the_services_of_the_stick_call_what_the_installer_has(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[str, ...]] = []
    monkeypatch.setattr(switch, "systemctl", lambda *words: asked.append(words))
    texts = [(ROOT / "deploy" / unit).read_text() for unit in UNITS]
    calls = {line.split()[-1] for text in texts for line in text.splitlines() if "installer.switch" in line}

    assert calls == {"go", "back", "recover"}
    assert [switch.main(task, Places(tmp_path)) for task in (*sorted(calls), "nothing")] == [0, 0, 0, 2]
    assert asked == [("start", SERVER)]


def _stick(folder: Path) -> Path:
    tree = folder / "tree" / "installer"
    tree.mkdir(parents=True)
    (tree / "__main__.py").write_text(
        "import os, sys\nprint(sys.argv[1:])\nprint(os.environ['PYTHONPATH'], file=sys.stderr)\nsys.exit(7)\n"
    )
    pack(folder / "tree", "1.2.3", folder / "smart-queue-1.2.3.run")
    return folder / "smart-queue-1.2.3.run"


def test_a_debian_package_holds_the_stick_and_scripts_that_a_shell_reads(tmp_path: Path) -> None:
    if shutil.which("dpkg-deb") is None:
        pytest.skip("There is no dpkg-deb on this machine.")
    (tmp_path / "contents" / "installer").mkdir(parents=True)
    (tmp_path / "contents" / "installer" / "__main__.py").write_text("")
    (tmp_path / "contents" / "session").write_text("#!/bin/bash\n")
    made = package(tmp_path / "contents", "1.2.3", "aarch64", "Somebody <a@example.org>", tmp_path)

    subprocess.run(["dpkg-deb", "--raw-extract", made, tmp_path / "read"], check=True)
    control = (tmp_path / "read" / "DEBIAN" / "control").read_text()

    assert made.name == "smart-queue_1.2.3_arm64.deb"
    assert "Architecture: arm64\nMaintainer: Somebody <a@example.org>\n" in control
    assert "@" not in control.replace("a@example.org", "")
    assert (tmp_path / "read/usr/lib/smart-queue/installer/__main__.py").exists()
    assert (tmp_path / "read/usr/lib/smart-queue/session").stat().st_mode & 0o777 == 0o755
    for script in SCRIPTS:
        assert subprocess.run(["sh", "-n", tmp_path / "read" / "DEBIAN" / script], check=False).returncode == 0
