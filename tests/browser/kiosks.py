"""A kiosk's screen as a patient meets it, for browser tests."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from playwright.async_api import Page, WebSocketRoute, expect

from queue_server.domain.access.actors import SYSTEM, Actor, ActorKind
from queue_server.domain.clinic.configuration import DepartmentPlan
from queue_server.locale import LANGUAGES, texts
from queue_server.services.queue.issuing import IssueRequest
from queue_server.storage.tables import PrintState
from tests.browser.conftest import PageFactory
from tests.browser.server import AGENT, DEPARTMENTS, ServedClinic
from tests.waiting import until

#: Well below the silence after which a page believes that its line is dead.
STEP_S = 2

OUTSIDE = """
() => [...document.querySelectorAll(".screen *, .dialog *, .away *")]
  .filter((e) => e.checkVisibility() && !e.closest(".visually-hidden, svg") && e.getClientRects().length)
  .filter((e) => {
    const box = e.getBoundingClientRect();
    const tile = e.closest(".tile, .card, .dialog, .paper, .assist")?.getBoundingClientRect();
    const isOff = box.bottom > innerHeight + 1 || box.right > innerWidth + 1 || box.top < -1 || box.left < -1;
    return isOff || (tile && (box.bottom > tile.bottom + 1 || box.right > tile.right + 1 || box.top < tile.top - 1));
  })
  .map((e) => `${e.tagName}.${e.getAttribute("class") ?? ""} ${e.textContent.trim().slice(0, 20)}`)
"""

SIZES = """
(selector) => [...document.querySelectorAll(selector)]
  .filter((e) => e.checkVisibility())
  .map((e) => [e.getBoundingClientRect().width, e.getBoundingClientRect().height])
"""

EIGHT = (
    *DEPARTMENTS,
    DepartmentPlan("LAB", "L", {"en": "Laboratory", "hi": "प्रयोगशाला"}, "lab", "violet"),
    DepartmentPlan("MAT", "M", {"en": "Mother and child", "hi": "माँ और बच्चा"}, "maternity", "rose"),
    DepartmentPlan("PHA", "P", {"en": "Pharmacy", "hi": "दवाखाना"}, "medicine", "green"),
    DepartmentPlan("ORT", "O", {"en": "Bones and joints", "hi": "हड्डी और जोड़"}, "bone", "brick"),
    DepartmentPlan("EYE", "X", {"en": "Eye", "hi": "आँख"}, "eye", "slate"),
)
NINE = (*EIGHT, DepartmentPlan("SKN", "S", {"en": "Skin", "hi": "त्वचा"}, "heart", "teal"))
#: Notes each language and the sentences that are said in it.
NOTE_SAID = """
window.spoken = [];
document.addEventListener("saying", ({ detail }) => window.spoken.push([detail.language, ...detail.sentences]));
"""
#: Ears that lie on somebody else's text or button.
EARS_ON_OTHERS = """
() => {
  const box = (e) => e.getBoundingClientRect();
  const lie = (a, b) => Math.min(a.right, b.right) - Math.max(a.left, b.left) > 2
    && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 2;
  const others = "button:not(.tile, .hear), .tile :is(.plate, .names, .fact), .slip-department > *";
  const parts = [...document.querySelectorAll(others)];
  return [...document.querySelectorAll(".hear")].filter((ear) => ear.checkVisibility()).flatMap((ear) =>
    parts.filter((part) => part.checkVisibility() && !part.closest(".dialog") && lie(box(ear), box(part)))
      .map((part) => `an ear lies on ${part.className} ${part.textContent.trim().slice(0, 20)}`));
}
"""


@dataclass
class Kiosk:
    """The page of an enrolled kiosk of a clinic."""

    clinic: ServedClinic
    page: Page
    line: list[WebSocketRoute]
    frames: list[str] = field(default_factory=list)

    async def open(self) -> None:
        """The first screen is there, and live."""
        await self.page.goto(f"{self.clinic.url}/kiosk")
        await expect(self.page.locator("[data-code]").first).to_be_attached()
        await self.sees("home")

    async def open_in_all_languages(self) -> None:
        """As `open`, in a clinic that speaks every language."""
        settings = self.clinic.services.clinic.settings
        await settings.save({**await settings.read(), "languages": list(LANGUAGES)}, None, by=SYSTEM)
        await self.open()

    async def sees(self, screen: str) -> None:
        """This screen is shown and takes touches."""
        await expect(self.page.locator(f"[data-screen={screen}]:not([inert])")).to_be_visible()

    async def can_be_heard(self) -> None:
        """The voices of all languages have come."""
        for ear in await self.page.locator("[data-hear]").all():
            await expect(ear).to_be_visible()

    async def speak(self, language: str) -> None:
        """Touch a language."""
        await self.page.click(f"[data-language={language}]")
        await self.sees("departments")

    async def choose(self, department: str) -> None:
        """Touch a department, open or closed."""
        await self.page.locator(f"[data-code={department}] .tile").click(force=True)

    async def take(self, language: str = "en", department: str = "GEN") -> str:
        """Two touches; the number that is shown."""
        await self.speak(language)
        await self.choose(department)
        await self.sees("token")
        return await self.page.inner_text("#token-number")

    async def says(self, selector: str, words: str) -> None:
        """The place shows exactly this."""
        await expect(self.page.locator(selector)).to_have_text(words)

    async def printer(self, state: str) -> None:
        """The kiosk's printer is in this state, and the screen has heard of it."""
        await self.clinic.services.devices.printing.printer(AGENT, state)
        hidden = state in {"ok", "low", "unknown"}
        await expect(self.page.locator("#no-slips")).to_have_attribute("hidden", "") if hidden else await expect(
            self.page.locator("#no-slips:not([hidden])")
        ).to_be_attached()

    async def report(self, state: PrintState) -> None:
        """The agent says this of the newest slip."""
        job = (await self.clinic.services.devices.printing.open_jobs(AGENT))[-1]
        await self.clinic.services.devices.printing.report(AGENT, job.id, state, None)

    async def pass_time(self, seconds: int) -> None:
        """So much time passes for the page, whose clock must be installed; the server's beats keep coming."""
        for passed in range(0, seconds, STEP_S):
            await self.page.clock.run_for(min(STEP_S, seconds - passed) * 1000)
            beat = {"type": "beat", "at": datetime.now(UTC).isoformat()}
            self.line[-1].send(json.dumps(beat))
            await self.page.evaluate("new Promise((resolve) => queueMicrotask(resolve))")

    async def holds(self, condition: str) -> None:
        """The JavaScript condition becomes true for the page."""
        await until(lambda: self.page.evaluate(condition))

    async def shows(self, departments: list[dict[str, Any]]) -> None:
        """These are the departments from now on, whatever the server says; the kiosk was opened `with_frames`."""
        frame = json.loads(self.frames[0])
        frame["rev"] += len(self.frames)
        frame["data"]["departments"] = departments
        self.frames.append(json.dumps(frame))
        self.line[-1].send(self.frames[-1])
        await expect(self.page.locator(".tile")).to_have_count(min(len(departments), 8))

    async def shows_abha_code(self, counter: str) -> None:
        """This counter's code is to be shown, whatever the server says; the kiosk was opened `with_frames`."""
        frame = json.loads(self.frames[0])
        frame["rev"] += len(self.frames)
        frame["data"]["abha_code"] = counter
        self.frames.append(json.dumps(frame))
        self.line[-1].send(self.frames[-1])

    async def outside(self) -> list[str]:
        """What reaches beyond the screen or out of the surface on which it lies."""
        found: list[str] = await self.page.evaluate(OUTSIDE)
        return found

    async def sizes(self, selector: str) -> list[tuple[float, float]]:
        """Width and height of every visible match."""
        found: list[tuple[float, float]] = await self.page.evaluate(SIZES, selector)
        return found


async def a_kiosk(
    clinic: ServedClinic,
    page_factory: PageFactory,
    *,
    width: int = 1080,
    height: int = 1920,
    with_clock: bool = False,
    with_frames: bool = False,
    may_fail: bool = False,
    before: str = "",
) -> Kiosk:
    """An enrolled kiosk whose page is open.

    `with_clock`: the test moves the page's time; `with_frames`: the test says what is shown; `before`: a script to run.
    """
    await clinic.services.devices.printing.printer(AGENT, "ok")
    page = await page_factory(width=width, height=height, may_fail=may_fail, reduced_motion="reduce")
    lines: list[WebSocketRoute] = []
    if with_clock:
        await page.clock.install()

        def join(line: WebSocketRoute) -> None:
            line.connect_to_server()
            lines.append(line)

        await page.route_web_socket("**/ws/kiosk", join)
    frames: list[str] = []
    if with_frames:

        def listen(line: WebSocketRoute) -> None:
            lines.append(line)

            def pass_on(message: str | bytes) -> None:
                is_view = '"view"' in str(message)
                if is_view and len(frames) < 2:  # the test has said nothing yet
                    frames[:] = [str(message)]
                # Each new line has to begin with a view: the page gives up one that does not.
                line.send(frames[-1] if is_view else message)

            line.connect_to_server().on_message(pass_on)

        await page.route_web_socket("**/ws/kiosk", listen)
    if before:
        await page.add_init_script(before)
    await clinic.enrol(page, clinic.kiosk_key)
    kiosk = Kiosk(clinic, page, lines, frames)
    await kiosk.open()
    return kiosk


#: What `open_kiosk` of the kiosk's tests is.
OpenKiosk = Callable[..., Awaitable[Kiosk]]


def in_hindi(sentence: str, **values: object) -> str:
    """The Hindi of this sentence, which must have one."""
    words = texts("hi").gettext(sentence, **values)
    assert words != sentence, f"{sentence!r} has no Hindi."
    return words


async def wait_in(kiosk: Kiosk, department: str, people: int) -> None:
    """So many people wait in the department."""
    for _ in range(people):
        await kiosk.clinic.services.queue.issuing.issue(IssueRequest(department), by=Actor(ActorKind.DESK))
