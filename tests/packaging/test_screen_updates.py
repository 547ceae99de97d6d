"""A screen's machine gets what the clinic's server runs: whole, from that server alone, and it is old or new."""

from __future__ import annotations

import itertools
import json
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from deploy.bundle.contents import SCREENS
from deploy.installer import fetch, screens, settled
from deploy.installer.machine import Failed
from deploy.installer.places import Places
from deploy.installer.release import MANIFEST, PARTS, Part, Release, keep
from queue_server.local_authority import LocalAuthority

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"
SUM = "0" * 64
SESSION = "usr/local/lib/smart-queue-screen/session"


class Cut(BaseException):
    """The power has gone."""


@dataclass
class Machine:
    """A screen's machine; systemd is played, files are real. The power goes before step `cut_at`."""

    places: Places
    is_able: bool = True
    cut_at: int = -1
    steps: int = 0
    asked: list[tuple[str, ...]] = field(default_factory=list)

    def step(self) -> None:
        self.steps += 1
        if self.steps == self.cut_at:
            raise Cut

    def systemctl(self, *words: str) -> None:
        self.step()
        self.asked.append(words)

    def finds_itself(self) -> tuple[str, str, str]:
        """What its session, its version and its link say."""
        session = self.places.root / SESSION
        version = self.places.screen_version
        link = self.places.link.resolve().name if self.places.link.is_symlink() else ""
        return session.read_text(), version.read_text() if version.exists() else "", link


OLD, NEW = ("old", "1", "1-py"), ("new", "2", "2-py")
CHANGING = ("write", "copy", "point", "remove")
ORIGINAL: dict[str, Callable[..., None]] = {name: getattr(settled, name) for name in CHANGING}


@pytest.fixture
def make(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], Machine]:
    """Makes another machine, on which version 1 shows and 2 is planned; the newest is the one that is worked on."""
    numbers = itertools.count()

    def made() -> Machine:
        machine = Machine(Places(tmp_path / str(next(numbers))))
        places = machine.places
        for name, target in screens.FILES.items():
            for path, text in ((places.fetched / name, "new"), (places.root / target, "old")):
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text)
        (places.root / SESSION).chmod(0o755)
        for name in ("1-py", "2-py"):
            (places.versions / name / "bin").mkdir(parents=True)
        places.screen_version.write_text("1")
        places.link.symlink_to(places.versions / "1-py")
        screens.plan(places, "2", places.versions / "2-py")
        monkeypatch.setattr(screens, "systemctl", machine.systemctl)
        monkeypatch.setattr(screens, "run", lambda *_: "enabled\n")
        monkeypatch.setattr(screens, "becomes_ready", lambda *_: machine.is_able)
        for name in CHANGING:
            monkeypatch.setattr(settled, name, _counted(machine, ORIGINAL[name]))
        return machine

    return made


def _counted(machine: Machine, original: Callable[..., None]) -> Callable[..., None]:
    def counted(*arguments: Any) -> None:
        machine.step()
        original(*arguments)

    return counted


def test_a_screen_that_becomes_ready_has_the_new_version_and_nothing_is_left_over(make: Callable[[], Machine]) -> None:
    machine = make()

    screens.go(machine.places)

    assert machine.finds_itself() == NEW
    assert (machine.places.root / SESSION).stat().st_mode & 0o777 == 0o755
    assert machine.asked == [("daemon-reload",), *(("restart", unit) for unit in screens.SHOWN)]
    assert not machine.places.screen_state.exists()
    assert not machine.places.fetched.exists()
    assert not screens.back(machine.places)


def test_a_version_that_does_not_become_ready_is_gone_and_is_not_fetched_again(make: Callable[[], Machine]) -> None:
    machine = make()
    machine.is_able = False

    with pytest.raises(Failed, match="did not become ready"):
        screens.go(machine.places)
    screens.back(machine.places)

    assert machine.finds_itself() == OLD
    assert screens.settled_versions(machine.places) == {"1", "2"}


@pytest.mark.parametrize("is_able", [True, False])
def test_wherever_the_power_goes_a_screen_has_one_version_whole(make: Callable[[], Machine], is_able: bool) -> None:
    found = []
    for cut_at in itertools.count(1):
        machine = make()
        machine.is_able, machine.steps, machine.cut_at = is_able, 0, cut_at
        try:
            assert screens.main("go", machine.places) == (0 if is_able else 1)
            screens.back(machine.places)
            is_whole = True
        except Cut:
            machine.cut_at = -1
            screens.main("recover", machine.places)
            is_whole = False
        found.append(machine.finds_itself())
        assert not machine.places.screen_state.exists()
        if is_whole:
            break

    assert len(found) > 12
    assert set(found) == ({OLD, NEW} if is_able else {OLD})
    assert found == sorted(found, reverse=True), "old until the decision, new from then on"


def test_a_first_version_that_fails_leaves_a_machine_without_one(make: Callable[[], Machine]) -> None:
    machine = make()
    places = machine.places
    places.link.unlink()
    places.screen_version.unlink()
    screens.plan(places, "2", places.versions / "2-py")
    machine.is_able = False

    assert screens.main("go", places) == 1
    screens.back(places)

    assert machine.finds_itself() == ("old", "", "")


def test_a_display_gets_no_print_agent(make: Callable[[], Machine]) -> None:
    machine = make()
    agent = machine.places.units / "smart-queue-agent.service"
    agent.unlink()
    screens.plan(machine.places, "2", None)

    screens.go(machine.places)

    assert not agent.exists()
    assert machine.finds_itself() == ("new", "2", "1-py")


def test_what_a_screen_takes_from_a_release_is_in_it() -> None:
    for name in screens.FILES:
        path = name.removeprefix("screens/")
        assert (DEPLOY / path).is_file()
        assert path in SCREENS or path.startswith("screen/")


@pytest.mark.parametrize(
    ("path", "machine", "has_program", "is_wanted"),
    [
        ("screens/start.html", "aarch64", False, True),
        ("wheels/a-1-py3-none-any.whl", "aarch64", False, False),
        ("wheels/a-1-py3-none-any.whl", "aarch64", True, True),
        ("wheels/a-1-cp311-cp311-manylinux_2_17_aarch64.whl", "aarch64", True, True),
        ("wheels/a-1-cp312-cp312-manylinux_2_17_aarch64.whl", "aarch64", True, False),
        ("wheels/a-1-cp39-abi3-manylinux_2_17_x86_64.whl", "x86_64", True, True),
        ("wheels/a-1-cp39-abi3-manylinux_2_17_x86_64.whl", "aarch64", True, False),
        ("native/x86_64/libfribidi.so.0", "x86_64", True, True),
        ("native/x86_64/libfribidi.so.0", "aarch64", True, False),
    ],
)
def test_a_machine_fetches_what_it_needs(path: str, machine: str, has_program: bool, is_wanted: bool) -> None:
    assert Part(path, SUM, 1).is_for(machine, "3.11", has_program=has_program) == is_wanted


@pytest.mark.parametrize("path", ["/etc/passwd", "../x", "a/../../x", "a//b", "", ".ssh/x", "a/.b", "a\nb"])
def test_a_release_leads_nowhere_else(path: str) -> None:
    with pytest.raises(ValueError, match="no part"):
        Release.read(json.dumps({"version": "1", "files": {path: [SUM, 1]}}))


@pytest.mark.parametrize("text", ["", "[]", '{"version": "../x", "files": {}}', '{"version": "1", "files": {"a": 1}}'])
def test_what_is_no_release_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        Release.read(text)


@dataclass
class Site:
    """The clinic's server, as far as a screen's machine asks it, with the release in `folder`."""

    folder: Path
    address: str
    authority: Path


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """It hands out version 2 to whoever has the key, over HTTPS with a certificate of its own."""
    bundle, folder = tmp_path / "bundle", tmp_path / "release"
    for name in ("installer/screens.py", "screens/start.html", "wheels/a-1-py3-none-any.whl", "environment"):
        (bundle / name).parent.mkdir(parents=True, exist_ok=True)
        (bundle / name).write_text(f"the new {name}")
    keep(bundle, folder, "2")
    authority = LocalAuthority(tmp_path / "tls")
    authority.prepare(["localhost"], datetime.now(UTC).replace(microsecond=0))
    with _serving(folder, authority) as port:
        yield Site(folder, f"https://localhost:{port}", authority.certificate)


@contextmanager
def _serving(folder: Path, authority: LocalAuthority) -> Iterator[int]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(authority.server)
    with ThreadingHTTPServer(("127.0.0.1", 0), _handing_out(folder)) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield server.server_port
        finally:
            server.shutdown()
            thread.join()


def _handing_out(folder: Path) -> type[BaseHTTPRequestHandler]:
    class Answer(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            name = self.path.removeprefix("/devices/release").strip("/") or MANIFEST
            is_known = self.headers["Authorization"] == "Bearer the-key" and (folder / name).is_file()
            body = (folder / name).read_bytes() if is_known else b'{"error": {"message": "Log in."}}'
            self.send_response(200 if is_known else 401)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_request(self, *_: object) -> None:
            """Nothing is said."""

    return Answer


@pytest.fixture
def display(tmp_path: Path, site: Site, monkeypatch: pytest.MonkeyPatch) -> Places:
    """A display's machine that knows this server; what it asks of systemd is not heard."""
    places = Places(tmp_path / "display")
    places.screen.parent.mkdir(parents=True)
    places.versions.mkdir(parents=True)
    _knows(places, site.address, site.authority)
    places.screen_key.write_text("the-key\n")
    monkeypatch.setattr(fetch, "systemctl", lambda *_: None)
    return places


def _knows(places: Places, address: str, authority: Path | str) -> None:
    places.screen.write_text(f"SERVER={address}\nSCREEN={address}/display/main\nAUTHORITY={authority}\n")


def test_a_display_fetches_its_files_and_no_wheels_and_plans_the_change(display: Places) -> None:
    assert fetch.fetch(display)

    assert (display.fetched / "screens/start.html").read_text() == "the new screens/start.html"
    assert not (display.fetched / "wheels").exists()
    assert not (display.fetched / "environment").exists()
    assert (display.versions / "installer/screens.py").read_text() == "the new installer/screens.py"
    planned = screens.planned(display)
    assert planned is not None
    assert (planned.was, planned.version, planned.new) == ("", "2", "")


def test_what_a_screen_has_already_is_not_fetched_again(display: Places) -> None:
    display.screen_version.write_text("2")

    assert not fetch.fetch(display)
    assert not display.fetched.exists()


@pytest.mark.parametrize("changed", [b"x" * 25, b"", b"the new screens/start.html and more"])
def test_a_part_that_is_not_as_the_server_said_changes_nothing(
    changed: bytes, display: Places, site: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    (site.folder / "screens/start.html").write_bytes(changed)

    assert fetch.main([], display) == 1

    assert "did not come as the server has it" in capsys.readouterr().err
    assert screens.planned(display) is None


def test_nobody_in_the_place_of_the_server_is_believed(
    display: Places, site: Site, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = LocalAuthority(tmp_path / "other")
    other.prepare(["localhost"], datetime.now(UTC).replace(microsecond=0))
    for address, authority in ((site.address, other.certificate), (site.address.replace("https", "http"), "")):
        _knows(display, address, authority)

        assert fetch.main([], display) == 1

    said = capsys.readouterr().err
    assert "CERTIFICATE_VERIFY_FAILED" in said
    assert "https only" in said
    assert screens.planned(display) is None


def test_a_revoked_key_fetches_nothing(display: Places, capsys: pytest.CaptureFixture[str]) -> None:
    display.screen_key.write_text("another\n")

    assert fetch.main([], display) == 1

    assert "401: Log in." in capsys.readouterr().err


def test_what_is_kept_is_what_the_list_names(site: Site) -> None:
    release = Release.read((site.folder / MANIFEST).read_text())
    kept = {path.relative_to(site.folder).as_posix() for path in site.folder.rglob("*") if path.is_file()}

    assert {part.path for part in release.parts} == kept - {MANIFEST}
    assert all(part.path.startswith(PARTS) for part in release.parts)
