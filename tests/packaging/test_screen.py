"""What turns a small machine into a kiosk or a display."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

SCREEN = Path(__file__).resolve().parents[2] / "deploy" / "screen"
#: The most that `systemd-analyze security` may find exposed. What the browser makes its own sandbox of counts as
#: well, and `ProcSubset=pid` would be the 0.1 that is missing: Debian's Chromium does not start without /proc/cpuinfo.
MOST = {
    "smart-queue-screen.service": 2.1,
    "smart-queue-screen-night.service": 2.0,
    "smart-queue-screen-fetch.service": 2.0,
    "smart-queue-screen-update.service": 2.0,
    "smart-queue-screen-recover.service": 2.0,
    "../smart-queue-agent.service": 2.0,
}


def install(root: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """What would be written lies below `root`; nothing is started."""
    command: list[str | Path] = ["bash", SCREEN / "install", *words, "--root", root]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_a_display_shows_its_place_turned_with_the_touch_and_starts_again_at_its_hour(tmp_path: Path) -> None:
    words = ("--server", "https://queue.example", "--place", "lab", "--rotate", "90", "--night", "02:15")

    done = install(tmp_path, "display", *words)

    assert done.returncode == 0, done.stderr
    assert "enrol display" in done.stdout
    assert "--place lab" in done.stdout
    assert "SCREEN=https://queue.example/display/lab\nROTATE=90\n" in (tmp_path / "etc/smart-queue/screen").read_text()
    assert '"0 -1 1 1 0 0"' in (tmp_path / "etc/udev/rules.d/90-smart-queue-touch.rules").read_text()
    assert "OnCalendar=02:15" in (tmp_path / "etc/systemd/system/smart-queue-screen-night.timer").read_text()
    assert (tmp_path / "usr/local/share/smart-queue/start.html").is_file()


def test_a_kiosk_with_a_keeper_shows_its_own_page_and_runs_the_agent_with_its_printer(tmp_path: Path) -> None:
    words = ("kiosk", "--server", "https://queue.lan", "--keeper", "serial:/dev/ttyUSB0?baud=19200", "--width", "58")

    done = install(tmp_path, *words)

    assert done.returncode == 0, done.stderr
    assert "SCREEN=http://localhost:8321/kiosk\n" in (tmp_path / "etc/smart-queue/screen").read_text()
    assert "SERVER=https://queue.lan\n" in (tmp_path / "etc/smart-queue/screen").read_text()
    agent = tmp_path / "etc/smart-queue/agent"
    for line in ("SERVER=https://queue.lan", "PRINTER=serial:/dev/ttyUSB0?baud=19200", "WIDTH=58"):
        assert line in agent.read_text().splitlines()
    assert (tmp_path / "etc/systemd/system/smart-queue-agent.service").is_file()

    agent.write_text(f"{agent.read_text()}OPTIONS=--dots 512\n")
    install(tmp_path, *words[:-1], "80")
    lines = agent.read_text().splitlines()
    assert ("WIDTH=80" in lines, lines.count("OPTIONS=--dots 512")) == (True, 1)


@pytest.mark.parametrize(
    ("server", "is_inside"),
    [("http://192.168.1.20:8000", True), ("https://queue.lan", True), ("https://queue.example", False)],
)
def test_a_screen_reaches_the_clinics_networks_only_unless_its_server_is_elsewhere(
    server: str, is_inside: bool, tmp_path: Path
) -> None:
    install(tmp_path, "kiosk", "--server", server)

    assert (tmp_path / "etc/systemd/system/smart-queue-screen.service.d/elsewhere.conf").exists() != is_inside


@pytest.mark.parametrize(
    "words",
    [
        ("kiosk", "--server", "queue.example"),
        ("kiosk", "--server", "https://queue.example/$(reboot)"),
        ("display", "--server", "https://queue.example", "--rotate", "45"),
        ("display", "--server", "https://queue.example", "--place", "a b"),
        ("kiosk", "--server", "https://queue.example", "--night", "25:00"),
        ("kiosk", "--server", "https://queue.example", "--volume", "101"),
        ("display", "--server", "https://queue.example", "--keeper", "usb:04b8:0202"),
        ("kiosk", "--server", "https://queue.example", "--keeper", "usb:$(reboot)"),
        ("kiosk", "--server", "https://queue.example", "--keeper", "usb:04b8:0202", "--width", "79"),
        ("kiosk", "--server", "https://queue.example", "--keeper", "usb:04b8:0202", "--codes", "ABCD-2345"),
        ("kiosk", "--server", "https://queue.example", "--codes", "ABCD-2345,EFGH-6789"),
        ("display", "--server", "http://192.168.1.20:8000", "--updates", "ABCD-2345"),
        ("display", "--server", "https://queue.example", "--updates", "ABCD 2345"),
        ("display", "--server", "https://queue.example", "--updates", "ABCD-2345", "--read-only"),
        ("tablet",),
    ],
)
def test_what_makes_no_sense_is_refused_and_writes_nothing(words: tuple[str, ...], tmp_path: Path) -> None:
    assert install(tmp_path, *words).returncode != 0
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("unit", MOST)
def test_a_unit_exposes_little(unit: str) -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("There is no systemd-analyze on this machine.")
    command: list[str | Path] = ["systemd-analyze", "security", "--offline=true", "--threshold=100", SCREEN / unit]
    said = subprocess.run(command, capture_output=True, text=True, check=False).stdout

    (exposed,) = re.findall(r"Overall exposure level for \S+: (\d+\.\d+)", said)

    assert float(exposed) <= MOST[unit]


def test_systemd_has_nothing_to_say_about_any_unit(tmp_path: Path) -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("There is no systemd-analyze on this machine.")
    units = [path for path in SCREEN.parent.rglob("smart-queue*") if path.suffix in {".service", ".timer"}]
    for unit in units:
        # The programs are not on this machine.
        (tmp_path / unit.name).write_text(re.sub(r"(?m)^(Exec\w+=)\S+", r"\1/bin/true", unit.read_text()))
    copies = sorted(tmp_path.iterdir())
    command: list[str | Path] = ["systemd-analyze", "verify", "--man=no", "--recursive-errors=no", *copies]
    done = subprocess.run(command, capture_output=True, text=True, check=False)

    assert len(units) >= 10
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


def test_a_screen_with_updates_has_what_asks_for_them(tmp_path: Path) -> None:
    done = install(tmp_path / "a", "display", "--server", "https://queue.example", "--updates", "ABCD-2345")

    assert done.returncode == 0, done.stderr
    units = {path.name for path in (tmp_path / "a/etc/systemd/system").iterdir()}
    assert {f"smart-queue-screen-{name}" for name in ("fetch.timer", "fetch.service", "update.service")} <= units
    assert (tmp_path / "a/opt/smart-queue-versions/installer/fetch.py").is_file()
    assert "ABCD-2345" not in "".join(path.read_text() for path in (tmp_path / "a/etc").rglob("*") if path.is_file())


def test_the_browser_is_started_by_a_script_that_bash_reads_with_a_sandbox() -> None:
    text = (SCREEN / "session").read_text()

    assert subprocess.run(["bash", "-n", SCREEN / "session"], check=False).returncode == 0
    assert "sandbox" not in text
    assert "start.html#$SCREEN" in text


@pytest.mark.parametrize(
    ("rotate", "knows_how", "words"),
    [
        (0, True, "-d -s -- {session}"),
        (270, True, "-d -s -r -r -r -- {session}"),
        (90, False, "-d -s -- {session}"),
    ],
)
def test_a_cage_that_turns_the_picture_itself_is_told_so(
    rotate: int, knows_how: bool, words: str, tmp_path: Path
) -> None:
    _play(tmp_path, "cage", f'if [ "$1" = -h ]; then echo "{" -r  Rotate" if knows_how else " -s  Switch"}"; fi')

    assert _session(tmp_path, rotate, {}).returncode == 0

    assert _asked(tmp_path, "cage")[-1] == words.format(session=SCREEN / "session")


@pytest.mark.parametrize("can_turn", [True, False])
def test_the_browser_starts_whether_the_picture_can_be_turned_or_not(can_turn: bool, tmp_path: Path) -> None:
    _play(tmp_path, "wlr-randr", 'echo "HDMI-1 a screen"' if can_turn else "exit 1")
    _play(tmp_path, "wpctl", "exit 1")
    _play(tmp_path, "chromium", "")

    done = _session(tmp_path, 90, {"WAYLAND_DISPLAY": "wayland-0"})

    assert done.returncode == 0, done.stderr
    (browser,) = _asked(tmp_path, "chromium")
    assert browser.endswith("file:///usr/local/share/smart-queue/start.html#https://queue.example/kiosk")
    assert ("--output HDMI-1 --transform 90" in _asked(tmp_path, "wlr-randr")) == can_turn


def _play(folder: Path, name: str, does: str) -> None:
    """A program of this name, which notes what it was asked."""
    (folder / name).write_text(f'#!/bin/sh\necho "$@" >> {folder}/{name}.asked\n{does}\n')
    (folder / name).chmod(0o755)


def _asked(folder: Path, name: str) -> list[str]:
    return (folder / f"{name}.asked").read_text().splitlines()


def _session(folder: Path, rotate: int, more: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """The session on a screen that hangs so, with the programs of this folder."""
    lines = ("SERVER=https://queue.example", "SCREEN=https://queue.example/kiosk", f"ROTATE={rotate}", "VOLUME=90")
    (folder / "screen").write_text("\n".join(lines))
    known = {"PATH": f"{folder}:/usr/bin:/bin", "HOME": str(folder), "SCREEN_SETTINGS": f"{folder}/screen", **more}
    return subprocess.run(["bash", SCREEN / "session"], env=known, capture_output=True, text=True, check=False)
