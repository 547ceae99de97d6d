"""The kiosk: a number that was just given is kept in the account of the patient's phone."""

import pytest
from playwright.async_api import expect

from queue_server.domain.people.patients import CONSENT_VERSION
from queue_server.services.people.patients import Consent, PatientLogin, PersonForm
from tests.browser.conftest import Screenshot
from tests.browser.kiosks import Kiosk, OpenKiosk, in_hindi
from tests.clinics import PIN

pytestmark = pytest.mark.browser

PHONE = "9812345678"


async def register(kiosk: Kiosk, *names: str) -> PatientLogin:
    """These patients share the phone."""
    patients = kiosk.clinic.services.people.patients
    for name in names:
        opened = await patients.register(PHONE, PIN, PersonForm(name, "40"), Consent(CONSENT_VERSION), cost=4)
    login = await patients.who(opened.secret)
    assert login is not None
    return login


async def press(kiosk: Kiosk, characters: str) -> None:
    """Touch these keys of the pad, one after the other."""
    for character in characters:
        await kiosk.page.click(f"[data-key='{character}']")


#: The parts of the screen that lie on one another.
LAID_OVER = """
() => {
  const parts = [...document.querySelectorAll("#keep-title, #keep-label, #keep-typed, #keys .key, #keep-next")];
  const boxes = parts.map((part) => part.getBoundingClientRect());
  return parts.flatMap((part, i) => parts.slice(i + 1).filter((_, j) => {
    const [a, b] = [boxes[i], boxes[i + 1 + j]];
    return a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 1 && b.top < a.bottom - 1;
  }).map((other) => `${part.id || part.dataset.key} and ${other.id || other.dataset.key}`));
}
"""


async def crowded(kiosk: Kiosk) -> list[str]:
    """What does not have its own place on the pad's screen, in small and large sizes."""
    found, usual = list[str](), kiosk.page.viewport_size
    for width, height in [(800, 480), (480, 800), (1024, 600), (1920, 1080)]:
        await kiosk.page.set_viewport_size({"width": width, "height": height})
        wrong = [*await kiosk.outside(), *await kiosk.page.evaluate(LAID_OVER)]
        found += [f"{width}×{height}: {one}" for one in wrong]
    assert usual is not None
    await kiosk.page.set_viewport_size(usual)
    return found


async def kept(kiosk: Kiosk, login: PatientLogin) -> list[list[str]]:
    """Each patient's numbers of today."""
    visits = kiosk.clinic.services.screens.own_tokens
    return [[token["number"] for token in await visits.today(patient)] for patient in login.family]


async def test_phone_number_and_pin_say_whose_the_number_is(open_kiosk: OpenKiosk, screenshot: Screenshot) -> None:
    kiosk = await open_kiosk(may_fail=True)
    family = await register(kiosk, "Asha", "Ravi")
    await kiosk.take("hi")
    await screenshot(kiosk.page, "kiosk-5-token-with-account")

    await kiosk.page.click("#keep")
    await kiosk.sees("keep")
    await press(kiosk, PHONE)
    await screenshot(kiosk.page, "kiosk-5-keep-phone")
    assert await crowded(kiosk) == []
    await kiosk.page.click("#keep-next")
    await press(kiosk, "111111")
    await kiosk.page.click("#keep-next")
    await expect(kiosk.page.locator("#keep-wrong")).not_to_be_empty()
    await press(kiosk, PIN)
    await screenshot(kiosk.page, "kiosk-5-keep-pin")
    await kiosk.page.click("#keep-next")
    await kiosk.says("#keep-label", in_hindi("Who is the visit for?"))
    await screenshot(kiosk.page, "kiosk-5-keep-who")
    await kiosk.page.click("#people >> text=Ravi")

    await kiosk.sees("token")
    await expect(kiosk.page.locator("#kept")).to_be_visible()
    await expect(kiosk.page.locator("#keep")).to_be_hidden()
    assert await kept(kiosk, family) == [[], ["G-001"]]
    await kiosk.page.click("#done")
    await kiosk.sees("home")
    assert PHONE not in await kiosk.page.content()


async def test_a_scanner_reads_the_phones_code(open_kiosk: OpenKiosk) -> None:
    kiosk = await open_kiosk()
    login = await register(kiosk, "Asha")
    code = await kiosk.clinic.services.records.attaching.new_code(login.family[0])
    await kiosk.take()

    await kiosk.page.keyboard.type(code)
    await kiosk.page.keyboard.press("Enter")

    await expect(kiosk.page.locator("#kept")).to_be_visible()
    assert await kept(kiosk, login) == [["G-001"]]


async def test_a_code_that_is_too_old_is_told_and_changes_nothing(open_kiosk: OpenKiosk) -> None:
    kiosk = await open_kiosk(may_fail=True)
    login = await register(kiosk, "Asha")
    await kiosk.take()

    await kiosk.page.keyboard.type("ABCDEFGH")
    await kiosk.page.keyboard.press("Enter")

    await expect(kiosk.page.locator("#notice-words")).to_contain_text("already used or has expired")
    assert await kept(kiosk, login) == [[]]
