"""On the phone, the kiosk and at the desk: a walk-in's papers with the slip, without an account."""

from __future__ import annotations

import re
from dataclasses import dataclass

import httpx2
import pytest

from queue_server.domain.access.actors import Actor, ActorKind
from queue_server.domain.people.staff import Role
from queue_server.domain.records.prescribing import Typed, TypedLine
from queue_server.domain.records.records import Missing, RecordKind
from queue_server.services.access.slip_digits import SlipDigits
from queue_server.web.limits import WRONG_DIGITS, WRONG_DIGITS_FROM_ANYWHERE
from tests.patients.conftest import Phone
from tests.patients.sending import register
from tests.running import Running

TYPED = Typed((TypedLine("Paracetamol", "tablet", "500 mg", "1-1-1", "after", "3"),), "Fever")
JSON = {"Accept": "application/json"}
AGENT = Actor(ActorKind.AGENT, 4, place="entrance")


@dataclass
class Slip:
    """A walk-in's slip: what its QR and its last line say."""

    token: int
    link: str
    digits: str

    @property
    def key(self) -> str:
        return self.link.rsplit("/", 1)[1]

    @property
    def wrong(self) -> str:
        return f"{(int(self.digits) + 1) % 10_000:04d}"


@pytest.fixture
async def slip(running: Running) -> Slip:
    """The patient was with the doctor, who has signed a prescription."""
    issued = await running.issue()
    await running.call_next()
    services, doctor = running.services, await running.services.people.accounts.by_login("first")
    assert doctor is not None
    by = Actor(ActorKind.DOCTOR, doctor.id, doctor.name)
    edit = await services.records.drafts.save(issued["id"], RecordKind.PRESCRIPTION, 0, TYPED, by=by)
    await services.records.signing.sign(issued["id"], RecordKind.PRESCRIPTION, edit, by=by, without=[*Missing])
    key = issued["status_url"].rsplit("/", 1)[1]
    return Slip(issued["id"], f"/t/{key}", await SlipDigits(services.store).of(key))


def kiosk(running: Running) -> dict[str, str]:
    return {"Authorization": f"Bearer {running.keys['kiosk']}"}


async def switch_off(running: Running) -> None:
    """The administrator unticks the box on /admin/settings."""
    await running.services.people.accounts.create("boss", "correct horse", Role.ADMIN, "Boss", cost=4)
    running.anonymous.cookies.clear()
    await running.anonymous.post("/login", data={"login": "boss", "password": "correct horse", "next": "/admin"})
    page = (await running.anonymous.get("/admin/settings")).text
    assert re.search(r'name="papers_by_slip"[^>]* checked', page)
    form = {
        "name": "Clinic",
        "time_zone": "Asia/Kolkata",
        "roll_over": "04:00",
        "languages": ["en", "hi"],
        "first": "en",
        "phone_region": "IN",
        "has_papers_box": "yes",
    }
    assert (await running.anonymous.post("/admin/settings", data=form)).status_code == 303
    assert not re.search(r'name="papers_by_slip"[^>]* checked', (await running.anonymous.get("/admin/settings")).text)


async def test_the_slips_digits_open_the_papers_on_the_phone(running: Running, phone: Phone, slip: Slip) -> None:
    mine = await phone()
    assert (
        f'<a href="{slip.link}/papers">There are documents from the doctor for you</a>'
        in (await mine.get(slip.link)).text
    )
    assert "The four digits on your slip" in (await mine.get(f"{slip.link}/papers")).text

    refused = await mine.post(f"{slip.link}/papers", data={"digits": slip.wrong})
    answer = await mine.post(f"{slip.link}/papers", data={"digits": f" {slip.digits} "})

    assert refused.status_code == 422
    assert "These are not the digits of this slip." in refused.text
    assert (answer.status_code, answer.headers["location"]) == (303, f"{slip.link}/papers")
    page = (await mine.get(f"{slip.link}/papers")).text
    (paper,) = set(re.findall(rf'href="({slip.link}/papers/\d+)"', page))
    file = await mine.get(paper)
    assert file.content.startswith(b"%PDF")
    assert file.headers["cache-control"] == "private, no-store"
    other = await phone()
    for address in [paper, f"{slip.link}/papers/all.pdf"] * WRONG_DIGITS.amount:
        sent = await other.get(address)
        assert (sent.status_code, sent.headers["location"]) == (303, f"{slip.link}/papers")
    assert (await mine.get(paper)).status_code == 200


async def test_somebody_who_guesses_digits_is_stopped_and_the_slip_opens_later(
    running: Running, phone: Phone, slip: Slip
) -> None:
    mine = await phone()
    for _ in range(WRONG_DIGITS.amount):
        assert (await mine.post(f"{slip.link}/papers", data={"digits": slip.wrong})).status_code == 422

    stopped = await mine.post(f"{slip.link}/papers", data={"digits": slip.digits})

    assert stopped.status_code == 429
    assert "Please ask at the desk." in stopped.text
    assert int(stopped.headers["retry-after"]) > 0
    running.clock.forward(hours=1)
    assert (await mine.post(f"{slip.link}/papers", data={"digits": slip.digits})).status_code == 303


async def test_a_stranger_with_the_link_shuts_the_patient_out_of_neither_the_own_phone_nor_the_kiosk(
    running: Running, slip: Slip
) -> None:
    async def at_kiosk(digits: str) -> int:
        sent = {"key": slip.key, "digits": digits}
        return (await running.anonymous.post("/kiosk/papers", json=sent, headers=kiosk(running))).status_code

    async def from_phone(address: str, digits: str) -> int:
        transport = httpx2.AsyncHTTPTransport(local_address=address)
        async with httpx2.AsyncClient(transport=transport, base_url=running.url) as phone:
            return (await phone.post(f"{slip.link}/papers", data={"digits": digits})).status_code

    async def guess(address: str) -> None:
        for _ in range(WRONG_DIGITS.amount):
            assert await from_phone(address, slip.wrong) == 422
        assert await from_phone(address, slip.digits) == 429

    await guess("127.0.0.11")
    assert await from_phone("127.0.0.19", slip.digits) == 303
    for other in range(2, 1 + WRONG_DIGITS_FROM_ANYWHERE.amount // WRONG_DIGITS.amount):
        await guess(f"127.0.0.1{other}")

    assert await from_phone("127.0.0.19", slip.digits) == 429
    assert await at_kiosk(slip.digits) == 201
    for _ in range(WRONG_DIGITS.amount):
        assert await at_kiosk(slip.wrong) == 422
    assert await at_kiosk(slip.digits) == 429


async def test_once_the_visit_is_in_an_account_or_switched_off_the_slip_opens_nothing(
    running: Running, phone: Phone, slip: Slip
) -> None:
    mine, other = await phone(), await phone()
    await other.post(f"{slip.link}/papers", data={"digits": slip.digits})
    await register(mine, next=slip.link)

    for answer in (
        await other.get(f"{slip.link}/papers"),
        await other.post(f"{slip.link}/papers", data={"digits": slip.digits}),
    ):
        assert (answer.status_code, answer.headers["location"]) == (303, slip.link)


async def test_a_clinic_that_switches_it_off_offers_and_answers_nothing(
    running: Running, phone: Phone, slip: Slip
) -> None:
    await switch_off(running)
    mine = await phone()

    page = (await mine.get(slip.link)).text

    assert f"{slip.link}/papers" not in page
    assert f"/me/login?next={slip.link}" in page
    assert (await mine.get(f"{slip.link}/papers")).status_code == 303
    assert (await mine.post(f"{slip.link}/papers", data={"digits": slip.digits})).status_code == 303
    sent = {"key": slip.key, "digits": slip.digits}
    answer = await running.anonymous.post("/kiosk/papers", json=sent, headers=kiosk(running))
    assert answer.status_code == 404
    shown = await running.anonymous.post("/kiosk/slip", json={"key": slip.key}, headers=kiosk(running))
    assert shown.json()["has_papers"] is False


async def test_kiosk_and_desk_print_the_medicines_at_a_printer_of_theirs(running: Running, slip: Slip) -> None:
    ask, headers = running.anonymous, kiosk(running)
    asked = await ask.post("/kiosk/slip", json={"key": slip.key}, headers=headers)
    sent = {"key": slip.key, "digits": slip.digits}

    printed = await ask.post("/kiosk/papers", json=sent, headers=headers | {"Idempotency-Key": "press"})
    again = await ask.post("/kiosk/papers", json=sent, headers=headers | {"Idempotency-Key": "press"})

    assert (asked.json()["language"], asked.json()["has_papers"]) == ("en", True)
    assert (printed.status_code, again.json()) == (201, printed.json())
    assert [job.id for job in await running.services.devices.printing.open_jobs(AGENT)] == printed.json()["print_jobs"]

    await running.services.people.accounts.create("front", "correct horse", Role.DESK, "Front", cost=4)
    ask.cookies.clear()
    await ask.post("/login", data={"login": "front", "password": "correct horse", "next": "/desk"})
    panel = f"/desk/tokens/{slip.token}"
    assert f'action="{panel}/medicines"' in (await ask.get(f"{panel}?part=1")).text
    wrong = await ask.post(f"{panel}/medicines", data={"digits": slip.wrong, "place": "entrance"}, headers=JSON)
    right = await ask.post(f"{panel}/medicines", data={"digits": slip.digits, "place": "entrance"}, headers=JSON)
    assert (wrong.status_code, wrong.json()["error"]["code"]) == (422, "wrong_digits")
    assert right.status_code == 200
    assert len(await running.services.devices.printing.open_jobs(AGENT)) == 2
