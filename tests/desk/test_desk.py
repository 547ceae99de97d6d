"""The desk over HTTP: who may use it, and what it answers to nonsense."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import pytest

from queue_server.domain.access.actors import Actor, ActorKind
from queue_server.domain.people.staff import Role
from queue_server.services.queue.issuing import IssueRequest
from tests.clinics import KIOSK
from tests.running import Running, a_running_clinic

AGENT = Actor(ActorKind.AGENT, 3, place="entrance")


@pytest.fixture
async def running(tmp_path: Path) -> AsyncIterator[Running]:
    """The clinic on SQLite, served on loopback, with one print job; `front` is at the desk."""
    async with a_running_clinic(f"sqlite:///{tmp_path}/queue.db", tmp_path) as served:
        await served.services.people.accounts.create("front", "correct horse", Role.DESK, "Front", cost=4)
        await served.services.queue.issuing.issue(IssueRequest("GEN", place="entrance"), by=KIOSK)
        yield served


async def log_in(running: Running, login: str) -> httpx2.AsyncClient:
    """The anonymous client has this login's session from now on."""
    form = {"login": login, "password": "correct horse", "next": "/desk"}
    assert (await running.anonymous.post("/login", data=form)).status_code == 303
    return running.anonymous


async def copies(running: Running) -> list[int]:
    """The copies that wait for the printer."""
    return [job.copy for job in await running.services.devices.printing.open_jobs(AGENT)]


async def test_a_slip_is_printed_again_once_a_press(running: Running) -> None:
    desk = await log_in(running, "front")

    answers = [
        await desk.post("/desk/prints/1/again", json={"place": "entrance"}, headers={"Idempotency-Key": "press-1"})
        for _ in "ab"
    ]

    assert [(answer.status_code, answer.json()) for answer in answers] == [(201, {"print_job": 2})] * 2
    assert await copies(running) == [1, 2]


@pytest.mark.parametrize(
    ("path", "body", "status", "code"),
    [
        ("/desk/prints/1/again", b"{", 422, "bad_input"),
        ("/desk/prints/1/again", b"{}", 422, "bad_input"),
        ("/desk/prints/1/again", b'{"place": 1}', 422, "bad_input"),
        ("/desk/prints/1/again", b'{"place": "nowhere"}', 422, "bad_input"),
        ("/desk/prints/99/again", b'{"place": "entrance"}', 404, "not_found"),
        ("/desk/prints/99999999999999999999/again", b'{"place": "entrance"}', 404, "not_found"),
        ("/desk/prints/one/again", b'{"place": "entrance"}', 404, "not_found"),
    ],
)
async def test_nonsense_prints_nothing(running: Running, path: str, body: bytes, status: int, code: str) -> None:
    desk = await log_in(running, "front")

    answer = await desk.post(path, content=body)

    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)
    assert await copies(running) == [1]


async def test_the_desk_is_for_the_desk(running: Running) -> None:
    press = ("/desk/prints/1/again", {"place": "entrance"})
    without = await running.anonymous.post(press[0], json=press[1])
    by_program = await running.client.post(press[0], json=press[1])
    doctor = await log_in(running, "first")
    by_doctor = await doctor.post(press[0], json=press[1])
    page = await doctor.get("/desk", headers={"Accept": "text/html"})

    assert [answer.status_code for answer in (without, by_program, by_doctor, page)] == [401, 403, 403, 403]
    assert await copies(running) == [1]


async def test_a_foreign_page_prints_nothing(running: Running) -> None:
    desk = await log_in(running, "front")

    answer = await desk.post("/desk/prints/1/again", json={"place": "entrance"}, headers={"Origin": "http://evil.test"})

    assert answer.json()["error"]["code"] == "foreign_origin"
    assert await copies(running) == [1]


@pytest.mark.parametrize(("key", "code"), [(None, 4401), ("program", 4403), ("kiosk", 4403)])
async def test_the_desks_line_is_closed_to_others(running: Running, key: str | None, code: int) -> None:
    async with running.socket("/ws/desk", key) as line:
        await line.wait_closed()

    assert line.close_code == code


async def test_a_slip_that_nobody_needs_is_dropped(running: Running) -> None:
    assert (await running.client.post("/desk/prints/1/drop")).status_code == 403
    desk = await log_in(running, "front")

    assert (await desk.post("/desk/prints/1/drop")).status_code == 200
    assert (await desk.post("/desk/prints/99/drop")).status_code == 404
    assert await copies(running) == []
