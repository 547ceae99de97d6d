"""A file on its way through a proxy, a firewall or a network's login page, each of which may answer in our place."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Route, expect

from tests.browser.conftest import PageFactory
from tests.browser.consoles import ConsoleClinic, a_console_clinic, in_room, press
from tests.inspecting.corpus import a_picture

pytestmark = pytest.mark.browser

#: What answers, and what the doctor reads of it.
IN_BETWEEN = {
    413: "A proxy in front of the server does not accept a file of this size (413).",
    401: "Something in front of the server has answered instead (401)",
    403: "Something in front of the server has answered instead (403)",
    502: "The server does not answer at the moment (502). Please send the file again",
    504: "The server does not answer at the moment (504).",
    200: "Something in front of the server has answered instead (200)",
}


@pytest_asyncio.fixture(loop_scope="session")
async def clinic(tmp_path: Path, page_factory: PageFactory) -> AsyncIterator[ConsoleClinic]:
    """A doctor with a console."""
    async with a_console_clinic(tmp_path, page_factory) as made:
        yield made


async def test_what_answers_in_the_servers_place_is_told_as_what_it_is(clinic: ConsoleClinic, tmp_path: Path) -> None:
    console = await clinic.console(may_fail=True)
    await clinic.issue()
    await clinic.services.queue.calling.call_next("7", by=clinic.doctors[0])
    await in_room(console, "P-001")
    file = tmp_path / "report.png"
    file.write_bytes(a_picture("PNG"))
    answers = iter(IN_BETWEEN)

    async def answer(route: Route) -> None:
        status = next(answers, None)
        if status is None:
            await route.continue_()
        else:
            await route.fulfill(status=status, content_type="text/html", body="<html><h1>nginx</h1></html>")

    await console.route("**/documents", answer)
    await press(console, "v")
    words = console.locator(".upload .upload-words")
    for count, sentence in enumerate(IN_BETWEEN.values(), 1):
        await console.locator("#choose-files").set_input_files(file)
        await expect(words).to_have_count(count)
        await expect(words.last).to_contain_text(sentence)
    await console.locator("#choose-files").set_input_files(file)

    await expect(console.locator(".upload[data-state=done]")).to_have_count(1)
    await expect(console.locator(".upload[data-state=failed]")).to_have_count(len(IN_BETWEEN))
