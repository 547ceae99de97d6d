"""The whole server of a small clinic in the test's own process: real database, real sockets, on a free port."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from pathlib import Path

from playwright.async_api import Page
from starlette.applications import Starlette

from queue_server.app import build
from queue_server.clock import Clock, SteadyClock, SystemClock
from queue_server.domain.access.actors import SYSTEM, Actor, ActorKind
from queue_server.domain.alerts.alerts import Driver
from queue_server.domain.clinic.configuration import DepartmentPlan, written
from queue_server.domain.devices.devices import DeviceKind
from queue_server.services import Services, compose
from queue_server.serving import Server, configuration, listening_socket
from queue_server.settings import Settings
from queue_server.storage.engine.store import Store
from tests.browser.conftest import free_port
from tests.clinics import far_roll_over
from tests.schemas import with_schema

PLACE = "entrance"
DEPARTMENTS = (
    DepartmentPlan("GEN", "G", {"en": "General", "hi": "सामान्य"}, "general", "teal", pace_s=146),
    DepartmentPlan("DEN", "D", {"en": "Dental", "hi": "दाँत"}, "dental", "blue", pace_s=480),
    DepartmentPlan("ENT", "E", {"en": "Ear, nose, throat", "hi": "कान, नाक, गला"}, "ent", "amber", pace_s=300),
)
#: What a print agent at the kiosk's place is to the services.
AGENT = Actor(ActorKind.AGENT, 3, place=PLACE)


@dataclass
class ServedClinic:
    """A clinic that browsers can open. `kiosk_key` and `display_key` are of enrolled devices; the agent is enrolled."""

    settings: Settings
    clock: Clock | None
    kiosk_key: str
    display_key: str
    drivers: Sequence[Driver] = ()
    _app: Starlette = field(init=False)
    _server: Server | None = None
    _serving: asyncio.Task[None] = field(init=False)

    @property
    def url(self) -> str:
        """Where it answers, without a slash at the end."""
        return f"http://127.0.0.1:{self.settings.port}"

    @property
    def services(self) -> Services:
        """The use cases of the running server; other ones after it was stopped and started."""
        services: Services = self._app.state.services
        return services

    async def start(self) -> None:
        """It answers."""
        self._app = build(self.settings, self.clock, self.drivers)
        self._server = Server(configuration(self._app, self.settings))
        self._serving = asyncio.create_task(self._serve(self._server))
        await asyncio.wait_for(self._server.is_up.wait(), 20)

    async def stop(self) -> None:
        """Its port is closed and every line is cut, as when its power goes."""
        if self._server is None:
            return
        self._server.should_exit = True
        for connection in list(self._server.server_state.connections):
            if connection.transport is not None:
                connection.transport.abort()
        self._server = None
        await self._serving

    async def _serve(self, server: Server) -> None:
        with closing(listening_socket(server.config)) as listener:
            await server.serve(sockets=[listener])

    async def enrol(self, page: Page, key: str) -> None:
        """The page's browser is this device from now on."""
        response = await page.request.post(f"{self.url}/devices/session", data={"code": key, "next": "/"})
        assert response.ok, await response.text()

    async def numbers(self, department: str = "GEN") -> list[str]:
        """The numbers that stand in this department's queue."""
        return [token["number"] for token in (await self.services.screens.token_pages.queue(department))["tokens"]]


@asynccontextmanager
async def a_served_clinic(
    folder: Path,
    *,
    departments: Sequence[DepartmentPlan] = DEPARTMENTS,
    clock: Clock | None = None,
    languages: Sequence[str] = ("en", "hi"),
    drivers: Sequence[Driver] = (),
    volume: int = 0,
) -> AsyncIterator[ServedClinic]:
    """A new clinic in `folder`, one room a department, that answers on loopback; nothing of it runs afterwards.

    The display is silent unless `volume` says otherwise: what it says lasts longer than most tests.
    """
    settings = Settings(
        database_url=f"sqlite:///{folder}/queue.db", data=folder, public_url="http://queue.test", port=free_port()
    )
    await with_schema(settings.database_url)
    kiosk_key, display_key = await _seed(settings, departments, clock, languages, volume)
    clinic = ServedClinic(settings, clock, kiosk_key, display_key, drivers)
    try:
        await clinic.start()
        yield clinic
    finally:
        await clinic.stop()


async def _seed(
    settings: Settings,
    departments: Sequence[DepartmentPlan],
    clock: Clock | None,
    languages: Sequence[str],
    volume: int,
) -> tuple[str, str]:
    store = Store(settings.database_url, SteadyClock(clock or SystemClock()))
    try:
        await store.open()
        services = compose(store, lambda *_: [], settings.phone_url)
        setting = {"name": "Sunrise Clinic", "time_zone": "Asia/Kolkata", "languages": list(languages)}
        if clock is None:
            setting["roll_over"] = far_roll_over(store.clock.now())
        await services.clinic.settings.save(setting, None, by=SYSTEM)
        displays = services.clinic.displays
        await displays.save("main", await displays.one("main") | {"volume": volume}, None, by=SYSTEM)
        for position, department in enumerate(departments, start=1):
            await services.clinic.departments.add({**written(department), "rooms": [str(position)]}, by=SYSTEM)
        kiosk = await services.devices.registry.add(DeviceKind.KIOSK, "Entrance kiosk", PLACE)
        display = await services.devices.registry.add(DeviceKind.DISPLAY, "Waiting room", "main")
        await services.devices.registry.add(DeviceKind.AGENT, "Entrance printer", PLACE)
    finally:
        await store.close()
    return kiosk, display
