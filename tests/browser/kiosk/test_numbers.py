"""The kiosk: two touches to a number."""

from pathlib import Path

import pytest
from playwright.async_api import Route, expect

from queue_server.domain.access.actors import SYSTEM, Actor, ActorKind
from queue_server.domain.clinic.opening_hours import WEEKDAYS
from queue_server.domain.people.staff import Role
from queue_server.domain.queue.tokens import DutyState
from queue_server.locale import texts
from queue_server.storage.tables import PrintState
from tests.browser.conftest import PageFactory, Screenshot
from tests.browser.kiosks import NINE, OpenKiosk, in_hindi, wait_in
from tests.browser.server import a_served_clinic
from tests.clinics import MORNING, SettableClock

pytestmark = pytest.mark.browser


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


async def test_links_with_keys_make_one_browser_a_kiosk_and_a_display_whoever_is_logged_in(
    page_factory: PageFactory, tmp_path: Path
) -> None:
    async with a_served_clinic(tmp_path) as clinic:
        await clinic.services.people.accounts.create("front", "correct horse", Role.DESK, "Front", cost=4)
        page = await page_factory(width=1080, height=1920)
        await page.request.post(f"{clinic.url}/login", data={"login": "front", "password": "correct horse", "next": ""})

        for path, key, sign in (
            ("/kiosk", clinic.kiosk_key, "[data-language=hi]"),
            ("/display/main", clinic.display_key, "#welcome-clock"),
            ("/kiosk", clinic.kiosk_key, "[data-language=hi]"),
        ):
            async with page.expect_response("**/devices/session"):
                await page.goto(f"{clinic.url}{path}#key={key}")

            await expect(page.locator(sign)).to_be_visible()
            await expect(page).to_have_url(f"{clinic.url}{path}")
        kept = {cookie.get("name", ""): cookie.get("value") for cookie in await page.context.cookies()}
        assert (kept["queue_kiosk"], kept["queue_display"]) == (clinic.kiosk_key, clinic.display_key)
        await page.context.close()


async def test_a_key_of_nobody_is_answered_calmly_and_a_code_is_typed_by_touch(
    page_factory: PageFactory, tmp_path: Path
) -> None:
    async with a_served_clinic(tmp_path) as clinic:
        page = await page_factory(width=1080, height=1920, may_fail=True)

        await page.goto(f"{clinic.url}/kiosk#key=wrong")

        await expect(page.get_by_role("alert")).to_contain_text("wrong")
        code = await clinic.services.devices.registry.offer("kiosk", "Second kiosk", "entrance")
        for letter in ("A", "delete", *code):
            await page.click(f"[data-key={letter}]" if letter.isalpha() else f"[data-key='{letter}']")
        await page.get_by_role("button", name="Enrol this screen").click()
        await expect(page.locator("[data-language=hi]")).to_be_visible()
        await page.context.close()


async def test_a_wait_is_a_range_in_words_that_may_change(open_kiosk: OpenKiosk, screenshot: Screenshot) -> None:
    kiosk = await open_kiosk()
    wait = {"words": "wait_range", "values": {"low": 20, "high": 35}, "minutes": 30}

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


async def test_a_department_outside_its_hours_says_when_it_opens(open_kiosk: OpenKiosk, screenshot: Screenshot) -> None:
    kiosk = await open_kiosk(clock=SettableClock())
    hours = {WEEKDAYS[MORNING.weekday()]: [["12:30", "24:00"]]}

    await kiosk.clinic.services.clinic.departments.change("DEN", {"hours": hours}, by=SYSTEM)

    await kiosk.speak("en")
    await expect(kiosk.page.locator("[data-code=DEN]")).to_contain_text("Closed nowOpens at 12:30")
    await screenshot(kiosk.page, "kiosk-8-opens")
    await kiosk.choose("DEN")
    await kiosk.says("#notice-words", "Dental is closed now. Please ask at the desk.")


async def test_a_department_that_closes_soon_says_so_before_it_gives_a_number(
    open_kiosk: OpenKiosk, screenshot: Screenshot
) -> None:
    kiosk = await open_kiosk(clock=SettableClock())
    hours = {WEEKDAYS[MORNING.weekday()]: [["00:00", "10:05"]]}
    await kiosk.clinic.services.clinic.departments.change("DEN", {"hours": hours}, by=SYSTEM)
    dentist = await kiosk.clinic.services.people.accounts.create(
        "dentist", "correct horse", Role.DOCTOR, "Dr Rao", cost=4
    )
    await kiosk.clinic.services.queue.duties.change(
        "2", DutyState.ON_DUTY, doctor=Actor(ActorKind.DOCTOR, dentist, "Dr Rao")
    )
    await wait_in(kiosk, "DEN", 9)
    await kiosk.speak("en")
    await expect(kiosk.page.locator("[data-code=DEN] .fact-closing")).to_be_visible()

    await kiosk.choose("DEN")
    await expect(kiosk.page.locator("#closing")).to_contain_text("you may not be seen today")
    assert await kiosk.outside() == []
    await screenshot(kiosk.page, "kiosk-8-closing")
    await kiosk.page.click("#closing-leave")
    await kiosk.sees("departments")
    await kiosk.choose("DEN")
    await kiosk.page.click("#closing-take")

    await kiosk.sees("token")
    await expect(kiosk.page.locator("#token-closing")).to_be_visible()
    assert await kiosk.outside() == []
    assert (await kiosk.clinic.numbers("DEN"))[-1] == "D-010"


async def test_a_closed_department_is_shown_closed_and_says_where_to_ask(
    open_kiosk: OpenKiosk, screenshot: Screenshot
) -> None:
    kiosk = await open_kiosk()
    await kiosk.clinic.services.clinic.departments.change("DEN", {"is_open": False}, by=SYSTEM)
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
        await kiosk.clinic.services.clinic.departments.change("GEN", {"is_open": False}, by=SYSTEM)
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
    await kiosk.says("#token-ahead", in_hindi("You are first in the line"))
    queue = await kiosk.clinic.services.screens.token_pages.queue("GEN")
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


async def test_more_than_eight_departments_are_shown_on_two_screens(open_kiosk: OpenKiosk) -> None:
    kiosk = await open_kiosk(departments=NINE)
    await kiosk.speak("en")
    await expect(kiosk.page.locator("[data-code]")).to_have_count(8)

    await kiosk.page.click("#more")

    await expect(kiosk.page.locator("[data-code]")).to_have_count(1)
    await kiosk.choose("SKN")
    await kiosk.sees("token")
    await kiosk.says("#token-number", "S-001")
