"""A clinic whose consoles are opened in browsers."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.async_api import Page, expect

from queue_server.domain.access.actors import SYSTEM, Actor, ActorKind
from queue_server.domain.clinic.configuration import DepartmentPlan, written
from queue_server.domain.people.staff import Role
from queue_server.domain.queue.tokens import DutyState, Priority
from queue_server.services import Services
from queue_server.services.queue.issuing import IssueRequest
from tests.browser.conftest import PageFactory
from tests.browser.server import DEPARTMENTS, ServedClinic, a_served_clinic
from tests.clinics import KIOSK, SettableClock

PASSWORD = "correct horse"
PAEDIATRICS = DepartmentPlan("PED", "P", {"en": "Children", "hi": "बच्चे"}, "child", "rose", pace_s=200)


@dataclass
class ConsoleClinic:
    """Rooms 1 to 3 of departments GEN, DEN and ENT, and rooms 7 and 8 of PED, where the two doctors work."""

    served: ServedClinic
    clock: SettableClock
    page_factory: PageFactory
    doctors: list[Actor]
    pages: list[Page] = field(default_factory=list)

    @property
    def url(self) -> str:
        """Where it answers."""
        return self.served.url

    @property
    def services(self) -> Services:
        """The use cases of the running server."""
        return self.served.services

    async def issue(self, department: str = "PED", priority: Priority = Priority.NORMAL, **more: Any) -> int:
        """A token waits; one minute has passed since whatever was before. Returns its id."""
        self.clock.forward(minutes=1)
        issued = await self.services.queue.issuing.issue(IssueRequest(department, priority, **more), by=KIOSK)
        return issued.token_id

    async def log_in(self, login: str, path: str, **options: Any) -> Page:
        """A browser of this person's own, led to the page through the login."""
        page = await self.page_factory(**options)
        self.pages.append(page)
        await page.goto(f"{self.url}/login?next={path}")
        await page.fill("[name=login]", login)
        await page.fill("[name=password]", PASSWORD)
        await page.keyboard.press("Enter")
        await page.wait_for_url(f"{self.url}{path}")
        return page

    async def console(self, doctor: int = 1, room: str = "7", *, takes: bool = True, **options: Any) -> Page:
        """The doctor's console of the room, live; with `takes` the doctor is on duty there."""
        if takes:
            await self.services.queue.duties.change(room, DutyState.ON_DUTY, doctor=self.doctors[doctor - 1])
        page = await self.log_in(f"doctor{doctor}", f"/doctor/{room}", **options)
        await is_live(page)
        return page


@asynccontextmanager
async def a_console_clinic(folder: Path, page_factory: PageFactory) -> AsyncIterator[ConsoleClinic]:
    """The clinic answers on loopback; its clock stands at ten in the morning."""
    clock = SettableClock()
    async with a_served_clinic(folder, departments=DEPARTMENTS, clock=clock) as served:
        clinic = await _staffed(served, clock, page_factory)
        yield clinic
        # Before the server goes: a page whose server is away complains.
        for page in clinic.pages:
            await page.context.close()


async def _staffed(served: ServedClinic, clock: SettableClock, page_factory: PageFactory) -> ConsoleClinic:
    await served.services.clinic.departments.add({**written(PAEDIATRICS), "rooms": ["7", "8"]}, by=SYSTEM)
    doctors = []
    for login, role, name in (
        ("doctor1", Role.DOCTOR, "Doctor 1"),
        ("doctor2", Role.DOCTOR, "Doctor 2"),
        ("desk", Role.DESK, "Desk"),
    ):
        staff_id = await served.services.people.accounts.create(login, PASSWORD, role, name, cost=4)
        doctors.append(Actor(ActorKind.DOCTOR, staff_id, name))
    return ConsoleClinic(served, clock, page_factory, doctors)


async def is_live(page: Page) -> None:
    """The page has been told the room's state."""
    await expect(page.locator("[data-list=waiting] [data-count]")).not_to_have_text("–")


async def in_room(page: Page, number: str | None) -> None:
    """The console shows this number in the room, or that nobody is there."""
    if number is None:
        await expect(page.locator("#present-empty")).to_be_visible()
    else:
        await expect(page.locator("#present-number")).to_have_text(number)


async def list_shows(page: Page, *numbers: str) -> None:
    """The open list shows exactly these, in this order."""
    await expect(page.locator("#entries .entry-number")).to_have_text(list(numbers))


async def press(page: Page, key: str) -> None:
    """Press a key when no button is down any more: it is a press of its own, not the second of a double press."""
    await expect(page.locator("[aria-busy=true]")).to_have_count(0)
    await page.keyboard.press(key)
