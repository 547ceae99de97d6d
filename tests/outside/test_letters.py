"""E-mail as large providers want it: seven bits, a date with a zone, and one press that stops it (RFC 8058)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest

from queue_server.alerts.smtp import EmailDriver, letter
from queue_server.domain.access.actors import PATIENT
from queue_server.domain.alerts.alerts import AlertKind, Channel, Holder, Message, Sent
from tests.alerting import RememberingDriver
from tests.alerts.gateways import a_mail_server
from tests.running import Running, a_browser, a_running_clinic

TO = "asha@mail.example"
STOP = "https://queue.example/alerts/stop/4f4f"
TEXTS = {
    "en": "G-012: please come to room 3 now.",
    "hi": "G-012: कृपया अभी कमरा 3 में आएँ। " * 40,
    "ur": "G-012: براہ کرم کمرہ 3 میں آئیں۔",
    "long": "x" * 3000,
}


def a_message(text: str = "Come", **data: object) -> Message:
    return Message("4f" * 16, AlertKind.CALLED, TO, "क्लिनिक: G-012", f"{text}\n", "hi", data)


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
async def test_a_letter_goes_out_in_seven_bits_and_short_lines_and_reads_as_it_was_written(text: str) -> None:
    async with a_mail_server() as server:
        driver = EmailDriver("127.0.0.1", server.port, "queue@clinic.example", security="none")
        assert isinstance(await driver.send(a_message(text)), Sent)

    [wire] = server.contents
    assert wire.isascii()
    assert max(len(line) for line in wire.split(b"\r\n")) <= 998
    assert b"\n" not in wire.replace(b"\r\n", b"")
    arrived = message_from_bytes(wire, policy=default)
    assert arrived["Content-Transfer-Encoding"] != "8bit"
    assert arrived.get_content().rstrip() == text.rstrip()
    assert arrived["Subject"] == "क्लिनिक: G-012"


def test_the_date_is_now_and_names_its_zone() -> None:
    made = letter(a_message(), "queue@clinic.example")

    assert made["Date"].endswith("+0000")
    assert abs(made["Date"].datetime - datetime.now(UTC)) < timedelta(minutes=1)


def test_a_letter_names_the_address_that_stops_it() -> None:
    made = letter(a_message(stop=STOP), "queue@clinic.example")
    arrived = message_from_bytes(made.as_bytes(), policy=default)

    assert arrived["List-Unsubscribe"] == f"<{STOP}>"
    assert arrived["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_one_press_is_promised_over_https_only() -> None:
    made = letter(a_message(stop=STOP.replace("https", "http")), "queue@clinic.example")

    assert made["List-Unsubscribe"] is not None
    assert made["List-Unsubscribe-Post"] is None


def test_what_nobody_has_chosen_cannot_be_stopped() -> None:
    assert letter(a_message(), "queue@clinic.example")["List-Unsubscribe"] is None


@pytest.fixture
def email() -> RememberingDriver:
    """The mail server."""
    return RememberingDriver(Channel.EMAIL)


@pytest.fixture
async def running(tmp_path: Path, email: RememberingDriver) -> AsyncIterator[Running]:
    """A served clinic that sends e-mail."""
    async with a_running_clinic(f"sqlite:///{tmp_path}/queue.db", tmp_path, [email]) as made:
        yield made


async def reminded(running: Running, email: RememberingDriver) -> tuple[Holder, str]:
    """Somebody who was called and told by e-mail, and the path that stops it."""
    holder = Holder(token_id=(await running.issue())["id"])
    await running.services.alerts.preferences.agree(holder, Channel.EMAIL, TO, by=PATIENT)
    await running.call_next()
    async with asyncio.timeout(60):
        await email.was_given.wait()
    return holder, "/alerts/stop/" + str(email.given[0].data["stop"]).rsplit("/", 1)[1]


async def test_a_provider_stops_the_letters_with_one_request_and_no_login(
    running: Running, email: RememberingDriver
) -> None:
    holder, path = await reminded(running, email)

    async with a_browser(running.url) as provider:
        answer = await provider.post(path, data={"List-Unsubscribe": "One-Click"})
        again = await provider.post(path, data={"List-Unsubscribe": "One-Click"})

    assert (answer.status_code, again.status_code) == (200, 200)
    assert await running.services.alerts.preferences.addresses(holder) == []


async def test_looking_at_the_address_stops_nothing(running: Running, email: RememberingDriver) -> None:
    holder, path = await reminded(running, email)

    page = await running.anonymous.get(path, headers={"Accept": "text/html"})

    assert 'method="post"' in page.text
    assert len(await running.services.alerts.preferences.addresses(holder)) == 1


async def test_an_address_of_no_letter_is_not_found(running: Running) -> None:
    for method in ("GET", "POST"):
        assert (await running.anonymous.request(method, "/alerts/stop/nothing")).status_code == 404
