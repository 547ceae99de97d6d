"""Records in real browsers: a doctor hands files in, and the patient's open page has them at once."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Page, expect

from queue_server.domain.access.actors import Actor, ActorKind
from queue_server.domain.people.patients import CONSENT_VERSION
from queue_server.domain.people.staff import Role
from queue_server.services.people.patients import Consent, PersonForm
from tests.browser.checks import overflowing, poor_contrast
from tests.browser.conftest import PageFactory, Screenshot
from tests.browser.consoles import PASSWORD, ConsoleClinic, a_console_clinic, in_room, press
from tests.clinics import PHONE, PIN
from tests.inspecting.corpus import a_pdf, a_picture

pytestmark = pytest.mark.browser

DROP = """([name, bytes]) => {
  const files = new DataTransfer();
  files.items.add(new File([new Uint8Array(bytes)], name));
  document.body.dispatchEvent(new DragEvent("drop", {dataTransfer: files, bubbles: true, cancelable: true}));
}"""


@pytest_asyncio.fixture(loop_scope="session")
async def clinic(tmp_path: Path, page_factory: PageFactory) -> AsyncIterator[ConsoleClinic]:
    """Two doctors, each with a console."""
    async with a_console_clinic(tmp_path, page_factory) as made:
        yield made


async def a_phone(clinic: ConsoleClinic, page_factory: PageFactory, language: str = "en") -> Page:
    """The phone of a registered patient, who is called to room 7, with the medical history open."""
    patients = clinic.services.people.patients
    person = PersonForm("Asha Devi", "34", "female", language)
    opened = await patients.register(PHONE, PIN, person, Consent(CONSENT_VERSION), cost=4)
    login = await patients.who(opened.secret)
    assert login is not None
    assert login.patient is not None
    token = await clinic.services.screens.own_tokens.take(login.patient, "PED")
    await clinic.services.queue.calling.call(token.token_id, "7", by=Actor(ActorKind.DOCTOR, clinic.doctors[0].id))
    page = await page_factory(width=390, height=844)
    clinic.pages.append(page)
    await page.context.add_cookies([{"name": "queue_patient", "value": opened.secret, "url": clinic.url}])
    await page.goto(f"{clinic.url}/me/history?lang={language}")
    return page


async def test_files_that_the_doctor_hands_in_are_on_the_phone_at_once(
    clinic: ConsoleClinic, page_factory: PageFactory, screenshot: Screenshot, tmp_path: Path
) -> None:
    console = await clinic.console(may_fail=True)  # one file is refused, which the browser writes down
    phone = await a_phone(clinic, page_factory)
    await in_room(console, "P-001")
    (tmp_path / "X-ray of the hand.png").write_bytes(a_picture("PNG", (800, 600)))
    (tmp_path / "page.pdf").write_bytes(b"<html>")

    await press(console, "v")
    await expect(console.locator("#history-person")).to_have_text("Asha Devi, 34 years")
    files = [tmp_path / "X-ray of the hand.png", tmp_path / "page.pdf"]
    await console.locator("#choose-files").set_input_files(files)

    await expect(console.locator(".upload[data-state=done]")).to_have_count(1)
    await expect(console.locator(".upload[data-state=failed] .upload-words")).to_contain_text(
        "not a PDF, JPEG, HEIC or PNG"
    )
    await expect(console.locator("#history-documents li")).to_have_count(1)
    await expect(phone.locator(".document")).to_have_count(1)
    await expect(phone.locator("#new-document")).to_be_visible()
    await screenshot(console, "console-records")

    await console.keyboard.press("Escape")
    await console.evaluate(DROP, ["Blood test.pdf", list(a_pdf())])
    await expect(phone.locator(".document")).to_have_count(2)
    assert await overflowing(phone) == []
    assert await poor_contrast(phone) == []
    await screenshot(phone, "patient-history", full_page=True)

    await phone.locator(".document-open").first.click()
    await phone.wait_for_function("document.images[0]?.naturalWidth > 0")
    size = await phone.evaluate("[document.images[0].naturalWidth, document.images[0].naturalHeight]")
    assert size == [800, 600]


async def test_the_history_reads_in_hindi_and_without_script(
    clinic: ConsoleClinic, page_factory: PageFactory, screenshot: Screenshot
) -> None:
    phone = await a_phone(clinic, page_factory, "hi")

    await expect(phone.locator("h1")).to_have_text("इलाज का रिकॉर्ड")
    await screenshot(phone, "patient-history-hi", full_page=True)
    await phone.goto(f"{clinic.url}/me/history/readers")
    await expect(phone.locator(".read")).to_have_count(1)
    await screenshot(phone, "patient-readers-hi", full_page=True)
    assert await overflowing(phone) == []
    await phone.goto(f"{clinic.url}/me/leave")
    await screenshot(phone, "patient-leave-hi", full_page=True)
    assert await overflowing(phone) == []


async def test_the_administration_states_a_reason(
    clinic: ConsoleClinic, page_factory: PageFactory, screenshot: Screenshot
) -> None:
    await a_phone(clinic, page_factory)
    await clinic.services.people.accounts.create("boss", PASSWORD, Role.ADMIN, "Administrator", cost=4)
    page = await clinic.log_in("boss", "/admin/records")

    await page.fill("[name=sought]", "P-001")
    await page.keyboard.press("Enter")
    await page.get_by_role("link", name="Asha Devi").click()
    await page.fill("[name=reason]", "Insurance asks for a copy")
    await screenshot(page, "admin-record-reason")
    await page.keyboard.press("Enter")
    await expect(page.locator("main h1")).to_have_text("Asha Devi")
    await screenshot(page, "admin-record")
    await page.goto(f"{clinic.url}/admin/retention")
    await screenshot(page, "admin-retention", full_page=True)
    assert await overflowing(page) == []
    assert await poor_contrast(page) == []
