"""Somebody reads a word into the browser, and the display speaks with it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import expect

from queue_server.domain.people.staff import Role
from queue_server.domain.voice.levelling import TARGET_LUFS
from queue_server.domain.voice.loudness import loudness
from queue_server.domain.voice.recordings import RATE
from queue_server.domain.voice.wav import read_wav
from tests.browser.accessibility import violations
from tests.browser.checks import overflowing
from tests.browser.conftest import PageFactory, Screenshot
from tests.browser.display_pages import FULL_HD
from tests.browser.hearing import taken, tap
from tests.browser.server import ServedClinic, a_served_clinic
from tests.waiting import take_time, until

pytestmark = pytest.mark.browser
PASSWORD = "correct horse"
SENTENCE = "This is how this screen sounds"


@pytest_asyncio.fixture(loop_scope="session")
async def clinic(tmp_path: Path) -> AsyncIterator[ServedClinic]:
    """A clinic whose display speaks English."""
    async with a_served_clinic(tmp_path, languages=["en"], volume=100) as served:
        await served.services.people.accounts.create("boss", PASSWORD, Role.ADMIN, "Boss", cost=4)
        yield served


async def test_a_word_that_is_read_is_kept_levelled_and_the_display_speaks_with_it(
    clinic: ServedClinic, page_factory: PageFactory, screenshot: Screenshot
) -> None:
    display, admin = await page_factory(**FULL_HD, bypass_csp=True), await page_factory()
    await tap(display)
    await clinic.enrol(display, clinic.display_key)
    await display.goto(f"{clinic.url}/display/main")
    await display.wait_for_selector("[data-tapped]")
    await admin.goto(f"{clinic.url}/login?next=/admin/voice")
    await admin.fill("[name=login]", "boss")
    await admin.fill("[name=password]", PASSWORD)
    await admin.keyboard.press("Enter")
    await admin.wait_for_url(f"{clinic.url}/admin/voice")
    assert await violations(admin) == []
    assert await overflowing(admin) == []
    await screenshot(admin, "admin-voice", full_page=True)

    # Chromium's microphone beeps twice a second.
    await admin.click(f"[data-word='{SENTENCE}'] .voice-text")
    await admin.click("#record")
    await expect(admin.locator("#record")).to_have_attribute("aria-pressed", "true")
    await expect(admin.locator("#level")).not_to_have_js_property("value", 0)
    await take_time(1.2)
    await admin.click("#record")
    await admin.wait_for_selector(f"[data-word='{SENTENCE}'][data-recorded=yes]")

    voices = clinic.services.clinic.voices
    kept = read_wav((await voices.bundle("en")).clips[SENTENCE])
    assert kept is not None
    assert kept.rate == RATE
    assert await voices.recorded() == {("en", SENTENCE)}

    await admin.goto(f"{clinic.url}/admin/devices")
    await admin.click("text=Let it speak")
    heard = await taken(display)

    async def is_told() -> bool:
        devices = await clinic.services.devices.registry.all()
        return any(one.sound == "sounds" and one.sound_at is not None for one in devices)

    async def has_spoken() -> bool:
        nonlocal heard
        more = await taken(display)
        heard = type(heard)(heard.samples + more.samples, more.rate)
        # Beeps have silences between them; the chime is before them.
        return sum(part.seconds for part in heard.sounding(gap_s=1)) > 1.5 + kept.seconds

    await until(has_spoken, within_s=30)
    await until(is_told, within_s=30)
    (all_of_it,) = heard.sounding(gap_s=1)
    own = all_of_it.samples[-int(kept.seconds * heard.rate) :]
    assert loudness(own, heard.rate) == pytest.approx(TARGET_LUFS, abs=3)
    await admin.reload()
    await expect(admin.locator("[data-sound=sounds]")).to_be_visible()
