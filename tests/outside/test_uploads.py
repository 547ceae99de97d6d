"""A file on its way through a proxy, a firewall or a network's login page, each of which may answer in our place."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import expect

from tests.browser.conftest import PageFactory
from tests.browser.consoles import ConsoleClinic, a_console_clinic, in_room, press
from tests.inspecting.corpus import a_picture
from tests.outside.moods import Mood, a_proxy

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

#: What answers, and what the doctor reads of it.
IN_BETWEEN = {
    Mood.TOO_LARGE: "A proxy in front of the server does not accept a file of this size (413).",
    Mood.UNAUTHORISED: "Something in front of the server has answered instead (401)",
    Mood.FORBIDDEN: "Something in front of the server has answered instead (403)",
    Mood.BAD_GATEWAY: "The server does not answer at the moment (502). Please send the file again",
    Mood.GATEWAY_TIMEOUT: "The server does not answer at the moment (504).",
    Mood.PORTAL: "Something in front of the server has answered instead (200)",
}
#: More than fits into the buffers on the way, so that the answer comes while the file is still being sent.
LARGE = 6_000_000


@pytest_asyncio.fixture(loop_scope="session")
async def clinic(tmp_path: Path, page_factory: PageFactory) -> AsyncIterator[ConsoleClinic]:
    """A doctor with a console."""
    async with a_console_clinic(tmp_path, page_factory) as made:
        yield made


async def test_what_answers_in_the_servers_place_is_told_as_what_it_is(clinic: ConsoleClinic, tmp_path: Path) -> None:
    console = await clinic.console(may_fail=True)
    await clinic.issue()
    await clinic.services.queue.calling.call_next("7", by=clinic.doctors[0])
    file, large = tmp_path / "report.png", tmp_path / "large.png"
    file.write_bytes(a_picture("PNG"))
    large.write_bytes(file.read_bytes() + bytes(LARGE))
    async with a_proxy(clinic.served.settings.port) as proxy:
        # Cookies know no ports: the doctor is logged in here too.
        await console.goto(f"{proxy.url}/doctor/7")
        await in_room(console, "P-001")
        await press(console, "v")
        words = console.locator(".upload .upload-words")
        for count, (mood, sentence) in enumerate(IN_BETWEEN.items(), 1):
            proxy.mood = mood
            await console.locator("#choose-files").set_input_files(large)
            await expect(words).to_have_count(count)
            await expect(words.last).to_contain_text(sentence)
        proxy.mood = Mood.PASS
        await console.locator("#choose-files").set_input_files(file)

        await expect(console.locator(".upload[data-state=done]")).to_have_count(1)
        await expect(console.locator(".upload[data-state=failed]")).to_have_count(len(IN_BETWEEN))
        await console.context.close()
