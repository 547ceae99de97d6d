"""The kiosk: two touches to a number, and calm words whatever happens."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Route, expect

from queue_server.locale import texts
from queue_server.services.actors import Actor
from queue_server.services.administering import NewDepartment
from queue_server.services.issuing import IssueRequest
from queue_server.storage.tables import PrintState
from tests.browser.checks import overflowing, poor_contrast, unmarked_focus
from tests.browser.conftest import PageFactory, Screenshot
from tests.browser.kiosks import Kiosk, a_kiosk
from tests.browser.server import DEPARTMENTS, a_served_clinic

pytestmark = pytest.mark.browser

EIGHT = (
    *DEPARTMENTS,
    NewDepartment("LAB", "L", {"en": "Laboratory", "hi": "प्रयोगशाला"}, "lab", "violet"),
    NewDepartment("MAT", "M", {"en": "Mother and child", "hi": "माँ और बच्चा"}, "maternity", "rose"),
    NewDepartment("PHA", "P", {"en": "Pharmacy", "hi": "दवाखाना"}, "medicine", "green"),
    NewDepartment("ORT", "O", {"en": "Bones and joints", "hi": "हड्डी और जोड़"}, "bone", "brick"),
    NewDepartment("EYE", "X", {"en": "Eye", "hi": "आँख"}, "eye", "slate"),
)
NINE = (*EIGHT, NewDepartment("SKN", "S", {"en": "Skin", "hi": "त्वचा"}, "person", "teal"))
VOICES = """
const voices = [{ lang: "hi-IN", localService: true }, { lang: "en-IN", localService: false }];
Object.defineProperty(speechSynthesis, "getVoices", { value: () => voices });
window.spoken = [];
Object.defineProperty(speechSynthesis, "speak", { value: (speech) => window.spoken.push([speech.lang, speech.text]) });
window.SpeechSynthesisUtterance = class { constructor(text) { this.text = text; } };
"""


OpenKiosk = Callable[..., Awaitable[Kiosk]]


@pytest.fixture
async def open_kiosk(page_factory: PageFactory, tmp_path: Path) -> AsyncIterator[OpenKiosk]:
    """Opens the kiosk of a new clinic: `await open_kiosk(departments=EIGHT, with_clock=True)`; see `a_kiosk`."""
    async with AsyncExitStack() as stack:

        async def start(departments: tuple[NewDepartment, ...] = DEPARTMENTS, **options: Any) -> Kiosk:
            clinic = await stack.enter_async_context(a_served_clinic(tmp_path, departments=departments))
            kiosk = await a_kiosk(clinic, page_factory, **options)
            stack.push_async_callback(kiosk.page.context.close)
            return kiosk

        yield start


def in_hindi(sentence: str, **values: object) -> str:
    words = texts("hi").gettext(sentence, **values)
    assert words != sentence, f"{sentence!r} has no Hindi."
    return words


async def wait_in(kiosk: Kiosk, department: str, people: int) -> None:
    """So many people wait in the department."""
    for _ in range(people):
        await kiosk.clinic.services.issuing.issue(IssueRequest(department), by=Actor("desk"))


async def test_two_touches_give_a_number_and_then_a_slip(open_kiosk: OpenKiosk, screenshot: Screenshot) -> None:
    kiosk = await open_kiosk()
    await wait_in(kiosk, "GEN", 3)
    await screenshot(kiosk.page, "kiosk-1-home")

    await kiosk.speak("en")
    await kiosk.says("[data-code=GEN] .fact-people > span", "3 people are waiting")
    await screenshot(kiosk.page, "kiosk-2-departments-en")
    await kiosk.choose("GEN")

    await kiosk.sees("token")
    await kiosk.says("#token-number", "G-004")
    await kiosk.says("#token-ahead", "3 people ahead of you")
    await kiosk.says("#paper-words", "Your slip is being printed…")
    await expect(kiosk.page.locator("#qr")).to_have_js_property("complete", True)
    assert await kiosk.page.evaluate("document.querySelector('#qr').naturalWidth") > 0
    await screenshot(kiosk.page, "kiosk-3-token-printing")
    await kiosk.report(PrintState.PRINTED)
    await kiosk.says("#paper-words", "Please take your slip")
    await screenshot(kiosk.page, "kiosk-3-token-printed")
    await kiosk.page.click("#done")
    await kiosk.sees("home")
    assert await kiosk.clinic.numbers() == ["G-001", "G-002", "G-003", "G-004"]


@pytest.mark.parametrize("is_enrolled", [False, True])
async def test_the_link_with_the_key_opens_the_kiosk_and_leaves_the_address(
    page_factory: PageFactory, tmp_path: Path, is_enrolled: bool
) -> None:
    async with a_served_clinic(tmp_path) as clinic:
        page = await page_factory(width=1080, height=1920)
        if is_enrolled:
            await clinic.enrol(page, clinic.kiosk_key)

        await page.goto(f"{clinic.url}/kiosk#key={clinic.kiosk_key}")

        await expect(page.locator("[data-language=hi]")).to_be_visible()
        await expect(page).to_have_url(f"{clinic.url}/kiosk")
        await page.context.close()


async def test_a_key_of_nobody_is_answered_calmly(page_factory: PageFactory, tmp_path: Path) -> None:
    async with a_served_clinic(tmp_path) as clinic:
        page = await page_factory(width=1080, height=1920, may_fail=True)

        await page.goto(f"{clinic.url}/kiosk#key=wrong")

        await expect(page.get_by_role("alert")).to_contain_text("wrong")
        await page.context.close()


async def test_a_wait_is_a_range_in_words_that_may_change(open_kiosk: OpenKiosk, screenshot: Screenshot) -> None:
    kiosk = await open_kiosk()
    wait = {"low_s": 1300, "likely_s": 1700, "high_s": 2050}

    async def with_a_wait(route: Route) -> None:
        answer = await route.fetch()
        await route.fulfill(response=answer, json=await answer.json() | {"wait": wait})

    await kiosk.page.route("**/kiosk/tokens", with_a_wait)
    await kiosk.take()

    await kiosk.says("#token-wait", "about 20–35 minutes")
    await expect(kiosk.page.locator(".may-change")).to_be_visible()
    assert await kiosk.outside() == []
    await screenshot(kiosk.page, "kiosk-3-token-wait")


async def test_three_quick_touches_take_one_number(open_kiosk: OpenKiosk) -> None:
    kiosk = await open_kiosk()
    await kiosk.speak("en")

    await kiosk.page.locator("[data-code=GEN] .tile").click(click_count=3)

    await kiosk.sees("token")
    assert await kiosk.clinic.numbers() == ["G-001"]


async def test_a_double_touch_of_the_language_chooses_no_department(open_kiosk: OpenKiosk) -> None:
    kiosk = await open_kiosk()

    await kiosk.page.locator("[data-language=en]").click(click_count=3, position={"x": 300, "y": 200})
    await kiosk.sees("departments")

    assert [await kiosk.clinic.numbers(code) for code in ("GEN", "DEN", "ENT")] == [[], [], []]


async def test_a_lost_reply_is_asked_for_again_and_gives_the_same_number(open_kiosk: OpenKiosk) -> None:
    kiosk = await open_kiosk(may_fail=True)
    keys: list[str] = []

    async def lose_the_first(route: Route) -> None:
        keys.append(route.request.headers["idempotency-key"])
        if len(keys) == 1:
            await route.fetch()
            await route.abort()
        else:
            await route.continue_()

    await kiosk.page.route("**/kiosk/tokens", lose_the_first)

    number = await kiosk.take()

    assert number == "G-001"
    assert await kiosk.clinic.numbers() == ["G-001"]
    assert len(keys) == 2
    assert len(set(keys)) == 1


async def test_a_kiosk_that_restarts_in_the_middle_asks_again_with_the_same_key(open_kiosk: OpenKiosk) -> None:
    kiosk = await open_kiosk(may_fail=True)
    is_handled = asyncio.Event()

    async def keep_the_first_answer_back(route: Route) -> None:
        if is_handled.is_set():
            await route.continue_()
        else:
            await route.fetch()
            is_handled.set()

    await kiosk.page.route("**/kiosk/tokens", keep_the_first_answer_back)
    await kiosk.speak("hi")
    await kiosk.choose("GEN")
    await is_handled.wait()

    await kiosk.page.reload()

    await kiosk.sees("token")
    await kiosk.says("#token-number", "G-001")
    await kiosk.says("#token-department", "सामान्य")
    assert await kiosk.clinic.numbers() == ["G-001"]


async def test_a_number_for_which_nobody_waited_is_withdrawn(open_kiosk: OpenKiosk, screenshot: Screenshot) -> None:
    kiosk = await open_kiosk(with_clock=True, may_fail=True)

    async def lose(route: Route) -> None:
        await route.fetch()
        await route.abort()

    await kiosk.page.route("**/kiosk/tokens", lose)
    await kiosk.speak("en")
    await kiosk.choose("GEN")
    await kiosk.sees("wait")
    await kiosk.pass_time(24)
    await expect(kiosk.page.locator("#wait-words")).to_contain_text("We keep trying")
    await expect(kiosk.page.locator("#stop")).to_be_visible()
    await screenshot(kiosk.page, "kiosk-4-wait")
    assert await kiosk.clinic.numbers() == ["G-001"]

    await kiosk.pass_time(72)
    await kiosk.sees("home")
    await kiosk.holds("localStorage.getItem('kiosk-given-up') === '[]'")

    assert await kiosk.clinic.numbers() == []
    assert await kiosk.page.evaluate("localStorage.getItem('kiosk-press')") is None


async def test_without_the_server_the_screen_says_so_and_comes_back_by_itself(
    open_kiosk: OpenKiosk, screenshot: Screenshot
) -> None:
    kiosk = await open_kiosk(may_fail=True)
    await kiosk.speak("en")

    await kiosk.clinic.stop()
    away = kiosk.page.locator("#away")
    await expect(away).to_be_visible(timeout=10_000)
    await screenshot(kiosk.page, "kiosk-5-away")
    await expect(away).to_contain_text("Please go to the desk.")
    await expect(away).to_contain_text(in_hindi("The queue system is not reachable. Please go to the desk."))
    await kiosk.clinic.start()

    await expect(away).to_be_hidden(timeout=10_000)
    await kiosk.sees("home")
    assert await kiosk.take() == "G-001"


async def test_a_number_on_the_screen_stays_when_the_server_goes(open_kiosk: OpenKiosk) -> None:
    kiosk = await open_kiosk(with_clock=True, may_fail=True)
    await kiosk.take()

    await kiosk.clinic.stop()
    await kiosk.page.clock.run_for(22_000)

    await kiosk.says("#token-number", "G-001")
    await kiosk.says("#paper-words", "The printer did not confirm. If no slip came, keep this number or scan the code.")
    await expect(kiosk.page.locator("#away")).to_be_hidden()


async def test_whoever_walks_away_is_asked_for_and_leaves_nothing_behind(
    open_kiosk: OpenKiosk, screenshot: Screenshot
) -> None:
    kiosk = await open_kiosk(with_clock=True)
    await kiosk.speak("hi")
    await kiosk.page.click("#assist")
    idle = kiosk.page.locator("#idle")

    await kiosk.pass_time(38)
    await expect(idle).to_be_hidden()
    await kiosk.pass_time(3)
    await expect(idle).to_be_visible()
    await screenshot(kiosk.page, "kiosk-6-idle-hi")
    await kiosk.page.click("#idle-stay")
    await expect(idle).to_be_hidden()
    await kiosk.sees("departments")
    await expect(kiosk.page.locator("#assist")).to_have_attribute("aria-pressed", "true")
    await kiosk.pass_time(41)
    await expect(idle).to_be_visible()
    await kiosk.pass_time(21)

    await expect(idle).to_be_hidden()
    await kiosk.sees("home")
    await expect(kiosk.page.locator("html")).to_have_attribute("lang", "en")
    await kiosk.speak("en")
    await expect(kiosk.page.locator("#assist")).to_have_attribute("aria-pressed", "false")


async def test_a_number_goes_by_itself_sooner_with_a_slip_than_without(open_kiosk: OpenKiosk) -> None:
    kiosk = await open_kiosk(with_clock=True)
    await kiosk.take()
    await kiosk.report(PrintState.PRINTED)
    await kiosk.says("#paper-words", "Please take your slip")
    await kiosk.pass_time(22)
    await kiosk.sees("token")
    await kiosk.pass_time(5)
    await kiosk.sees("home")
    assert "G-001" not in await kiosk.page.inner_text("#screens", timeout=1000)
    assert await kiosk.page.locator("#qr").get_attribute("src") is None

    await kiosk.take()
    await kiosk.report(PrintState.FAILED)
    await kiosk.says("#paper-words", "No slip: note or photograph this number")

    await kiosk.pass_time(50)
    await kiosk.sees("token")
    await kiosk.pass_time(12)
    await kiosk.sees("home")


async def test_a_printer_without_paper_is_told_before_and_the_number_is_larger(
    open_kiosk: OpenKiosk, screenshot: Screenshot
) -> None:
    kiosk = await open_kiosk()
    await kiosk.take()
    [(_, usual)] = await kiosk.sizes("#token-number")
    await kiosk.page.click("#done")

    await kiosk.printer("out")
    await kiosk.speak("hi")
    await expect(kiosk.page.locator("#no-slips")).to_be_visible()
    await screenshot(kiosk.page, "kiosk-7-no-slips-hi")
    await kiosk.choose("GEN")
    await kiosk.sees("token")
    await kiosk.says("#paper-words", in_hindi("No slip: note or photograph this number"))

    [(_, larger)] = await kiosk.sizes("#token-number")
    assert larger > usual
    await screenshot(kiosk.page, "kiosk-7-token-no-slip-hi")


async def test_silence_of_the_printer_is_not_called_a_slip(open_kiosk: OpenKiosk, screenshot: Screenshot) -> None:
    kiosk = await open_kiosk(with_clock=True)
    await kiosk.take()
    await kiosk.report(PrintState.SENT)

    await kiosk.pass_time(18)
    await kiosk.says("#paper-words", "Your slip is being printed…")
    await kiosk.pass_time(4)

    await kiosk.says("#paper-words", "The printer did not confirm. If no slip came, keep this number or scan the code.")
    await screenshot(kiosk.page, "kiosk-3-token-unconfirmed")


async def test_a_closed_department_is_shown_closed_and_says_where_to_ask(
    open_kiosk: OpenKiosk, screenshot: Screenshot
) -> None:
    kiosk = await open_kiosk()
    await kiosk.clinic.services.administering.set_open("DEN", is_open=False)
    await kiosk.speak("en")
    await expect(kiosk.page.locator("[data-code=DEN] .tile")).to_have_attribute("aria-disabled", "true")
    await expect(kiosk.page.locator("[data-code=DEN]")).to_contain_text("Closed now")

    await kiosk.choose("DEN")

    await kiosk.says("#notice-words", "Dental is closed now. Please ask at the desk.")
    await screenshot(kiosk.page, "kiosk-8-closed")
    await kiosk.page.click("#notice-ok")
    await kiosk.choose("GEN")
    await kiosk.sees("token")
    assert await kiosk.clinic.numbers("DEN") == []


async def test_a_department_that_closes_under_the_finger_is_no_fault_of_the_patient(open_kiosk: OpenKiosk) -> None:
    kiosk = await open_kiosk(may_fail=True)
    await kiosk.speak("en")

    async def close_first(route: Route) -> None:
        await kiosk.clinic.services.administering.set_open("GEN", is_open=False)
        await route.continue_()

    await kiosk.page.route("**/kiosk/tokens", close_first)
    await kiosk.choose("GEN")

    await kiosk.says("#notice-words", "General is closed now. Please ask at the desk.")
    assert await kiosk.clinic.numbers() == []


async def test_whoever_needs_help_says_so_with_one_touch(open_kiosk: OpenKiosk, screenshot: Screenshot) -> None:
    kiosk = await open_kiosk()
    await wait_in(kiosk, "GEN", 2)
    await kiosk.speak("hi")
    await kiosk.page.click("#assist")
    await screenshot(kiosk.page, "kiosk-2-departments-help-hi")

    await kiosk.choose("GEN")

    await kiosk.sees("token")
    await expect(kiosk.page.locator("#token-assisted")).to_be_visible()
    await kiosk.says("#token-ahead", in_hindi("You are next"))
    queue = await kiosk.clinic.services.status.queue("GEN")
    first = queue["tokens"][0]
    assert (first["number"], first["priority"]) == ("G-003", "assisted")


async def test_hindi_shows_hindi_with_the_english_name_beside_it(open_kiosk: OpenKiosk, screenshot: Screenshot) -> None:
    kiosk = await open_kiosk()
    await wait_in(kiosk, "ENT", 1)

    await kiosk.speak("hi")
    await kiosk.says("#departments-title", in_hindi("Choose a department"))
    await kiosk.says("[data-code=ENT] .tile-name", "कान, नाक, गला")
    await kiosk.says("[data-code=ENT] .english", "Ear, nose, throat")
    await screenshot(kiosk.page, "kiosk-2-departments-hi")
    await kiosk.choose("ENT")
    await kiosk.sees("token")

    await kiosk.says("#paper-words", in_hindi("Your slip is being printed…"))
    await kiosk.says("#token-ahead", texts("hi").ngettext("%(people)s person ahead of you", "", 1, people=1))
    await expect(kiosk.page.locator("html")).to_have_attribute("lang", "hi")
    await screenshot(kiosk.page, "kiosk-3-token-hi")


async def test_what_can_be_heard_is_offered_only_in_a_language_with_a_voice(open_kiosk: OpenKiosk) -> None:
    kiosk = await open_kiosk(before=VOICES)
    await expect(kiosk.page.locator("[data-hear=hi]")).to_be_visible()
    await expect(kiosk.page.locator("[data-hear=en]")).to_be_hidden()
    await kiosk.speak("hi")

    await kiosk.page.click("[data-code=DEN] .hear")

    none = in_hindi("Nobody is waiting")
    assert await kiosk.page.evaluate("window.spoken") == [["hi-IN", f"दाँत. {none}"]]
    await kiosk.page.click("[data-home]")
    await kiosk.speak("en")
    await expect(kiosk.page.locator("[data-code=DEN] .hear")).to_be_hidden()


async def test_more_than_eight_departments_are_shown_on_two_screens(open_kiosk: OpenKiosk) -> None:
    kiosk = await open_kiosk(departments=NINE)
    await kiosk.speak("en")
    await expect(kiosk.page.locator("[data-code]")).to_have_count(8)

    await kiosk.page.click("#more")

    await expect(kiosk.page.locator("[data-code]")).to_have_count(1)
    await kiosk.choose("SKN")
    await kiosk.sees("token")
    await kiosk.says("#token-number", "S-001")


@pytest.mark.parametrize(("width", "height"), [(1080, 1920), (1920, 1080), (768, 1024)])
@pytest.mark.parametrize("departments", [DEPARTMENTS, EIGHT], ids=["three", "eight"])
async def test_every_screen_fits_and_can_be_read(
    open_kiosk: OpenKiosk,
    screenshot: Screenshot,
    width: int,
    height: int,
    departments: tuple[NewDepartment, ...],
) -> None:
    kiosk = await open_kiosk(width=width, height=height, departments=departments)
    await kiosk.clinic.services.administering.set_open("DEN", is_open=False)
    name = f"kiosk-{width}-{len(departments)}"

    async def check(screen: str) -> None:
        await screenshot(kiosk.page, f"{name}-{screen}")
        assert await kiosk.outside() == [], screen
        assert await overflowing(kiosk.page) == [], screen
        assert await poor_contrast(kiosk.page) == [], screen

    await check("home")
    for language in ("en", "hi"):
        await kiosk.speak(language)
        await check(f"departments-{language}")
        await kiosk.choose("ENT")
        await kiosk.sees("token")
        await check(f"token-{language}")
        await kiosk.report(PrintState.UNCONFIRMED)
        await expect(kiosk.page.locator("[data-slip=unconfirmed]")).to_be_visible()
        await check(f"token-unconfirmed-{language}")
        await kiosk.page.click("#done")
        await kiosk.sees("home")
    await kiosk.printer("offline")
    await kiosk.speak("hi")
    await check("no-slips")
    await kiosk.choose("ENT")
    await kiosk.sees("token")
    await check("token-no-slip")


async def test_targets_are_large_enough_for_every_hand(open_kiosk: OpenKiosk) -> None:
    kiosk = await open_kiosk(departments=NINE, before=VOICES)
    smallest = 120  # 38 mm on a 27-inch panel of 1080 × 1920

    home = await kiosk.sizes("button")
    await kiosk.speak("hi")
    tiles = await kiosk.sizes(".tile")
    others = await kiosk.sizes("button:not(.tile)")
    await kiosk.choose("ENT")
    await kiosk.sees("token")
    token = await kiosk.sizes("button")

    assert min(min(size) for size in home + others + token) >= smallest
    assert min(height for _, height in tiles) >= 180


async def test_the_keyboard_reaches_everything_and_takes_a_number(open_kiosk: OpenKiosk) -> None:
    kiosk = await open_kiosk()
    assert await unmarked_focus(kiosk.page) == []

    await kiosk.page.focus("[data-language=hi]")
    await kiosk.page.keyboard.press("Enter")
    await kiosk.sees("departments")
    await expect(kiosk.page.locator("#departments-title")).to_be_focused()
    assert await unmarked_focus(kiosk.page) == []
    await kiosk.page.focus("[data-code=GEN] .tile")
    await kiosk.page.keyboard.press("Enter")
    await kiosk.sees("token")

    assert await kiosk.clinic.numbers() == ["G-001"]


async def test_the_glass_is_not_a_browser(open_kiosk: OpenKiosk) -> None:
    kiosk = await open_kiosk()

    prevented = await kiosk.page.evaluate(
        """() => ["contextmenu", "dragstart", "selectstart"].map((kind) => {
             const event = new Event(kind, { bubbles: true, cancelable: true });
             document.querySelector("h1").dispatchEvent(event);
             return event.defaultPrevented;
           })"""
    )
    scrolls = await kiosk.page.evaluate("() => { scrollTo(0, 500); return scrollY; }")
    touch = await kiosk.page.evaluate("getComputedStyle(document.body).touchAction")

    assert (prevented, scrolls, touch) == ([True, True, True], 0, "none")


async def test_the_screen_comes_up_while_the_server_is_away(open_kiosk: OpenKiosk, screenshot: Screenshot) -> None:
    kiosk = await open_kiosk(may_fail=True)
    await kiosk.holds("navigator.serviceWorker.controller !== null")
    await kiosk.clinic.stop()

    await kiosk.page.reload()

    await kiosk.sees("home")
    await expect(kiosk.page.locator("#away")).to_be_visible(timeout=10_000)
    assert await kiosk.page.evaluate(
        "document.fonts.ready.then(() => document.fonts.check('20px \"Queue Sans\"', 'हि'))"
    )
    await screenshot(kiosk.page, "kiosk-9-loaded-without-the-server")
    await kiosk.clinic.start()
    await expect(kiosk.page.locator("#away")).to_be_hidden(timeout=10_000)
    assert await kiosk.take("hi") == "G-001"


async def test_the_worker_keeps_nothing_about_queues(open_kiosk: OpenKiosk) -> None:
    kiosk = await open_kiosk()
    await kiosk.holds("navigator.serviceWorker.controller !== null")
    await kiosk.take()

    kept: list[str] = await kiosk.page.evaluate(
        """async () => {
             const requests = [];
             for (const name of await caches.keys()) requests.push(...(await (await caches.open(name)).keys()));
             return requests.map((request) => new URL(request.url).pathname);
           }"""
    )

    assert "/kiosk" in kept
    assert [path for path in kept if path != "/kiosk" and not path.startswith("/static/")] == []
