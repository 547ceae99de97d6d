"""Every face at once, on networks that let no websocket through and on devices that have slept."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, Page, expect

from queue_server.domain.access.actors import Actor, ActorKind
from queue_server.domain.people.patients import CONSENT_VERSION
from queue_server.domain.people.staff import Role
from queue_server.domain.queue.tokens import Action, DutyState
from queue_server.services.people.patients import Consent, PersonForm
from queue_server.services.queue.calling import Calling
from queue_server.web.identity import DEVICE_COOKIES, SESSION_COOKIE
from queue_server.web.patient_login import SESSION_COOKIE as PATIENT_COOKIE
from tests.browser.server import ServedClinic, a_served_clinic
from tests.clinics import PIN
from tests.outside.moods import Mood, Proxy, a_proxy

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

#: How often each face fetches its view where no line brings it, in seconds.
FACES = {
    "display": 10,
    "console": 10,
    "desk": 10,
    "slips": 10,
    "dashboard": 10,
    "kiosk": 5,
    "phone": 20,
    "mine": 20,
    "history": 20,
}


@dataclass
class World:
    """A clinic behind a proxy, and a page of every face, each in a browser of its own; `doctor` works in room 1."""

    clinic: ServedClinic
    proxy: Proxy
    doctor: Actor
    token: int
    pages: dict[str, Page]

    @property
    def calling(self) -> Calling:
        """What the doctor does."""
        return self.clinic.services.queue.calling

    async def all(self, what: str, within_s: float = 10) -> None:
        """Each face is "live", "stale" or "fetching", as it says itself."""
        await asyncio.gather(*(says(page, face, what, within_s) for face, page in self.pages.items()))

    async def pass_time(self, seconds: float, *faces: str) -> None:
        """So much time passes in the browsers of these pages."""
        for context in {self.pages[face].context for face in faces}:
            await context.clock.run_for(int(seconds * 1000))

    async def sleep(self) -> None:
        """Every device sleeps for four minutes, after ten of which staff's lock: only the time of day goes on."""
        for page in {page.context: page for page in self.pages.values()}.values():
            told = datetime.fromtimestamp(await page.evaluate("Date.now()") / 1000, UTC)
            await page.clock.set_system_time(told + timedelta(minutes=4))


async def says(page: Page, face: str, what: str, within_s: float) -> None:
    """What the face says of itself; the kiosk covers its screen when it is not live."""
    strip, fetching = page.locator("#not-live"), page.locator("#not-live", has_text="seconds")
    if face == "kiosk":
        strip, fetching = page.locator("#away"), page.locator("#fetching")
    if what == "live":
        await expect(strip.or_(fetching).locator("visible=true")).to_have_count(0, timeout=within_s * 1000)
    elif what == "stale":
        await expect(strip).to_be_visible(timeout=within_s * 1000)
        await expect(fetching.locator("visible=true")).to_have_count(0)
    else:
        await expect(fetching).to_contain_text(f"Updates every {FACES[face]} seconds", timeout=within_s * 1000)
        await expect(fetching).to_be_visible()


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def world(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    """One for all tests here; every page is live."""
    async with AsyncExitStack() as stack:
        clinic = await stack.enter_async_context(a_served_clinic(tmp_path_factory.mktemp("screens")))
        proxy = await stack.enter_async_context(a_proxy(clinic.settings.port))
        accounts, patients = clinic.services.people.accounts, clinic.services.people.patients
        doctor_id = await accounts.create("doctor", "correct horse", Role.DOCTOR, "Doctor 1", cost=4)
        await accounts.create("boss", "correct horse", Role.ADMIN, "Boss", cost=4)
        doctor = Actor(ActorKind.DOCTOR, doctor_id, "Doctor 1")
        await clinic.services.queue.duties.change("1", DutyState.ON_DUTY, doctor=doctor)
        opened = await patients.register(
            "+91 98765 43210", PIN, PersonForm("Asha", "40"), Consent(CONSENT_VERSION), cost=4
        )
        login = await patients.who(opened.secret)
        assert login is not None
        assert login.patient is not None
        token = await clinic.services.screens.own_tokens.take(login.patient, "GEN")
        staff = {SESSION_COOKIE: await accounts.log_in("boss", "correct horse")}
        display, kiosk = (DEVICE_COOKIES[kind] for kind in (ActorKind.DISPLAY, ActorKind.KIOSK))
        at_display = await a_browser(browser, stack, proxy.url, staff | {display: clinic.display_key})
        at_entrance = await a_browser(browser, stack, proxy.url, {kiosk: clinic.kiosk_key})
        on_phone = await a_browser(browser, stack, proxy.url, {PATIENT_COOKIE: opened.secret})
        addresses = {
            "display": (at_display, "/display/main"),
            "console": (at_display, "/doctor/1"),
            "desk": (at_display, "/desk"),
            "slips": (at_display, "/desk/slips"),
            "dashboard": (at_display, "/admin"),
            "kiosk": (at_entrance, "/kiosk"),
            "phone": (on_phone, f"/t/{token.key}"),
            "mine": (on_phone, "/me"),
            "history": (on_phone, "/me/history"),
        }
        opening = (a_live_page(context, proxy.url + path) for context, path in addresses.values())
        pages = dict(zip(addresses, await asyncio.gather(*opening), strict=True))
        yield World(clinic, proxy, doctor, token.token_id, pages)


async def a_browser(browser: Browser, stack: AsyncExitStack, url: str, cookies: dict[str, str]) -> BrowserContext:
    """A browser that has these cookies; the test moves its clock."""
    context = await browser.new_context(reduced_motion="reduce")
    stack.push_async_callback(context.close)
    await context.add_cookies([{"name": name, "value": value, "url": url} for name, value in cookies.items()])
    await context.clock.install()
    return context


async def a_live_page(context: BrowserContext, address: str) -> Page:
    """The page, which has been told something over its line."""
    page = await context.new_page()
    async with page.expect_websocket() as line:
        await page.goto(address)
    await (await line.value).wait_for_event("framereceived")
    return page


async def test_a_device_that_has_slept_shows_the_truth_or_says_that_it_is_not_live(world: World) -> None:
    await world.all("live")

    world.proxy.mood = Mood.SILENT
    world.proxy.forget()
    await world.calling.call_next("1", by=world.doctor)
    await world.sleep()
    await world.all("stale", within_s=4.5)

    world.proxy.turn(Mood.PASS)
    await world.all("live")
    await expect(world.pages["phone"].locator("#ticket")).to_have_attribute("data-kind", "called")

    world.proxy.forget()
    await world.calling.recall(world.token, by=world.doctor)
    await world.sleep()
    await expect(world.pages["phone"].locator("#ticket")).to_have_attribute("data-calls", "2", timeout=2500)
    await world.all("live", within_s=1)


async def test_without_websockets_every_face_fetches_its_view_and_says_so(world: World) -> None:
    for mood in (Mood.REFUSES_UPGRADES, Mood.DROPS_UPGRADES):
        world.proxy.turn(mood)
        await world.all("fetching")

    await world.calling.act(world.token, Action.MISS, by=world.doctor)
    await world.pass_time(10.5, "display")
    await world.pass_time(20.5, "phone")
    await expect(world.pages["console"].locator("#present-empty")).to_be_visible()
    await expect(world.pages["desk"].locator("[data-row] .badge[data-state=missed]")).to_be_visible()
    for face in ("phone", "mine"):
        await expect(world.pages[face].locator("[data-kind=missed]").first).to_be_visible()

    world.proxy.turn(Mood.BAD_GATEWAY)
    await asyncio.gather(*(page.evaluate("dispatchEvent(new Event('online'))") for page in world.pages.values()))
    await world.all("stale", within_s=4.5)

    world.proxy.turn(Mood.PASS)
    await world.all("live")
