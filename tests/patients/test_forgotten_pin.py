"""A forgotten PIN and own logins, over HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from queue_server.domain.alerts.alerts import Channel, Message, Outcome, Sent
from queue_server.web.limits import REGISTRATIONS, WRONG_PINS
from tests.clinics import PHONE, PIN
from tests.patients.conftest import Phone
from tests.patients.sending import ASHA, log_in, register
from tests.running import Running, a_running_clinic

pytestmark = pytest.mark.usefixtures("quick_hashes")

NEW = "161803"


class Postbox:
    """An SMS gateway that keeps what it is given."""

    channel = Channel.SMS
    is_repeatable = True

    def __init__(self) -> None:
        self.messages: list[Message] = []

    async def send(self, message: Message) -> Outcome:
        self.messages.append(message)
        return Sent()


@pytest.fixture
def postbox() -> Postbox:
    return Postbox()


@pytest.fixture
async def running(tmp_path: Path, postbox: Postbox) -> AsyncIterator[Running]:
    """The clinic on SQLite, served on loopback, with an SMS gateway."""
    async with a_running_clinic(f"sqlite:///{tmp_path}/queue.db", tmp_path, [postbox]) as served:
        yield served


async def newest_code(running: Running) -> str:
    async with running.services.store.reading() as connection:
        text = (await connection.exec_driver_sql("SELECT data FROM outbox ORDER BY id DESC")).scalar_one()
    return str(text)[-8:-2]


async def test_a_code_opens_the_way_to_a_new_pin(running: Running, phone: Phone) -> None:
    mine = await phone()
    await register(mine)
    await mine.post("/me/logout")
    assert "/me/pin/forgotten" in (await mine.get("/me/login")).text

    asked = await mine.post("/me/pin/forgotten", data={"phone": PHONE})
    code = await newest_code(running)
    wrong = await mine.post("/me/pin/code", data={"phone": PHONE, "code": "nothing", "pin": NEW})
    answer = await mine.post("/me/pin/code", data={"phone": PHONE, "code": code, "pin": NEW})

    assert (asked.status_code, code in asked.text) == (200, False)
    assert (wrong.status_code, "wrong or has expired" in wrong.text) == (422, True)
    assert answer.headers["location"] == "/me/login?pin=new"
    assert "new PIN is saved" in (await mine.get("/me/login?pin=new")).text
    assert [(await log_in(await phone(), pin)).status_code for pin in (PIN, NEW)] == [401, 303]


async def test_the_answers_do_not_tell_who_is_registered(phone: Phone) -> None:
    await register(await phone())

    answers = []
    for number in (PHONE, "081234 56780"):
        stranger = await phone()
        said = [await stranger.post("/me/pin/forgotten", data={"phone": number}) for _ in range(4)]
        said += [await stranger.post("/me/pin/code", data={"phone": number, "code": "000001", "pin": NEW})]
        answers.append([(one.status_code, one.text.replace(number, "…")) for one in said])

    assert answers[0] == answers[1]
    assert [status for status, _ in answers[0]] == [200, 200, 200, 429, 422]


async def test_too_many_wrong_pins_from_one_address_wait_and_the_owners_browser_does_not(
    running: Running, phone: Phone
) -> None:
    mine, stranger = await phone(), await phone()
    await register(mine)
    await mine.post("/me/logout")
    for _ in range(WRONG_PINS.amount - 1):
        running.limits.count(WRONG_PINS, "pin", "127.0.0.1")
    assert (await log_in(stranger, "314159", "+919876500001")).status_code == 401

    refused = await log_in(stranger, "314159", "+919876500999")

    assert refused.status_code == 429
    assert int(refused.headers["retry-after"]) > 0
    assert "Too many tries" in refused.text
    assert (await log_in(mine)).status_code == 303


async def test_registrations_from_one_address_are_limited_too(running: Running, phone: Phone) -> None:
    stranger = await phone()

    for _ in range(REGISTRATIONS.amount - 1):
        running.limits.count(REGISTRATIONS, "patients", "127.0.0.1")

    answers = [(await register(stranger, pin="1")).status_code for _ in range(2)]

    assert answers == [422, 429]


async def test_own_logins_are_seen_and_ended(phone: Phone) -> None:
    mine, other = await phone(), await phone()
    await register(mine)
    await log_in(other)
    listed = (await mine.get("/me/logins")).text
    mark = listed.split('action="/me/logins/')[1].split("/end")[0]

    assert listed.count("Last used") == 2
    await mine.post(f"/me/logins/{mark}/end")

    assert (await mine.get("/me")).status_code == 200
    assert (await other.get("/me")).headers["location"] == "/me/login"
    gone = await mine.post("/me/logins/end")
    assert gone.headers["clear-site-data"] == '"cache"'
    assert (await mine.get("/me")).headers["location"] == "/me/login"


async def test_who_leaves_gives_the_pin_and_is_gone(running: Running, phone: Phone) -> None:
    mine = await phone()
    await register(mine)
    await mine.post("/me/family", data=ASHA | {"name": "Ravi", "age": "7"})

    wrong = await mine.post("/me/leave", data={"pin": "314159"})
    assert (wrong.status_code, (await mine.get("/me")).status_code) == (422, 200)
    assert (await mine.post("/me/leave", data={"pin": PIN})).headers["location"] == "/me/family"
    assert "Ravi" not in (await mine.get("/me/family")).text
    await mine.post("/me/family/1")
    last = await mine.post("/me/leave", data={"pin": PIN})

    assert (last.headers["location"], last.headers["clear-site-data"]) == ("/", '"cache"')
    assert (await log_in(await phone())).status_code == 401


async def test_without_a_gateway_the_page_leads_to_the_desk(tmp_path: Path, phone: Phone, running: Running) -> None:
    running.services.alerts.preferences.channels = frozenset()
    mine = await phone()

    pages = [await mine.get("/me/pin/forgotten"), await mine.post("/me/pin/forgotten", data={"phone": PHONE})]

    assert all("come to the desk" in page.text for page in pages)
