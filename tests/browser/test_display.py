"""The wall of a waiting room in a real browser: what it shows, what it announces, and how it bears trouble."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page, async_playwright

from queue_server.domain.tokens import DutyState
from queue_server.services.actors import Actor
from queue_server.services.administering import NewDepartment
from queue_server.services.issuing import IssueRequest
from queue_server.storage.tables.staff import Role
from tests.browser.cables import Line
from tests.browser.checks import poor_contrast, until
from tests.browser.conftest import PageFactory, Screenshot, Serve
from tests.browser.server import ServedClinic, a_served_clinic
from tests.browser.walls import DEPARTMENTS, Wall, board, call, doctor

pytestmark = pytest.mark.browser
DOCTOR = Actor("doctor", 1, "Doctor 1")
KIOSK = Actor("kiosk", 1, place="entrance")
WALL = {"width": 1920, "height": 1080}


@dataclass
class Heard:
    """What a wall has announced, in this order and across reloads: ("announced" | "announcement-over", call_id)."""

    events: list[tuple[str, int]] = field(default_factory=list)
    numbers: list[str] = field(default_factory=list)

    @property
    def calls(self) -> list[int]:
        """The calls that were begun."""
        return [call_id for kind, call_id in self.events if kind == "announced"]

    @property
    def is_quiet(self) -> bool:
        """Whether nothing is being announced."""
        return not self.events or self.events[-1][0] == "announcement-over"

    def overlaps(self) -> bool:
        """Whether an announcement has begun before the one before it was over."""
        kinds = [kind for kind, _ in self.events]
        return kinds != ["announced", "announcement-over"] * (len(kinds) // 2)

    async def listen_to(self, page: Page) -> None:
        """Before the page is opened."""

        def note(kind: str, call_id: int, number: str) -> None:
            self.events.append((kind, call_id))
            if kind == "announced":
                self.numbers.append(number)

        await page.expose_function("noteAnnouncement", note)
        await page.add_init_script(
            "for (const kind of ['announced', 'announcement-over']) addEventListener(kind, "
            "({type, detail}) => noteAnnouncement(type, detail.call_id, detail.number));"
        )


@pytest.fixture
async def clinic(tmp_path: Path) -> AsyncIterator[ServedClinic]:
    """Five departments with a room each."""
    departments = [
        NewDepartment(code, prefix, names, icon, colour) for code, prefix, names, icon, colour in DEPARTMENTS
    ]
    async with a_served_clinic(tmp_path, departments=departments[:5]) as served:
        yield served


async def open_wall(page: Page, clinic: ServedClinic, url: str = "") -> Heard:
    """The enrolled display shows the board."""
    heard = Heard()
    await heard.listen_to(page)
    await clinic.enrol(page, clinic.display_key)
    await page.goto(f"{url or clinic.url}/display/main")
    await page.wait_for_selector(".department")
    return heard


async def issue(clinic: ServedClinic, *departments: str) -> list[str]:
    """A token in each of these departments; their numbers."""
    services = clinic.services
    return [(await services.issuing.issue(IssueRequest(code), by=KIOSK)).number for code in departments]


async def shows(page: Page, number: str, room: str, within_ms: float = 2000) -> None:
    """The number and its room are the large ones."""
    await page.wait_for_function(
        "([number, room]) => document.querySelector('#hero .giant .number')?.textContent === number"
        " && document.querySelector('#hero .giant-room .number')?.textContent === room",
        arg=[number, room],
        timeout=within_ms,
    )


async def recent(page: Page) -> list[str]:
    """The smaller calls, "G-012 3"."""
    found: list[str] = await page.evaluate(
        "[...document.querySelectorAll('.recent-call')].map((item) => "
        "[...item.querySelectorAll('.number')].map((part) => part.textContent).join(' '))"
    )
    return found


async def all_shown(page: Page) -> set[str]:
    """Every number on the wall with its room, large and small."""
    large = await page.evaluate("[...document.querySelectorAll('#hero .number')].map((e) => e.textContent).join(' ')")
    return {large, *await recent(page)}


async def test_a_call_is_shown_with_its_room_and_announced_once(
    clinic: ServedClinic, page_factory: PageFactory, screenshot: Screenshot
) -> None:
    page = await page_factory(**WALL)
    heard = await open_wall(page, clinic)
    await page.wait_for_selector("text=Welcome")
    await screenshot(page, "display-welcome")
    await issue(clinic, "GEN", "GEN", "DEN")
    await page.wait_for_function("() => document.querySelector('[data-code=GEN] .waiting-count').textContent === '2'")

    await clinic.services.calling.call_next("1", by=DOCTOR)

    await shows(page, "G-001", "1")
    await page.wait_for_selector(".hero-call[data-new]")
    await screenshot(page, "display-called")
    await page.wait_for_function("() => document.querySelector('[data-code=GEN] .waiting-count').textContent === '1'")
    await until(lambda: heard.is_quiet and len(heard.calls) == 1)
    assert await page.locator(".hero-call[data-new]").count() == 0
    assert heard.numbers == ["G-001"]


async def test_five_calls_in_the_same_second_are_all_shown_and_announced_in_order(
    clinic: ServedClinic, page_factory: PageFactory, screenshot: Screenshot
) -> None:
    page = await page_factory(**WALL)
    heard = await open_wall(page, clinic)
    numbers = await issue(clinic, "GEN", "DEN", "ENT", "LAB", "MAT")

    await asyncio.gather(*(clinic.services.calling.call_next(room, by=DOCTOR) for room in "12345"))

    await page.wait_for_function("() => document.querySelectorAll('.recent-call').length === 4", timeout=2000)
    expected = {f"{number} {room}" for number, room in zip(numbers, "12345", strict=True)}
    assert await all_shown(page) == expected
    await screenshot(page, "display-five-at-once")
    await until(lambda: heard.is_quiet and len(heard.calls) == 5, within=40)
    assert heard.calls == sorted(heard.calls)
    assert sorted(heard.numbers) == sorted(numbers)
    assert not heard.overlaps()
    assert await all_shown(page) == expected


async def test_five_calls_during_a_cut_are_right_within_a_second_of_the_return(
    clinic: ServedClinic, page_factory: PageFactory
) -> None:
    line = Line(clinic.settings.port)
    await line.plug()
    page = await page_factory(**WALL, may_fail=True)
    heard = await open_wall(page, clinic, line.url)
    numbers = await issue(clinic, "GEN", "DEN", "ENT", "LAB", "MAT")

    await line.cut()
    for room in "12345":
        await asyncio.sleep(2)
        await clinic.services.calling.call_next(room, by=DOCTOR)
    assert heard.calls == []
    assert await page.locator("#not-live").is_visible()
    await line.plug()
    returned = time.monotonic()

    await page.wait_for_function("() => document.querySelectorAll('.recent-call').length === 4", polling=20)
    await page.wait_for_selector("#not-live", state="hidden")
    assert time.monotonic() - returned < 1
    assert await all_shown(page) == {f"{number} {room}" for number, room in zip(numbers, "12345", strict=True)}
    await until(lambda: heard.is_quiet and len(heard.calls) == 5, within=40)
    assert heard.calls == sorted(heard.calls)
    assert sorted(heard.numbers) == sorted(numbers)
    await line.cut()


async def test_a_dead_line_is_owned_up_to_within_five_seconds_and_the_strip_goes_by_itself(
    clinic: ServedClinic, page_factory: PageFactory, screenshot: Screenshot
) -> None:
    line = Line(clinic.settings.port)
    await line.plug()
    page = await page_factory(**WALL, may_fail=True)
    await open_wall(page, clinic, line.url)
    await issue(clinic, "GEN")
    await clinic.services.calling.call_next("1", by=DOCTOR)
    await shows(page, "G-001", "1")

    line.silence()
    silenced = time.monotonic()
    await page.wait_for_selector("#not-live", state="visible")
    took = time.monotonic() - silenced
    await screenshot(page, "display-not-live")
    words = await page.locator("#not-live").inner_text()
    await line.plug()
    await page.wait_for_selector("#not-live", state="hidden")

    assert 2 < took < 5.5
    assert words.startswith("Not live since ")
    assert await page.locator("#clock").inner_text() in await clock_around(page)
    await line.cut()


async def clock_around(page: Page) -> list[str]:
    """This minute and the one before in the clinic's zone."""
    found: list[str] = await page.evaluate(
        "[0, 60000].map((ago) => new Date(Date.now() - ago).toLocaleTimeString('en-GB', "
        "{hour: '2-digit', minute: '2-digit', timeZone: 'Asia/Kolkata'}))"
    )
    return found


async def test_a_reload_in_the_middle_announces_nothing_twice(clinic: ServedClinic, page_factory: PageFactory) -> None:
    page = await page_factory(**WALL)
    heard = await open_wall(page, clinic)
    await issue(clinic, "GEN", "DEN", "ENT")
    for room in "123":
        await clinic.services.calling.call_next(room, by=DOCTOR)
    await until(lambda: len(heard.calls) == 2)

    await page.reload()
    await page.wait_for_selector(".department")

    await until(lambda: heard.is_quiet and len(heard.calls) == 3, within=20)
    await page.reload()
    await page.wait_for_selector(".hero-call")
    await asyncio.sleep(1)
    assert heard.numbers == ["G-001", "D-001", "E-001"]


async def test_a_recall_is_announced_again_and_an_undone_call_is_gone(
    clinic: ServedClinic, page_factory: PageFactory
) -> None:
    page = await page_factory(**WALL)
    heard = await open_wall(page, clinic)
    await issue(clinic, "GEN", "DEN", "ENT")
    calling = clinic.services.calling
    called = await calling.call_next("1", by=DOCTOR)
    assert called is not None
    await shows(page, "G-001", "1")

    await calling.call_next("2", by=DOCTOR)
    await calling.call_next("3", by=DOCTOR)
    await page.wait_for_selector("text=D-001")
    await calling.undo("2", by=DOCTOR)
    await page.wait_for_selector("text=D-001", state="detached")
    await calling.recall(called.token_id, by=DOCTOR)

    await until(lambda: heard.is_quiet and len(heard.calls) == 3, within=30)
    assert heard.numbers == ["G-001", "E-001", "G-001"]
    assert await recent(page) == ["E-001 3"]


async def test_a_call_that_is_undone_while_it_is_announced_is_cut_short(
    clinic: ServedClinic, page_factory: PageFactory
) -> None:
    page = await page_factory(**WALL)
    heard = await open_wall(page, clinic)
    await issue(clinic, "GEN")
    await clinic.services.calling.call_next("1", by=DOCTOR)
    await until(lambda: len(heard.calls) == 1)

    await clinic.services.calling.undo("1", by=DOCTOR)

    await page.wait_for_selector("text=Welcome", timeout=2000)
    await until(lambda: heard.is_quiet, within=1)


async def test_the_state_of_each_doctor_is_told_and_changes_by_itself(
    clinic: ServedClinic, page_factory: PageFactory
) -> None:
    page = await page_factory(**WALL)
    await open_wall(page, clinic)
    services = clinic.services
    await services.accounts.create("doctor1", "a long password", Role.DOCTOR, "Doctor 1")
    who = await services.accounts.by_login("doctor1")
    assert who is not None
    on_duty = Actor("doctor", who.id, who.name)
    row = page.locator("[data-code=GEN] .doctor")

    await services.duties.change("1", DutyState.ON_DUTY, doctor=on_duty)
    await page.wait_for_selector("[data-code=GEN] .doctor[data-duty=on_duty]")
    present = await row.inner_text()
    back_at = services.queues.now() + timedelta(minutes=30)
    await services.duties.change("1", DutyState.ON_BREAK, doctor=on_duty, reason="tea", back_at=back_at)
    await page.wait_for_selector("[data-code=GEN] .doctor[data-duty=on_break]")

    assert present.split("\n") == ["Doctor 1", "1", "On duty"]
    assert "Back at " in await row.inner_text()


SCREENS = [(1920, 1080), (3840, 2160), (1366, 768), (1080, 1920)]

# What reaches beyond the screen or is cut off inside its box; names that are shortened with an ellipsis may be.
CUT_OFF = """
() => {
  const isWhole = (element) => {
    const box = element.getBoundingClientRect();
    return box.left >= -1 && box.right <= innerWidth + 1 && box.bottom <= innerHeight + 1;
  };
  const spills = (e) => e.scrollHeight > e.clientHeight + 0.02 * innerHeight || e.scrollWidth > e.clientWidth + 1;
  const isSeen = (element) => element.checkVisibility() && !element.matches("audio, .visually-hidden");
  const seen = [...document.querySelectorAll(".wall-head *, main *")].filter(isSeen);
  const boxes = seen.filter((e) => e.matches(".department, .recent-call, .wall-head, .departments, .doctor"));
  const name = (e) => `${e.tagName}.${e.getAttribute("class")}: ${e.textContent.slice(0, 30)}`;
  return [...seen.filter((e) => !isWhole(e)), ...boxes.filter(spills)].map(name);
}
"""

CAP_HEIGHT = """
() => {
  const style = getComputedStyle(document.querySelector("#hero .giant .number"));
  const pen = document.createElement("canvas").getContext("2d");
  pen.font = `${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;
  return pen.measureText("H").actualBoundingBoxAscent / Math.min(innerHeight, innerWidth);
}
"""


def earlier() -> list[dict[str, Any]]:
    """Calls of the last quarter of an hour."""
    calls = [("E-004", "4"), ("D-101", "3"), ("G-009", "2"), ("G-010", "1"), ("G-011", "5")]
    return [call(place, number, room, seconds_ago=900 - place) for place, (number, room) in enumerate(calls, 1)]


def many_doctors() -> list[dict[str, Any]]:
    """Four in each of eight departments, in every state."""
    states = ["on_duty", "on_break", "expected", "off_duty"]
    back = "2026-11-22T06:00:00Z"
    return [
        doctor(n, str(n), DEPARTMENTS[n % 8][0], states[n // 8 % 4], back if states[n // 8 % 4] == "on_break" else None)
        for n in range(1, 33)
    ]


def crowd() -> list[dict[str, Any]]:
    """Nine calls within seconds."""
    return [call(place + 10, f"G-0{place + 20}", str(place), seconds_ago=30) for place in range(1, 10)]


SCENES: dict[str, Callable[[], dict[str, Any]]] = {
    "nobody-called-yet": board,
    "a-usual-morning": lambda: board([*earlier(), call(6, "G-012", "3", seconds_ago=200)]),
    "one-department": lambda: board([call(6, "G-012", "3", seconds_ago=200)], departments=1),
    "eight-departments": lambda: board(
        [*earlier(), call(6, "M-1012", "OPD-12", seconds_ago=200)], departments=8, doctors=many_doctors()
    ),
    "six-departments": lambda: board([*earlier(), call(6, "G-012", "3", seconds_ago=200)], departments=6),
    "a-crowd": lambda: board([*earlier(), *crowd()], departments=4),
}


@pytest.mark.parametrize(("width", "height"), SCREENS)
@pytest.mark.parametrize("scene", SCENES)
async def test_every_clinic_fits_every_screen(
    scene: str, width: int, height: int, serve: Serve, page_factory: PageFactory, screenshot: Screenshot
) -> None:
    wall = Wall()
    wall.data = SCENES[scene]()
    server = await serve(wall.app)
    page = await page_factory(width=width, height=height, reduced_motion="reduce")

    await page.goto(f"{server.url}/display/main")
    await page.wait_for_selector(".department")
    await screenshot(page, f"display-{scene}-{width}x{height}")

    assert await page.evaluate(CUT_OFF) == []
    assert await poor_contrast(page) == []
    if scene != "nobody-called-yet" and width > height:
        assert await page.evaluate(CAP_HEIGHT) >= 0.23


async def test_thousands_of_frames_leave_nothing_behind(serve: Serve, page_factory: PageFactory) -> None:
    wall = Wall()
    server = await serve(wall.app)
    page = await page_factory(**WALL, reduced_motion="reduce")
    await page.goto(f"{server.url}/display/main")
    await page.wait_for_selector(".department")

    async def play(frames: range) -> tuple[int, float, int]:
        for n in frames:
            calls = [call(n + k, f"G-{(n + k) % 1000:03}", str(k), seconds_ago=60 * (9 - k)) for k in range(1, 10)]
            data = board(calls, departments=3 + n % 6, doctors=many_doctors()[n % 20 :])
            data["departments"][0]["waiting"] = n
            await wall.show(data)
            if n % 100 == 0 or n == frames[-1]:
                shown = "(n) => document.querySelector('.waiting-count').textContent === String(n)"
                await page.wait_for_function(shown, arg=n, timeout=60_000)
        client = await page.context.new_cdp_session(page)
        await client.send("HeapProfiler.collectGarbage")
        counters = await client.send("Memory.getDOMCounters")
        heap = await client.send("Runtime.getHeapUsage")
        await client.detach()
        kept = await page.evaluate("JSON.stringify(localStorage).length")
        return counters["nodes"], heap["usedSize"], kept

    await play(range(1, 300))
    nodes_before, heap_before, kept_before = await play(range(300, 600))
    nodes_after, heap_after, kept_after = await play(range(600, 3600))

    assert nodes_after < nodes_before * 1.2 + 200
    assert heap_after < heap_before * 1.2 + 500_000
    assert kept_after < kept_before + 2000


VOICES = """
const log = window.spoken = [];
const voices = ["en-IN", "hi-IN", "de-DE"].map((lang) => ({lang, name: lang, localService: true, default: false}));
window.SpeechSynthesisUtterance = class extends EventTarget { constructor(text) { super(); this.text = text; } };
let speaking = 0;
Object.defineProperty(window, "speechSynthesis", {value: {
  getVoices: () => voices,
  cancel: () => log.push(["cancel"]),
  speak: (words) => {
    speaking += 1;
    log.push([words.lang, words.text, speaking, document.querySelector("#chime").paused]);
    setTimeout(() => { speaking -= 1; words.dispatchEvent(new Event("end")); }, 700);
  },
}});
"""


async def test_after_the_chime_the_boards_languages_speak_one_after_the_other(
    serve: Serve, page_factory: PageFactory
) -> None:
    wall = Wall()
    server = await serve(wall.app)
    page = await page_factory(**WALL)
    heard = Heard()
    await heard.listen_to(page)
    await page.add_init_script(VOICES)
    await page.goto(f"{server.url}/display/main")
    await page.wait_for_selector(".department")

    await wall.show(board([call(1, "G-012", "3"), call(2, "D-101", "1")]))
    await until(lambda: heard.is_quiet and len(heard.calls) == 2, within=30)

    assert await page.evaluate("spoken") == [
        ["en-IN", "Token G, zero one two. Please go to room three.", 1, True],
        ["hi-IN", "टोकन जी, शून्य एक दो। कृपया कमरा तीन में जाइए।", 1, True],
        ["en-IN", "Token D, one zero one. Please go to room one.", 1, True],
        ["hi-IN", "टोकन डी, एक शून्य एक। कृपया कमरा एक में जाइए।", 1, True],
    ]


async def test_a_voice_that_never_ends_does_not_silence_the_next_call(serve: Serve, page_factory: PageFactory) -> None:
    wall = Wall()
    server = await serve(wall.app)
    page = await page_factory(**WALL)
    heard = Heard()
    await heard.listen_to(page)
    await page.add_init_script(VOICES.replace('words.dispatchEvent(new Event("end"))', ""))
    await page.goto(f"{server.url}/display/main")
    await page.wait_for_selector(".department")
    first, second = call(1, "G-012", "3"), call(2, "D-101", "1")
    first["say"] = [{"language": "en", "text": "G"}]

    await wall.show(board([first, second]))

    await until(lambda: len(heard.calls) == 2, within=15)
    assert ["cancel"] in await page.evaluate("spoken")


@asynccontextmanager
async def strict_browser(chromium_path: str) -> AsyncIterator[Page]:
    """A page in a browser that makes no sound before it is touched."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=chromium_path,
            args=["--no-sandbox", "--disable-gpu", "--autoplay-policy=document-user-activation-required"],
        )
        yield await browser.new_page(viewport={"width": 1920, "height": 1080})
        await browser.close()


async def test_a_browser_that_wants_a_touch_is_shown_a_sign_until_it_had_it(
    serve: Serve, chromium_path: str, screenshot: Screenshot
) -> None:
    wall = Wall()
    server = await serve(wall.app)
    async with strict_browser(chromium_path) as page:
        client = await page.context.new_cdp_session(page)

        async def sound() -> str:
            # Whatever Playwright evaluates counts as a touch; this does not.
            answer = await client.send("Runtime.evaluate", {"expression": "document.body?.dataset.sound ?? ''"})
            return str(answer["result"]["value"])

        await client.send("Page.navigate", {"url": f"{server.url}/display/main"})
        async with asyncio.timeout(10):
            while (before := await sound()) == "":  # noqa: ASYNC110 - the page's state, not an event of ours
                await asyncio.sleep(0.05)
        await wall.show(board([call(1, "G-012", "3")]))
        await asyncio.sleep(1)
        while_announced = await sound()
        await screenshot(page, "display-touch-for-sound")
        await page.mouse.click(300, 300)

        await page.wait_for_selector("body[data-sound=allowed] #sound", state="hidden")
    assert (before, while_announced) == ("blocked", "blocked")


async def test_where_sound_is_allowed_no_sign_is_shown(serve: Serve, page_factory: PageFactory) -> None:
    wall = Wall()
    server = await serve(wall.app)
    page = await page_factory(**WALL)
    await page.goto(f"{server.url}/display/main")

    await page.wait_for_selector("body[data-sound=allowed]")

    assert not await page.locator("#sound").is_visible()


async def test_staff_are_told_when_the_clock_is_wrong(
    serve: Serve, page_factory: PageFactory, screenshot: Screenshot
) -> None:
    wall = Wall()
    server = await serve(wall.app)
    page = await page_factory(**WALL)
    await page.goto(f"{server.url}/display/main")
    await page.wait_for_selector(".department")
    assert not await page.locator("#clock-wrong").is_visible()

    await wall.show(board(earlier()) | {"clock_wrong": True})

    await page.wait_for_selector("#clock-wrong", state="visible")
    await screenshot(page, "display-clock-wrong")


async def test_more_doctors_than_places_take_turns_and_change_their_language(
    serve: Serve, page_factory: PageFactory
) -> None:
    wall = Wall()
    wall.data = board(departments=3, doctors=[doctor(n, str(n), "GEN") for n in range(1, 7)])
    server = await serve(wall.app)
    page = await page_factory(**WALL)
    await page.goto(f"{server.url}/display/main")
    await page.wait_for_selector(".doctor")
    names = "[...document.querySelectorAll('.doctor-name')].map((e) => e.textContent)"
    first = await page.evaluate(names)

    await page.wait_for_selector(".doctor-state[lang=hi]", timeout=12_000)
    await page.wait_for_function(f"() => {names}.includes('Doctor 6')", timeout=12_000)

    assert first == ["Doctor 1", "Doctor 2", "Doctor 3", "Doctor 4"]
    assert await page.evaluate(names) == ["Doctor 5", "Doctor 6"]


async def test_a_wall_takes_the_servers_new_pages_after_a_cut(serve: Serve, page_factory: PageFactory) -> None:
    wall = Wall(version="1")
    server = await serve(wall.app)
    page = await page_factory(**WALL, may_fail=True)
    await page.goto(f"{server.url}/display/main")
    await page.wait_for_selector(".department")
    await page.evaluate("window.isOld = true")

    await server.stop()
    await page.wait_for_selector("#not-live", state="visible")
    wall.version = "2"
    await server.start()

    await page.wait_for_function("() => window.isOld === undefined", timeout=15_000)
    await page.wait_for_selector(".department")


async def test_the_last_call_is_told_to_the_server(serve: Serve, page_factory: PageFactory) -> None:
    wall = Wall()
    wall.data = board(earlier())
    server = await serve(wall.app)
    page = await page_factory(**WALL)
    await page.goto(f"{server.url}/display/main")
    await page.wait_for_selector(".hero-call")

    await page.reload()
    await page.wait_for_selector(".hero-call")

    assert wall.asked_after == ["0", "5"]
