"""The kiosk after the number: what it says of the slip, and how it gets ready for the next patient."""

import pytest
from playwright.async_api import expect

from queue_server.storage.tables import PrintState
from tests.browser.conftest import Screenshot
from tests.browser.kiosks import OpenKiosk, in_hindi
from tests.browser.scanners import scan

pytestmark = pytest.mark.browser


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


async def test_what_somebody_was_told_on_the_first_screen_does_not_stay_for_the_next(open_kiosk: OpenKiosk) -> None:
    kiosk = await open_kiosk(with_clock=True, may_fail=True)
    notice = kiosk.page.locator("#notice")
    await scan(kiosk.page, "8901234567890")
    await expect(notice).to_be_visible()

    await kiosk.pass_time(62)

    await expect(notice).to_be_hidden()
    await expect(kiosk.page.locator("#idle")).to_be_hidden()
    # Once it was read, nobody is asked whether they are still there.
    await scan(kiosk.page, "8901234567890")
    await expect(notice).to_be_visible()
    await kiosk.page.click("#notice-ok")
    await kiosk.pass_time(45)
    await expect(kiosk.page.locator("#idle")).to_be_hidden()
    await kiosk.sees("home")


async def test_a_number_goes_by_itself_sooner_with_a_slip_than_without(open_kiosk: OpenKiosk) -> None:
    kiosk = await open_kiosk(with_clock=True)
    await kiosk.take()
    await kiosk.report(PrintState.PRINTED)
    await kiosk.says("#paper-words", "Please take your slip")
    await kiosk.pass_time(22)
    await kiosk.sees("token")
    await kiosk.pass_time(5)
    await kiosk.sees("home")
    assert "G-001" not in await kiosk.page.inner_text("#screens")
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
