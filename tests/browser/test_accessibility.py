"""Every page of every face, in every language, against axe-core's rules for WCAG 2.2 AA.

The pages are the application's own routes: a page that is added is walked by itself, and one that needs an object which
the clinic below has not fails until it is given one.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import BrowserContext, Page, expect
from starlette.routing import Route

from queue_server import faces
from queue_server.domain.access.actors import Actor, ActorKind
from queue_server.domain.people.patients import CONSENT_VERSION
from queue_server.domain.people.staff import Role
from queue_server.domain.queue.tokens import DutyState
from queue_server.domain.records.records import CertificateKind
from queue_server.locale import LANGUAGES
from queue_server.services.people.patients import Consent, PersonForm
from queue_server.web.identity import SESSION_COOKIE
from queue_server.web.patient_login import SESSION_COOKIE as PATIENT_COOKIE
from tests.browser.conftest import PageFactory
from tests.browser.consoles import PASSWORD
from tests.browser.server import ServedClinic, a_served_clinic

pytestmark = pytest.mark.browser

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"], "resultTypes": ["violations"]}

#: Who opens the pages under an address, the longest beginning counts; and how large the screen is.
ASKERS = {
    "/": ("nobody", 390, 844),
    "/me": ("patient", 390, 844),
    "/kiosk": ("kiosk", 1080, 1920),
    "/display": ("display", 1920, 1080),
    "/doctor": ("doctor", 1440, 900),
    "/desk": ("admin", 1440, 900),
    "/admin": ("admin", 1440, 900),
    "/account": ("admin", 1440, 900),
    "/set-up": ("admin", 1440, 900),
}

#: Routes that show no page of their own to this clinic: they are for programs, or need what is made in other tests.
NO_PAGE = re.compile(
    r"^/(api|ws|view|healthz|readyz|metrics|verify|alerts/reports|doctor/documents|admin/programs/webhooks)"
)


@dataclass
class World:
    """A clinic with something on every page, and a browser for everybody who opens one."""

    clinic: ServedClinic
    pages: dict[str, Page]
    places: dict[str, str] = field(default_factory=dict)

    def page_for(self, route: str) -> Page:
        """The browser of whoever opens this page."""
        return self.pages[ASKERS[max((start for start in ASKERS if route.startswith(start)), key=len)][0]]

    def address(self, route: str) -> str:
        """The route with an object of the clinic in each of its places."""
        return re.sub(r"{(\w+)(:\w+)?}", lambda found: self.places[found[1]], route)


@pytest_asyncio.fixture(loop_scope="session")
async def world(tmp_path: Path, page_factory: PageFactory) -> AsyncIterator[World]:
    """Tokens in several states, a patient with one of them, a doctor on duty."""
    async with a_served_clinic(tmp_path) as clinic:
        known = clinic.services
        await known.people.accounts.create("boss", PASSWORD, Role.ADMIN, "Boss", cost=4)
        doctor = Actor(
            ActorKind.DOCTOR, await known.people.accounts.create("doctor1", PASSWORD, Role.DOCTOR, "Doctor 1", cost=4)
        )
        await known.queue.duties.change("1", DutyState.ON_DUTY, doctor=Actor(ActorKind.DOCTOR, doctor.id, "Doctor 1"))
        form, consent = PersonForm("Asha Devi", "34"), Consent(CONSENT_VERSION)
        opened = await known.people.patients.register("081234 56789", "271828", form, consent, cost=4)
        login = await known.people.patients.who(opened.secret)
        assert login is not None
        assert login.patient is not None
        issued = [await known.screens.own_tokens.take(login.patient, code) for code in ("GEN", "DEN")]
        await known.queue.calling.call_next("1", by=doctor)
        await _set_up(clinic)
        sessions = {
            "admin": (SESSION_COOKIE, await known.people.accounts.log_in("boss", PASSWORD)),
            "doctor": (SESSION_COOKIE, await known.people.accounts.log_in("doctor1", PASSWORD)),
            "patient": (PATIENT_COOKIE, opened.secret),
        }
        # Without motion, so that no colour is looked at half-way to another one.
        pages = {
            who: await page_factory(width=width, height=height, reduced_motion="reduce")
            for who, width, height in ASKERS.values()
        }
        for who, (cookie, secret) in sessions.items():
            await pages[who].context.add_cookies([{"name": cookie, "value": secret, "url": clinic.url}])
        await clinic.enrol(pages["kiosk"], clinic.kiosk_key)
        await clinic.enrol(pages["display"], clinic.display_key)
        places = {"key": issued[1].key, "token": str(issued[0].token_id), "patient": str(login.patient.id)}
        places |= {"board": "main", "name": "main", "room": "1", "code": "GEN", "staff": str(doctor.id)}
        places |= {
            "kind": "prescription",
            "certificate": next(iter(CertificateKind)),
            "language": "en",
            "stop": "of-no-message",
        }
        yield World(clinic, pages, places)
        for context in {page.context for page in pages.values()}:
            await _leave(context)


async def test_every_page_can_be_used_by_everybody(world: World) -> None:
    axe, problems, walked = Axe(), list[str](), 0

    for route in sorted(pages_of_the_application()):
        page = world.page_for(route)
        try:
            path = world.address(route)
        except KeyError as missing:
            problems.append(f"{route}: give the clinic of this test an object for {missing}")
            continue
        for language in LANGUAGES:
            answer = await page.request.get(f"{world.clinic.url}{path}?lang={language}", max_redirects=0)
            if "text/html" not in answer.headers.get("content-type", "") or answer.status in {302, 303}:
                continue
            if answer.status != 200:
                problems.append(f"{path}: {answer.status}")
                break
            await page.goto(f"{world.clinic.url}{path}?lang={language}")
            await page.evaluate("document.fonts.ready.then(() => true)")
            walked += 1
            found = await axe.run(page, options=RULES)
            problems += violations(found.response, f"{path} ({language})")

    assert problems == [], "\n".join(problems)
    assert walked > 60


@pytest.mark.parametrize("language", LANGUAGES)
async def test_what_opens_on_the_desk_can_be_used_by_everybody(world: World, language: str) -> None:
    page, axe = world.pages["admin"], Axe()
    await page.goto(f"{world.clinic.url}/desk?lang={language}")
    await expect(page.locator("#keys-button")).to_be_visible()
    await page.keyboard.press("ArrowDown")
    await page.locator("#panel .token-history").first.wait_for()
    await page.keyboard.press("p")
    found = violations((await axe.run(page, options=RULES)).response, "a token's history")
    await page.keyboard.press("Escape")

    for key, dialog in (("n", "#new-dialog"), ("?", "#keys-dialog")):
        await page.keyboard.press(key)
        await page.locator(f"{dialog}[open]").wait_for()
        found += violations((await axe.run(page, options=RULES)).response, dialog)
        await page.keyboard.press("Escape")
        await expect(page.locator("dialog[open]")).to_have_count(0)

    assert found == []


def violations(answer: dict[str, Any], where: str) -> list[str]:
    """What axe has found, a line each."""
    return [
        f"{where}: {violation['id']}: {node['html'][:160]}"
        for violation in answer["violations"]
        for node in violation["nodes"][:3]
    ]


def pages_of_the_application() -> set[str]:
    """The routes that a browser may be led to; what is drawn or downloaded is found out by asking."""
    return {
        route.path
        for route in faces.routes()
        if isinstance(route, Route) and "GET" in (route.methods or ()) and not NO_PAGE.match(route.path)
        if not re.search(r"\.(js|svg|png|zip)$|/download$|/documents/|/tables/", route.path)
    }


async def _set_up(clinic: ServedClinic) -> None:
    """A line on every page of the set-up."""
    boss, set_up = Actor(ActorKind.ADMIN, 1), clinic.services.clinic
    await set_up.roster.add_holiday({"day": "2999-12-25", "name": "Christmas"}, by=boss)
    shift = {"doctor": "doctor1", "room": "1", "weekday": "mon", "begins": "09:00", "ends": "13:00"}
    await set_up.roster.add_shift(shift, by=boss)
    await set_up.departments.remove("ENT", by=boss)


async def _leave(context: BrowserContext) -> None:
    """Before the server goes: a page whose server is away complains."""
    await context.close()
