"""Every page of every face, in every language, against axe-core's rules for WCAG 2.2 AA.

The pages are the application's own routes: a page that is added is walked by itself, and one that needs an object which
the clinic below has not fails until it is given one.
"""

from __future__ import annotations

import os
import re
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import BrowserContext, Page, expect
from starlette.requests import Request
from starlette.routing import Route

from queue_server import faces
from queue_server.domain.access.actors import SYSTEM, Actor, ActorKind
from queue_server.domain.people.patients import CONSENT_VERSION
from queue_server.domain.people.staff import Role
from queue_server.domain.queue.tokens import DutyState
from queue_server.domain.records.records import CertificateKind
from queue_server.locale import STAFF_LANGUAGES
from queue_server.services.people.patients import Consent, PersonForm
from queue_server.web.identity import SESSION_COOKIE
from queue_server.web.pages import languages_of
from queue_server.web.patient_login import SESSION_COOKIE as PATIENT_COOKIE
from tests.browser.checks import overflowing
from tests.browser.conftest import PageFactory
from tests.browser.consoles import PASSWORD
from tests.browser.fitting import misplaced, space_out
from tests.browser.markup import markup_problems
from tests.browser.server import ServedClinic, a_served_clinic

pytestmark = pytest.mark.browser

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"], "resultTypes": ["violations"]}

#: Set, every page goes through axe in every language in which it exists, and the texts of phones lie where they belong;
#: that takes minutes.
IN_ALL = "QUEUE_AXE_IN_ALL_LANGUAGES"

#: What texts may not leave.
BOXES = ".button, .card, .bar"

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
    r"^/(api|fhir|ws|view|healthz|readyz|metrics|verify|alerts/reports|doctor/documents|login/provider|account/provider|admin/programs/webhooks"
    r"|admin/abdm/posters|voice/)"
)

#: Pages that say what went wrong, and the page of the API, with the answer's status; opened as doctor and as patient.
NO_ROUTE_OF_THEIR_OWN = {
    "/nothing-is-here": 404,
    "/t/nobody-knows-this-key": 404,
    "/kiosk/tokens": 405,
    "/admin": 403,
    "/me/history/documents/999999": 404,
    "/api/v1/docs": 200,
}


@dataclass
class World:
    """A clinic with something on every page, and a browser for everybody who opens one."""

    clinic: ServedClinic
    pages: dict[str, Page]
    places: dict[str, str] = field(default_factory=dict)

    def page_for(self, route: str) -> Page:
        """The browser of whoever opens this page."""
        return self.pages[ASKERS[face_of(route)][0]]

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
        pages["wrong"] = await page_factory(width=390, height=844, reduced_motion="reduce", may_fail=True)
        for who, (cookie, secret) in sessions.items():
            if who != "admin":
                await pages["wrong"].context.add_cookies([{"name": cookie, "value": secret, "url": clinic.url}])
            await pages[who].context.add_cookies([{"name": cookie, "value": secret, "url": clinic.url}])
        await clinic.enrol(pages["kiosk"], clinic.kiosk_key)
        await clinic.enrol(pages["display"], clinic.display_key)
        places = {"key": issued[1].key, "token": str(issued[0].token_id), "patient": str(login.patient.id)}
        ward = {"name": "Ward desk", "base": "desk", "rights": ["run_desk"], "departments": ["GEN"]}
        places["role"] = str(await known.people.roles.add(ward, by=SYSTEM))
        places |= {"board": "main", "name": "main", "room": "1", "code": "GEN", "staff": str(doctor.id)}
        places |= {
            "kind": "prescription",
            "certificate": next(iter(CertificateKind)),
            "language": "en",
            "stop": "of-no-message",
            "part": "version.json",
        }
        yield World(clinic, pages, places)
        for context in {page.context for page in pages.values()}:
            await _leave(context)


async def test_every_page_can_be_used_by_everybody(world: World) -> None:
    axe, problems, walked, sources = Axe(), list[str](), 0, dict[str, str]()
    opened, looked_at = set[str](), set[tuple[str, str]]()

    for route in sorted(pages_of_the_application()):
        page = world.page_for(route)
        try:
            path = world.address(route)
        except KeyError as missing:
            problems.append(f"{route}: give the clinic of this test an object for {missing}")
            continue
        for language in walked_in(route):
            answer = await page.request.get(f"{world.clinic.url}{path}?lang={language}", max_redirects=0)
            if "text/html" not in answer.headers.get("content-type", "") or answer.status in {302, 303}:
                continue
            if answer.status != 200:
                problems.append(f"{path}: {answer.status}")
                break
            source, face = await answer.text(), (face_of(route), language)
            walked += 1
            # Where a language changes words alone axe has seen it all; at a page of each face it looks all the same.
            is_known = (
                skeleton(source) == skeleton(sources.setdefault(path, source)) and path in opened and face in looked_at
            )
            if is_known and not os.environ.get(IN_ALL):
                continue
            opened.add(path)
            looked_at.add(face)
            await page.goto(f"{world.clinic.url}{path}?lang={language}")
            await page.evaluate("document.fonts.ready.then(() => true)")
            found = await axe.run(page, options=RULES)
            problems += violations(found.response, f"{path} ({language})")
            if os.environ.get(IN_ALL) and face_of(route) in {"/", "/me"}:
                problems += [f"{path} ({language}): {one}" for one in await misplaced(page, BOXES)]
            if (language == "en" and route.startswith(("/t/", "/me"))) or path == "/":
                await page.emulate_media(color_scheme="dark", reduced_motion="reduce")
                found = await axe.run(page, options=RULES)
                problems += violations(found.response, f"{path} (dark)")
                await page.emulate_media(color_scheme="light", reduced_motion="reduce")
    page = world.pages["wrong"]
    for path, status in NO_ROUTE_OF_THEIR_OWN.items():
        for language in exist_in(path) if os.environ.get(IN_ALL) else ["ur", "en"]:
            shown = await page.goto(f"{world.clinic.url}{path}?lang={language}")
            assert shown is not None
            assert (path, shown.status) == (path, status)
            sources[path] = await shown.text()
            problems += violations((await axe.run(page, options=RULES)).response, f"{path} ({status}, {language})")

    assert problems == [], "\n".join(problems)
    assert walked > 60
    assert markup_problems(sources) == []


async def test_phones_pages_fit_the_narrowest_window_and_bear_the_readers_own_spacing(world: World) -> None:
    wrong, looked_at = list[str](), 0

    for route in sorted(one for one in pages_of_the_application() if face_of(one) in {"/", "/me"}):
        page, languages = world.page_for(route), exist_in(route)
        for language in languages if os.environ.get(IN_ALL) else {"en", "ta", "ur"} & languages.keys():
            address = f"{world.clinic.url}{world.address(route)}?lang={language}"
            answer = await page.request.get(address, max_redirects=0)
            if answer.status != 200 or "text/html" not in answer.headers["content-type"]:
                continue
            looked_at += 1
            await page.goto(address, wait_until="domcontentloaded")
            for width in (320, 390):
                await page.set_viewport_size({"width": width, "height": 844})
                found = [*await misplaced(page, BOXES), *await overflowing(page)]
                wrong += [f"{route} ({language}, {width} px): {one}" for one in found]
            await space_out(page)
            found = [*await misplaced(page, BOXES), *await overflowing(page)]
            wrong += [f"{route} ({language}, spaced): {one}" for one in found]

    assert wrong == [], "\n".join(wrong)
    assert looked_at > 30


async def test_what_opens_on_the_desk_can_be_used_by_everybody(world: World) -> None:
    page, axe, found = world.pages["admin"], Axe(), list[str]()
    for language in STAFF_LANGUAGES:
        await page.goto(f"{world.clinic.url}/desk?lang={language}")
        await expect(page.locator("[data-list=active] tbody .amount").first).not_to_be_empty()
        await page.keyboard.press("ArrowDown")
        await page.locator("#panel .token-history").first.wait_for()
        await page.keyboard.press("p")
        found += violations((await axe.run(page, options=RULES)).response, f"a token's history ({language})")
        await page.keyboard.press("Escape")

        for key, dialog in (("n", "#new-dialog"), ("?", "#keys-dialog")):
            await page.keyboard.press(key)
            await page.locator(f"{dialog}[open]").wait_for()
            found += violations((await axe.run(page, options=RULES)).response, f"{dialog} ({language})")
            await page.keyboard.press("Escape")
            await expect(page.locator("dialog[open]")).to_have_count(0)

    assert found == []


@pytest.mark.parametrize(
    ("other", "is_same"),
    [
        ('<p lang="hi">नाम <input aria-label="नाम"></p>', True),
        ('<p lang="en">Name <input aria-label=""></p>', False),
        ('<p lang="en">Name <input></p>', False),
        ('<p lang="en"><b>Name</b> <input aria-label="Name"></p>', False),
        ('<p lang="en"> <input aria-label="Name"></p>', False),
        ('<p lang="en">Name <input aria-label="Name" class="x"></p>', False),
    ],
)
def test_only_what_differs_in_words_alone_has_the_same_skeleton(other: str, is_same: bool) -> None:
    assert (skeleton('<p lang="en">Name <input aria-label="Name"></p>') == skeleton(other)) is is_same


class Skeleton(HTMLParser):
    """What is left of a page without its words: tags, attributes, and whether there is something to read or hear."""

    #: What is not words.
    TOLD = frozenset({"class", "id", "role", "type", "for", "tabindex", "hidden", "aria-hidden", "dir"})
    #: Which language is chosen.
    CHOSEN = frozenset({"aria-current", "selected"})

    def __init__(self) -> None:
        super().__init__()
        self.bones: list[object] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """A tag: what its attributes say, or for words whether they say anything."""
        said = [(name, value if name in self.TOLD else bool(value)) for name, value in attrs if name not in self.CHOSEN]
        self.bones.append((tag, said))

    def handle_endtag(self, tag: str) -> None:
        """A tag's end."""
        self.bones.append(f"/{tag}")

    def handle_data(self, data: str) -> None:
        """Words, or only space between tags."""
        if data.strip():
            self.bones.append("words")


def skeleton(source: str) -> list[object]:
    """Equal for two pages that differ in words alone: axe looks at the same things on both."""
    reader = Skeleton()
    reader.feed(source)
    reader.close()
    return reader.bones


def face_of(route: str) -> str:
    """Under which of `ASKERS` the route lies: the longest beginning."""
    return max((start for start in ASKERS if route.startswith(start)), key=len)


def violations(answer: dict[str, Any], where: str) -> list[str]:
    """What axe has found, a line each."""
    return [
        f"{where}: {violation['id']}: {node['html'][:160]}"
        for violation in answer["violations"]
        for node in violation["nodes"][:3]
    ]


def walked_in(route: str) -> list[str]:
    """The languages in which axe looks at the page."""
    if os.environ.get(IN_ALL):
        return [*exist_in(route)]
    # One page of patients in all of them, its neighbours also from right to left: pages differ in letters, and axe in
    # little that depends on these.
    if route == "/t/{key}":
        return [*exist_in(route)]
    return [*STAFF_LANGUAGES, *(["ur"] if route.startswith("/t/") else [])]


def exist_in(route: str) -> Mapping[str, str]:
    """The languages in which the page of this route exists."""
    return languages_of(Request({"type": "http", "path": route, "headers": []}))


def pages_of_the_application() -> set[str]:
    """The routes that a browser may be led to; what is drawn or downloaded is found out by asking."""
    return {
        route.path
        for route in faces.routes()
        if isinstance(route, Route) and "GET" in (route.methods or ()) and not NO_PAGE.match(route.path)
        if not re.search(r"\.(js|svg|png|zip|pdf)$|/download$|/documents/|/papers/{|/tables/", route.path)
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
