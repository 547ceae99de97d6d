"""Writing at the console: a prescription in seconds, drafts that survive, certificates."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest_asyncio
from playwright.async_api import Page, expect

from queue_server.domain.records.prescribing import TypedLine
from queue_server.domain.records.records import RecordKind
from queue_server.services.records.drafts import content_of
from tests.browser.conftest import PageFactory, Screenshot
from tests.browser.consoles import ConsoleClinic, a_console_clinic, in_room, press

FAVOURITES = (
    TypedLine("Paracetamol", "tablet", "500 mg", "1-1-1", "after", "3"),
    TypedLine("Cetirizine", "tablet", "10 mg", "0-0-1", "any", "5"),
    TypedLine("Pantoprazole", "tablet", "40 mg", "1-0-0", "before", "7"),
)

COUNT_PRESSES = """() => {
  window.presses = 0;
  document.addEventListener("keydown", (event) => { if (!event.repeat) window.presses += 1; }, true);
}"""


@pytest_asyncio.fixture(loop_scope="session")
async def clinic(tmp_path: Path, page_factory: PageFactory) -> AsyncIterator[ConsoleClinic]:
    """The first doctor has three favourites; two patients wait."""
    async with a_console_clinic(tmp_path, page_factory) as made:
        for line in FAVOURITES:
            await made.services.records.favourites.add(line, by=made.doctors[0])
        for _ in range(2):
            await made.issue()
        yield made


async def with_a_patient(clinic: ConsoleClinic, **options: Any) -> Page:
    """The first doctor's console, with P-001 in the room."""
    page = await clinic.console(**options)
    await press(page, "n")
    await in_room(page, "P-001")
    return page


async def saved(page: Page) -> None:
    """The server has what was typed."""
    await expect(page.locator("#writing-state[data-state=saved]")).to_have_text("Draft saved")


async def test_three_medicines_from_favourites_are_signed_with_few_keys(
    clinic: ConsoleClinic, screenshot: Screenshot
) -> None:
    page = await with_a_patient(clinic)
    await page.evaluate(COUNT_PRESSES)

    await page.keyboard.press("p")
    await expect(page.locator("#rx-found .found[data-kind=favourite]")).to_have_count(3)
    await expect(page.locator("#rx-found .found .key")).to_have_text(list("123456789"))
    for digit in "123":
        await page.keyboard.press(digit)
    await expect(page.locator("[data-words]").last).to_have_text("1 in the morning")
    await screenshot(page, "prescription")
    await page.keyboard.press("Control+Enter")
    await expect(page.locator("#sign-lines li")).to_have_count(3)
    await expect(page.locator("#sign-missing-words")).to_contain_text("name and your registration number are missing")
    await expect(page.locator("#field-sign-name")).to_be_focused()
    await screenshot(page, "sign-missing")
    await page.keyboard.press("Enter")
    await expect(page.locator("#sign-missing-words")).to_contain_text("Press once more to sign without it")
    await page.keyboard.press("Enter")

    await expect(page.locator("#writing-signed .signed-name")).to_contain_text("Prescription")
    assert await page.evaluate("window.presses") <= 12
    paper = await page.request.get(clinic.url + str(await page.locator("#writing-signed a").get_attribute("href")))
    assert (await paper.body()).startswith(b"%PDF")
    assert len(await paper.body()) <= 60_000
    await page.keyboard.press("n")
    await in_room(page, "P-002")
    await expect(page.locator("#writing-patient")).to_have_value("2")


async def test_a_searched_medicine_is_typed_without_a_mouse_and_an_unknown_one_is_marked(clinic: ConsoleClinic) -> None:
    page = await with_a_patient(clinic)
    await page.keyboard.press("p")
    await page.keyboard.type("iboprofen 400")
    await expect(page.locator("#rx-found .found").first).to_contain_text("Ibuprofen")
    await page.keyboard.press("Enter")
    for typed in ("101", "", "2w"):
        await page.keyboard.type(typed)
        await page.keyboard.press("Enter")
    await expect(page.locator("[data-field=quantity]")).to_have_attribute("placeholder", "28")

    await page.keyboard.type("tulsi leaf")
    await expect(page.locator("#rx-found .found[data-kind=free]")).to_be_visible()
    await page.locator("#rx-found .found[data-kind=free]").click()
    await page.keyboard.type("often")
    await page.keyboard.press("Control+Enter")

    fault = page.locator(".rx-line").nth(2).locator("[data-words]")
    await expect(fault).to_contain_text("Write the dose as 1-0-1")
    await expect(page.locator("#sign-dialog")).to_be_hidden()
    await page.locator("[data-field=dose]").last.fill("2 sos")
    await expect(page.locator(".rx-unlisted").last).to_be_visible()


async def test_a_new_doctor_has_common_medicines_behind_the_digits_and_is_asked_for_what_is_missing(
    clinic: ConsoleClinic,
) -> None:
    for favourite in (await clinic.services.records.favourites.of(clinic.doctors[0]))["favourites"]:
        await clinic.services.records.favourites.remove(favourite["id"], by=clinic.doctors[0])
    page = await with_a_patient(clinic)

    await page.keyboard.press("p")
    await expect(page.locator("#rx-found .found[data-kind=suggested]")).to_have_count(9)
    await page.keyboard.press("1")
    await expect(page.locator("[data-field=dose]")).to_be_focused()
    for typed in ("1-0-1", "", "3"):
        await page.keyboard.type(typed)
        await page.keyboard.press("Enter")
    await page.keyboard.press("Control+Enter")
    await expect(page.locator("#field-sign-name")).to_be_focused()
    await page.keyboard.type("A. Walker")
    await page.keyboard.press("Tab")
    await page.keyboard.type("MCI 4711")
    await expect(page.locator("#sign-yes")).to_have_text("Sign")
    await page.keyboard.press("Enter")

    await expect(page.locator("#writing-signed .signed-name")).to_contain_text("Prescription")
    opened = await clinic.services.records.drafts.open(1, RecordKind.PRESCRIPTION, by=clinic.doctors[0])
    assert opened["registration"] == "MCI 4711"


async def test_a_draft_survives_a_reload_a_cut_line_and_another_window(clinic: ConsoleClinic) -> None:
    page = await with_a_patient(clinic, may_fail=True)
    await page.keyboard.press("p")
    await page.keyboard.press("1")
    await saved(page)

    await page.context.set_offline(True)
    await page.fill("#field-note", "Drink much.")
    await expect(page.locator("#writing-state")).to_have_attribute("data-state", "waiting")
    await page.context.set_offline(False)
    await saved(page)
    await page.reload()
    await in_room(page, "P-001")
    await page.keyboard.press("p")
    await expect(page.locator("#field-note")).to_have_value("Drink much.")

    drafts, doctor = clinic.services.records.drafts, clinic.doctors[0]
    opened = await drafts.open(1, RecordKind.PRESCRIPTION, by=doctor)
    other = opened["draft"]["content"] | {"note": "From elsewhere."}
    content = content_of(RecordKind.PRESCRIPTION, other)
    await drafts.save(1, RecordKind.PRESCRIPTION, opened["draft"]["edit"], content, by=doctor)
    await page.fill("#field-note", "From here.")
    await expect(page.locator("#writing-conflict")).to_be_visible()
    await page.click("#writing-mine")
    await saved(page)
    assert (await drafts.open(1, RecordKind.PRESCRIPTION, by=doctor))["draft"]["content"]["note"] == "From here."


async def test_an_unfinished_paper_stays_with_its_patient_when_the_next_comes(clinic: ConsoleClinic) -> None:
    page = await with_a_patient(clinic)
    await page.keyboard.press("p")
    await page.keyboard.press("1")
    await saved(page)

    await expect(page.locator("[aria-busy=true]")).to_have_count(0)
    await page.locator("#primary").click()
    await page.get_by_role("button", name="Was seen").click()
    await in_room(page, "P-002")

    await expect(page.locator("#writing-warning")).to_contain_text("This is for P-001. In the room is P-002 now.")
    await expect(page.locator("#writing-patient")).to_have_value("1")
    await page.keyboard.press("Escape")
    await page.keyboard.press("p")
    await expect(page.locator("#writing-patient")).to_have_value("2")
    await expect(page.locator("#writing-patient option", has_text="P-001 · not signed")).to_have_count(1)


async def test_a_certificate_shows_what_it_will_say_and_is_corrected_as_a_new_version(
    clinic: ConsoleClinic, screenshot: Screenshot
) -> None:
    page = await with_a_patient(clinic, may_fail=True)
    await page.keyboard.press("f")
    await expect(page.locator("#writing-patient")).to_have_value("1")
    await page.fill("#field-person-name", "A. Walker")
    await page.fill("#field-certificate-remarks", "Rest at home.")
    await expect(page.locator("#certificate-text")).to_contain_text("A. Walker")
    await screenshot(page, "certificate")

    await page.keyboard.press("Control+Enter")
    await expect(page.locator("#sign-text")).to_contain_text("Rest at home.")
    await page.fill("#field-sign-registration", "4711")
    await page.keyboard.press("Enter")
    await expect(page.locator("#writing-signed .signed-name")).to_contain_text("2026-0001")

    await page.get_by_role("button", name="Correct").click()
    await expect(page.locator("#writing-correction")).to_have_text("Corrects version 1")
    await expect(page.locator("#field-certificate-remarks")).to_have_value("Rest at home.")
    await page.fill("#field-certificate-to_date", "2036-01-01")
    await page.keyboard.press("Control+Enter")
    await expect(page.locator("#writing-fault")).to_contain_text("too far away")
