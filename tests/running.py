"""The whole server as it is served, in the test's own process: real sockets, real settings of uvicorn."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2
import websockets
from starlette.applications import Starlette

from queue_server.abdm.settings import AbdmSettings
from queue_server.app import build
from queue_server.clock import Clock, SteadyClock
from queue_server.domain.alerts.alerts import Driver
from queue_server.domain.devices.devices import DeviceKind
from queue_server.services import Services
from queue_server.serving import Server, configuration, listening_socket
from queue_server.settings import Settings
from queue_server.storage.engine.store import Store
from queue_server.web.rate_limiter import Limits
from tests.clinics import KEYS, MORNING, SettableClock, a_clinic
from tests.schemas import Kept


@dataclass
class Running:
    """A server with its keys. `client` sends the API key; `anonymous` sends nothing."""

    url: str
    app: Starlette
    clock: SettableClock
    client: httpx2.AsyncClient
    anonymous: httpx2.AsyncClient
    keys: dict[str, str] = field(default_factory=dict)

    @property
    def services(self) -> Services:
        """The use cases inside the server."""
        services: Services = self.app.state.services
        return services

    @property
    def limits(self) -> Limits:
        """What the server has counted."""
        limits: Limits = self.app.state.limits
        return limits

    def socket(
        self, path: str, key: str | None = "program", extra: Mapping[str, str] | None = None, **options: Any
    ) -> Any:
        """A websocket to the server, with the named key and these further headers."""
        headers = {"Authorization": f"Bearer {self.keys.get(key, key)}"} if key else {}
        headers |= extra or {}
        address = self.url.replace("http", "ws", 1) + path
        return websockets.connect(address, additional_headers=headers, **options)

    async def issue(self, department: str = "GEN", **more: Any) -> dict[str, Any]:
        """A token, over HTTP."""
        answer = await self.client.post("/api/v1/tokens", json={"department": department, **more})
        assert answer.status_code == 201, answer.text
        token: dict[str, Any] = answer.json()
        return token

    async def call_next(self, room: str = "1") -> dict[str, Any] | None:
        """Press "next" in a room, where whoever was called before was seen, over HTTP."""
        answer = await self.client.post(f"/api/v1/rooms/{room}/call-next", json={"was_seen": True})
        assert answer.status_code in {200, 204}, answer.text
        return answer.json() if answer.status_code == 200 else None


#: For clients that meet no TLS: to read the system's authorities anew for each costs more than most tests.
_TRUSTS_NOBODY = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def a_browser(url: str, headers: Mapping[str, str] | None = None, timeout_s: float = 20) -> httpx2.AsyncClient:
    """A client with cookies of its own for a server of the tests, over plain HTTP."""
    return httpx2.AsyncClient(base_url=url, headers=headers, timeout=timeout_s, verify=_TRUSTS_NOBODY)


@asynccontextmanager
async def a_server(
    database_url: str,
    data: Path,
    clock: Clock | None = None,
    drivers: Sequence[Driver] = (),
    abdm: AbdmSettings | None = None,
    **more: Any,
) -> AsyncIterator[tuple[str, Starlette]]:
    """The server answers at the yielded address, and is gone afterwards. The database must be migrated.

    `abdm`: ABDM's settings. `more`: further settings.
    """
    place: dict[str, Any] = {"database_url": database_url, "data": data, "port": 0, "public_url": "http://queue.test"}
    settings = Settings(**place, document_keys=KEYS, **more)
    app = build(settings, clock, drivers, abdm)
    server = Server(configuration(app, settings))
    server.install_signal_handlers = lambda: None  # type: ignore[attr-defined]
    with closing(listening_socket(server.config)) as listener:
        serving = asyncio.create_task(server.serve(sockets=[listener]))
        await asyncio.wait_for(server.is_up.wait(), 20)
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}", app
        finally:
            server.should_exit = True
            await serving


async def _open(database_url: str, clock: SettableClock | None = None) -> dict[str, str]:
    """A clinic with a key of every kind and a doctor on duty is there; returns the keys."""
    async with a_clinic(database_url, clock) as clinic:
        devices = clinic.services.devices.registry
        keys = {
            "program": await clinic.services.programs.keys.add("test"),
            "kiosk": await devices.add(DeviceKind.KIOSK, "Kiosk", "entrance"),
            "display": await devices.add(DeviceKind.DISPLAY, "Display", "main"),
            "agent": await devices.add(DeviceKind.AGENT, "Printer", "entrance"),
        }
        await clinic.on_duty(0, "1")
        return keys


OPENED = Kept(_open)


@asynccontextmanager
async def a_running_clinic(
    database_url: str,
    data: Path,
    drivers: Sequence[Driver] = (),
    *,
    clock: SettableClock | None = None,
    **more: Any,
) -> AsyncIterator[Running]:
    """The clinic of `tests.clinics`, served, with a key of every kind. `more`: further settings."""
    clock = clock or SettableClock()
    keys = await (OPENED.at(database_url) if clock.moment == MORNING else _open(database_url, clock))
    async with a_server(database_url, data, clock, drivers, **more) as (url, app):
        headers = {"Authorization": f"Bearer {keys['program']}"}
        async with (
            a_browser(url, headers=headers) as client,
            a_browser(url) as anonymous,
        ):
            yield Running(url, app, clock, client, anonymous, dict(keys))


async def journal_length(database_url: str) -> int:
    """How many lines the journal has."""
    store = Store(database_url, SteadyClock(SettableClock()))
    try:
        async with store.reading() as connection:
            return int((await connection.exec_driver_sql("SELECT count(*) FROM event")).scalar_one())
    finally:
        await store.close()
