"""The kiosk: whoever holds a slip sees how its number stands, comes back after a miss, or gives it up."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from queue_server.domain.access.actors import SYSTEM
from queue_server.domain.queue.tokens import Action
from queue_server.locale import LANGUAGES
from queue_server.services.queue.issuing import IssuedToken, IssueRequest
from tests.browser.conftest import Screenshot
from tests.browser.fitting import misplaced
from tests.browser.kiosks import Kiosk, OpenKiosk, in_hindi
from tests.browser.scanners import scan
from tests.clinics import KIOSK, PROGRAM

pytestmark = pytest.mark.browser

UNKNOWN = "This is not the code of a slip of this clinic. Hold it flat and try again, or ask at the desk."

#: A camera before which this code is held, in a browser that reads codes.
CAMERA = """
window.BarcodeDetector = class {
  static async getSupportedFormats() { return ["qr_code"]; }
  async detect(video) { return video.videoWidth && window.held ? [{ rawValue: window.held }] : []; }
};
navigator.mediaDevices.getUserMedia = async () => {
  const canvas = Object.assign(document.createElement("canvas"), { width: 64, height: 64 });
  const draw = () => { canvas.getContext("2d").fillRect(0, 0, 64, 64); requestAnimationFrame(draw); };
  draw();
  window.stream = canvas.captureStream(10);
  return window.stream;
};
"""


async def a_slip(kiosk: Kiosk, language: str = "hi") -> IssuedToken:
    """Somebody has a number of General."""
    return await kiosk.clinic.services.queue.issuing.issue(IssueRequest("GEN", language=language), by=KIOSK)


def link(slip: IssuedToken) -> str:
    """What the slip's code says."""
    return f"http://queue.test/t/{slip.key}"


async def test_a_missed_patient_comes_back_with_the_slip_and_then_gives_up(
    open_kiosk: OpenKiosk, screenshot: Screenshot
) -> None:
    kiosk = await open_kiosk()
    slip, calling = await a_slip(kiosk), kiosk.clinic.services.queue.calling
    await calling.call_next("1", by=PROGRAM)
    await calling.act(slip.token_id, Action.MISS, by=PROGRAM)

    await scan(kiosk.page, link(slip))
    await kiosk.sees("slip")
    await kiosk.says("#slip-number", "G-001")
    await kiosk.says("#slip-says", in_hindi("Your number was called, and you were not there"))
    await screenshot(kiosk.page, "kiosk-7-slip-missed")
    assert await kiosk.outside() == []
    await kiosk.page.click("[data-slip-act=return]")
    await kiosk.says("#slip-says", in_hindi("You are first in the line"))

    await kiosk.page.click("[data-slip-act=give-up]")
    await screenshot(kiosk.page, "kiosk-7-slip-give-up")
    await kiosk.page.click("#give-up-yes")
    await kiosk.says("#slip-says", in_hindi("This number was cancelled"))
    assert await kiosk.clinic.numbers() == []
    await kiosk.page.click("[data-screen=slip] [data-home]")
    await kiosk.sees("home")
    await expect(kiosk.page.locator("#slip-number")).to_have_text("")


async def test_a_slip_that_is_called_while_it_is_looked_at_says_where_to_go(open_kiosk: OpenKiosk) -> None:
    kiosk = await open_kiosk()
    slip = await a_slip(kiosk, "en")
    await scan(kiosk.page, link(slip))
    await kiosk.says("#slip-says", "You are first in the line")

    await kiosk.clinic.services.queue.calling.call_next("1", by=PROGRAM)

    await kiosk.says("#slip-says", "Please go to room 1")
    await expect(kiosk.page.locator("[data-slip-act=give-up]")).to_be_hidden()


async def test_the_room_has_its_name_in_the_language_of_the_slip(open_kiosk: OpenKiosk, screenshot: Screenshot) -> None:
    kiosk = await open_kiosk()
    departments = kiosk.clinic.services.clinic.departments
    [room] = [one for one in await departments.rooms() if one["code"] == "1"]
    names = {"en": "Pharmacy window", "hi": "दवा की खिड़की"}
    named = {"code": "1", "department": room["department"], "names": names}
    await departments.save_room(room["id"], named, None, by=SYSTEM)
    slip = await a_slip(kiosk, "hi")
    await kiosk.clinic.services.queue.calling.call_next("1", by=PROGRAM)

    await scan(kiosk.page, link(slip))

    await kiosk.says("#slip-says", in_hindi("Please go to: %(place)s", place=names["hi"]))
    await screenshot(kiosk.page, "kiosk-7-slip-named-room")


async def test_codes_that_are_no_slips_of_this_clinic_are_told_and_press_nothing(open_kiosk: OpenKiosk) -> None:
    kiosk = await open_kiosk(may_fail=True)
    for code in ("http://elsewhere.test/t/" + "x" * 24, "8901234567890", "http://queue.test/t/abc"):
        await kiosk.page.focus("[data-language=hi]")

        await scan(kiosk.page, code)

        await kiosk.says("#notice-words", UNKNOWN)
        await kiosk.sees("home")
        await kiosk.page.click("#notice-ok")
    assert await kiosk.clinic.numbers() == []


async def test_the_screens_own_camera_reads_a_slip_and_rests_afterwards(open_kiosk: OpenKiosk) -> None:
    kiosk = await open_kiosk(before=CAMERA)
    slip = await a_slip(kiosk, "en")
    await kiosk.speak("en")
    await kiosk.page.click("#have-slip")
    await kiosk.says("#scan-words", "Hold the code on your slip or phone in front of the camera.")

    await kiosk.page.evaluate("(code) => { window.held = code; }", link(slip))

    await kiosk.sees("slip")
    await kiosk.says("#slip-number", "G-001")
    assert await kiosk.page.evaluate("window.stream.getTracks().map((track) => track.readyState)") == ["ended"]


async def test_without_a_camera_the_screen_says_what_else_there_is(
    open_kiosk: OpenKiosk, screenshot: Screenshot
) -> None:
    kiosk = await open_kiosk(with_clock=True)
    await kiosk.page.click("[data-language=en]")
    await kiosk.pass_time(2)
    await screenshot(kiosk.page, "kiosk-7-departments")

    await kiosk.page.click("#have-slip")
    await kiosk.pass_time(2)

    await expect(kiosk.page.locator("#scan-words")).to_contain_text("If there is no scanner, ask at the desk.")
    await screenshot(kiosk.page, "kiosk-7-scan")
    await kiosk.pass_time(62)
    await kiosk.sees("home")


async def test_a_missed_slip_fits_every_kiosk(open_kiosk: OpenKiosk, screenshot: Screenshot) -> None:
    kiosk, wrong = await open_kiosk(), list[str]()
    clinic, page = kiosk.clinic.services.clinic, kiosk.page
    await clinic.settings.save({**await clinic.settings.read(), "languages": list(LANGUAGES)}, None, by=SYSTEM)
    await kiosk.open()
    for language in ("ta", "ur"):
        slip, calling = await a_slip(kiosk, language), kiosk.clinic.services.queue.calling
        await calling.call(slip.token_id, "1", by=PROGRAM)
        await calling.act(slip.token_id, Action.MISS, by=PROGRAM)
        await scan(page, link(slip))
        await kiosk.says("#slip-number", slip.number)
        for width, height in [(1080, 1920), (800, 480), (480, 800)]:
            await page.set_viewport_size({"width": width, "height": height})
            found = await misplaced(page, ".slip, .slip-deeds .button, .done")
            wrong += [f"{language} {width}×{height}: {one}" for one in found]
            await screenshot(page, f"kiosk-7-slip-{language}-{width}")

    assert wrong == []


async def test_whoever_took_a_number_at_home_says_to_be_here_with_its_code(
    open_kiosk: OpenKiosk, screenshot: Screenshot
) -> None:
    kiosk = await open_kiosk()
    services = kiosk.clinic.services
    await services.clinic.departments.change("GEN", {"must_arrive": True}, by=SYSTEM)
    asked = IssueRequest("GEN", language="hi", is_here=False)
    home = await services.queue.issuing.issue(asked, by=KIOSK)

    await scan(kiosk.page, link(home))
    await kiosk.sees("slip")
    await kiosk.says("#slip-more", in_hindi("Are you here now? Press the button."))
    await screenshot(kiosk.page, "kiosk-7-slip-not-here")
    await kiosk.page.locator("[data-slip-act=arrive]").click()

    await kiosk.says("#slip-more", in_hindi("No doctor is here now."))
    await expect(kiosk.page.locator("[data-slip-act=arrive]")).to_be_hidden()
    called = await services.queue.calling.call_next("1", by=PROGRAM)
    assert called is not None
    assert called.number == home.number
