"""`smart-queue serve`: what it refuses and why, how it ends, and that it speaks TLS."""

from __future__ import annotations

import asyncio
import json
import socket
import ssl
from collections.abc import Iterator
from contextlib import AsyncExitStack, closing, suppress
from pathlib import Path

import httpx2
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from queue_server.cli import main
from queue_server.domain.devices.devices import DeviceKind
from queue_server.domain.people.staff import Role
from queue_server.local_authority import LocalAuthority
from queue_server.serving import configuration, greet, listening_socket
from queue_server.settings import Settings
from queue_server.storage.engine.migrating import migrate
from tests.browser.conftest import free_port
from tests.clinics import SettableClock, a_clinic
from tests.processes import a_program


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the command is run; no setting of this machine's own clinic reaches it."""
    monkeypatch.chdir(tmp_path)
    for name in ("DATABASE_URL", "HOST", "PORT", "WORKERS", "PRINTER", "DATA", "PUBLIC_URL", "TLS_CERT", "TLS_KEY"):
        monkeypatch.delenv(f"QUEUE_{name}", raising=False)
    return tmp_path


@pytest.fixture
def database_url(folder: Path) -> str:
    """A migrated SQLite database."""
    url = f"sqlite:///{folder}/queue.db"
    asyncio.run(migrate(url))
    return url


@pytest.fixture
def authority(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> LocalAuthority:
    """What `smart-queue tls` has made for this machine."""
    assert main(["tls", "--data", str(tmp_path), "--json"]) == 0
    made = json.loads(capsys.readouterr().out)
    assert {"127.0.0.1", "localhost"} < set(made["names"])
    return LocalAuthority(Path(made["authority"]).parent)


@pytest.fixture
def occupied_port() -> Iterator[int]:
    """A port on which another program listens."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        yield other.getsockname()[1]


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        (["--workers", "2"], "--workers 2 needs PostgreSQL"),
        (["--workers", "0"], "workers: Input should be greater than or equal to 1"),
        (["--port", "99999"], "port: Input should be less than or equal to 65535"),
        (["--tls-cert", "nowhere.pem", "--tls-key", "nowhere.key"], "nowhere.pem"),
        (["--tls-key", "nowhere.key"], "--tls-cert and --tls-key go together"),
    ],
)
def test_settings_that_do_not_fit_are_refused_with_the_reason(
    database_url: str, flags: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    status = main(["serve", "--database-url", database_url, *flags])

    errors = capsys.readouterr().err
    assert (status, len(errors.splitlines())) == (1, 1), errors
    assert said in errors


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("mysql://localhost/queue", "must begin with sqlite:/// or postgresql://"),
        ("queue.db", "must begin with sqlite:/// or postgresql://"),
        ("postgresql://queue:secret@/queue?host=/nowhere", "cannot be opened"),
        ("sqlite:////dev/null/queue.db", "cannot be opened"),
        (
            "sqlite:///empty.db",
            "There is no clinic in sqlite:///empty.db. Where there is one already",
        ),
    ],
)
def test_a_database_that_cannot_be_used_is_named_and_no_secret_is(
    folder: Path, url: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    status = main(["serve", "--database-url", url, "--port", str(free_port())])

    errors = capsys.readouterr().err
    assert (status, len(errors.splitlines())) == (1, 1), errors
    assert said in errors
    assert "secret" not in errors


async def test_the_first_start_also_names_an_address_that_needs_no_proxy(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    url = f"sqlite:///{tmp_path}/queue.db"
    await migrate(url)

    await greet(Settings(database_url=url, port=8123, public_url="https://queue.example"))

    assert "Open https://queue.example/set-up or http://127.0.0.1:8123/set-up and type" in capsys.readouterr().out


async def test_a_later_start_says_where_staff_log_in(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    url = f"sqlite:///{tmp_path}/queue.db"
    async with a_clinic(url, SettableClock()) as clinic:
        await clinic.services.people.accounts.create("boss", "correct horse", Role.ADMIN, "Boss", cost=4)

    await greet(Settings(database_url=url, host="127.0.0.1", port=8123))

    assert "Staff log in at http://127.0.0.1:8123/login." in capsys.readouterr().out


@pytest.mark.parametrize("command", ["serve", "demo"])
def test_a_port_in_use_is_named(
    database_url: str, folder: Path, occupied_port: int, command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    where = ["--database-url", database_url] if command == "serve" else ["--data", str(folder / "demo")]

    status = main([command, "--host", "127.0.0.1", "--port", str(occupied_port), *where])

    output, errors = capsys.readouterr()
    assert status == 1
    assert f":{occupied_port}/" not in output, "an address is named at which nobody answers"
    said = f"Cannot listen on 127.0.0.1:{occupied_port}: Address already in use. Stop what listens there, perhaps this"
    assert errors.splitlines()[-1] == f"{said} server in another window, or add --port {occupied_port + 1}."


async def test_sigterm_ends_it_in_order_though_screens_are_watching(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/queue.db"
    async with a_clinic(url, SettableClock()) as clinic:
        key = await clinic.services.devices.registry.add(DeviceKind.DISPLAY, "Display", "main")
    serve = ("serve", "--database-url", url, "--data", tmp_path)
    async with a_program(*serve, port=free_port(), log=tmp_path / "log") as server, AsyncExitStack() as stack:
        address, headers = server.url.replace("http", "ws") + "/ws/board/main", {"Authorization": f"Bearer {key}"}
        lines = [await stack.enter_async_context(connect(address, additional_headers=headers)) for _ in range(5)]

        closes = asyncio.gather(*map(close_code, lines))
        status = await server.stop()

        assert (status, await closes) == (0, [1012] * 5), server.said
        assert "Traceback" not in server.said


async def test_answers_leave_at_once_and_wait_for_no_acknowledgement(tmp_path: Path) -> None:
    config = configuration("queue_server.serving:create", Settings(host="127.0.0.1", port=0, data=tmp_path))
    accepted: asyncio.Queue[asyncio.StreamWriter] = asyncio.Queue()
    with closing(listening_socket(config)) as listener:
        server = await asyncio.start_server(lambda _, writer: accepted.put_nowait(writer), sock=listener)
        _, client = await asyncio.open_connection(*listener.getsockname())

        line = await accepted.get()

        assert line.get_extra_info("socket").getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
        line.close()
        client.close()
        server.close()


async def close_code(line: ClientConnection) -> int:
    """With what the line was closed."""
    with suppress(ConnectionClosed):
        async for _ in line:
            pass
    return line.close_code or 0


async def test_it_serves_pages_and_live_lines_over_tls(authority: LocalAuthority, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/queue.db"
    async with a_clinic(url, SettableClock()) as clinic:
        key = await clinic.services.devices.registry.add(DeviceKind.DISPLAY, "Display", "main")
    trust = ssl.create_default_context(cafile=authority.certificate)
    serve = ("serve", "--database-url", url, "--tls-cert", authority.server, "--tls-key", authority.server)

    async with (
        a_program(*serve, "--data", tmp_path, port=free_port(), log=tmp_path / "log", trust=trust) as server,
        httpx2.AsyncClient(base_url=server.url, verify=trust) as client,
    ):
        page, saved, code = [await client.get(f"/trust{path}") for path in ("", "/smart-queue.crt", "/qr.svg")]
        assert authority.fingerprint in page.text
        assert saved.content == authority.certificate.read_bytes()
        assert saved.headers["content-type"] == "application/x-x509-ca-cert"
        assert code.text.startswith("<?xml")
        device = await client.post("/devices/session", data={"code": key, "next": "/"})
        address = server.url.replace("http", "ws") + "/ws/board/main"
        async with connect(address, ssl=trust, additional_headers={"Authorization": f"Bearer {key}"}) as line:
            frame = await line.recv()

        assert "Secure" in device.headers["set-cookie"]
        assert '"topic":"board:main"' in str(frame)
        assert await server.stop() == 0, server.said
