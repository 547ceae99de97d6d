"""What the server was installed from, handed out to the machines of the clinic's screens and to nobody else."""

from __future__ import annotations

from pathlib import Path

import pytest

from deploy.installer.release import Release, keep
from queue_server import paths
from queue_server.domain.access.actors import SYSTEM
from queue_server.domain.devices.devices import DeviceKind
from tests.running import Running, a_browser


@pytest.fixture
def handed_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installer has left this beside the program."""
    (tmp_path / "bundle/screens").mkdir(parents=True)
    (tmp_path / "bundle/screens/start.html").write_text("a waiting page")
    keep(tmp_path / "bundle", tmp_path / "release", "1.2.3-abc")
    (tmp_path / "release/left over").write_text("not in the list")
    monkeypatch.setattr(paths, "RELEASE", tmp_path / "release")
    return tmp_path / "release"


async def key_of(running: Running, kind: DeviceKind) -> str:
    registry = running.services.devices.registry
    code = await registry.offer(kind, "A machine", "main", by=SYSTEM)
    key, _ = await registry.enrol(code, kind)
    return key


@pytest.mark.parametrize("kind", DeviceKind)
async def test_a_screens_machine_reads_the_list_and_fetches_what_it_names(
    running: Running, handed_out: Path, kind: DeviceKind
) -> None:
    head = {"Authorization": f"Bearer {await key_of(running, kind)}"}
    async with a_browser(running.url, head) as machine:
        release = Release.read((await machine.get("/devices/release")).text)
        part = await machine.get("/devices/release/screens/start.html")
        others = [
            (await machine.get(f"/devices/release/{name}")).status_code
            for name in (
                "left%20over",
                "manifest.json",
                "../bundle/screens/start.html",
                "%2e%2e/bundle/screens/start.html",
            )
        ]

    assert release.version == "1.2.3-abc"
    assert (part.status_code, part.text) == (200, "a waiting page")
    assert others == [404] * 4


async def test_nobody_else_fetches_anything(running: Running, handed_out: Path) -> None:
    async with a_browser(running.url) as somebody:
        assert (await somebody.get("/devices/release")).status_code == 401
        assert (await somebody.get("/devices/release/screens/start.html")).status_code == 401


async def test_a_server_that_no_installer_has_put_there_has_nothing_to_hand_out(running: Running) -> None:
    head = {"Authorization": f"Bearer {await key_of(running, DeviceKind.KIOSK)}"}
    async with a_browser(running.url, head) as machine:
        assert (await machine.get("/devices/release")).status_code == 404
        assert (await machine.get("/devices/release/screens/start.html")).status_code == 404
