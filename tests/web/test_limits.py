"""Whoever guesses is slowed down; whoever works is not."""

from __future__ import annotations

import httpx2
import pytest

from queue_server.domain.access.actors import Actor, ActorKind
from queue_server.domain.errors import RateLimited
from queue_server.web.limits import LINES, LOGINS, WRONG_PASSWORDS, address, count_issue
from queue_server.web.rate_limiter import Limits
from queue_server.web.state import HTTPConnection
from tests.clinics import SettableClock
from tests.running import Running

WRONG = "wrong horse"
HTML = {"Accept": "text/html"}


async def guess(running: Running, login: str = "first", password: str = WRONG) -> httpx2.Response:
    return await running.anonymous.post("/login", data={"login": login, "password": password, "next": "/"})


async def test_the_eleventh_wrong_password_is_not_even_looked_at(running: Running) -> None:
    for _ in range(WRONG_PASSWORDS.amount):
        assert (await guess(running)).status_code == 401

    wrong, right = await guess(running), await guess(running, password="correct horse")

    assert [wrong.status_code, right.status_code] == [429, 429]
    assert wrong.json()["error"]["code"] == "too_many_requests"
    assert wrong.headers["retry-after"] == str(wrong.json()["error"]["details"]["retry_after_s"]) == "300"


async def test_other_accounts_log_in_from_the_same_address(running: Running) -> None:
    for _ in range(WRONG_PASSWORDS.amount + 1):
        await guess(running)

    answer = await guess(running, "second", "correct horse")

    assert answer.status_code == 303


async def test_after_the_wait_the_owner_gets_in(running: Running) -> None:
    for _ in range(WRONG_PASSWORDS.amount):
        await guess(running)
    refused = await guess(running, password="correct horse")

    running.clock.forward(seconds=int(refused.headers["retry-after"]))

    assert (await guess(running, password="correct horse")).status_code == 303


async def test_a_right_password_does_not_count_as_a_guess(running: Running) -> None:
    answers = [await guess(running, password="correct horse") for _ in range(WRONG_PASSWORDS.amount + 2)]

    assert {answer.status_code for answer in answers} == {303}


async def test_a_person_is_told_in_words(running: Running) -> None:
    form = {"login": "first", "password": "wrong horse", "next": "/"}
    for _ in range(WRONG_PASSWORDS.amount):
        await running.anonymous.post("/login", data=form, headers=HTML)

    page = await running.anonymous.post("/login", data=form, headers=HTML | {"Accept-Language": "hi"})

    assert page.status_code == 429
    assert "बहुत" in page.text


@pytest.mark.parametrize(("path", "more"), [("/api/v1/devices/enrol", {}), ("/devices/session", {"next": "/kiosk"})])
async def test_enrolment_codes_cannot_be_tried_out(running: Running, path: str, more: dict[str, str]) -> None:
    answers = [(await running.anonymous.post(path, json={"code": "AAAA-2222"} | more)).status_code for _ in range(22)]

    assert answers == [401] * 20 + [429] * 2


async def test_an_enrolled_device_is_welcome_where_somebody_guessed(running: Running) -> None:
    for _ in range(25):
        await running.anonymous.post("/devices/session", json={"code": "AAAA-2222"})

    answer = await running.anonymous.post("/devices/session", json={"code": running.keys["display"]})

    assert answer.status_code == 200


async def test_links_cannot_be_tried_out_and_real_ones_still_open(running: Running) -> None:
    token = await running.issue()

    answers = [(await running.anonymous.get(f"/t/guess{n}")).status_code for n in range(125)]
    real = await running.anonymous.get(token["status_url"].replace("http://queue.test", ""))

    assert answers == [404] * 120 + [429] * 5
    assert real.status_code == 200


async def test_unknown_keys_are_slowed_down_and_known_ones_are_not(running: Running) -> None:
    headers = {"Authorization": "Bearer nobody"}

    answers = {(await running.anonymous.get("/api/v1/events", headers=headers)).status_code for _ in range(310)}

    assert answers == {401, 429}
    assert (await running.client.get("/api/v1/events")).status_code == 200


async def test_a_line_that_comes_back_all_the_time_is_told_to_wait(running: Running) -> None:
    for _ in range(240):
        running.limits.count(LINES, "line", "display:2")

    async with running.socket("/ws/board/main", "display") as line:
        await line.wait_closed()

    assert line.close_code == 1013


@pytest.mark.parametrize(("kind", "at_once"), [("kiosk", 400), ("program", 2000), ("desk", 200)])
def test_nobody_who_works_is_in_the_way_of_a_clinic(kind: str, at_once: int) -> None:
    limits = Limits(SettableClock().now)
    scope = {"type": "http", "state": {"limits": limits}, "client": ("192.0.2.1", 1), "headers": []}
    connection = HTTPConnection(scope)

    for _ in range(at_once):
        count_issue(connection, Actor(ActorKind(kind), 1))


def test_what_is_counted_never_takes_more_room() -> None:
    limits = Limits(SettableClock().now, most=10)

    for number in range(1000):
        limits.count(LOGINS, "login", str(number))

    assert len(limits.counters) == 10


def test_a_window_ends() -> None:
    clock = SettableClock()
    limits = Limits(clock.now)
    for _ in range(LOGINS.amount):
        limits.count(LOGINS, "login", "here")
    with pytest.raises(RateLimited):
        limits.count(LOGINS, "login", "here")

    clock.forward(seconds=60)

    limits.count(LOGINS, "login", "here")


@pytest.mark.parametrize(
    ("host", "counted_as"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("<script>", "nowhere"),
    ],
)
def test_a_network_of_one_household_counts_as_one(host: str, counted_as: str) -> None:
    assert address(HTTPConnection({"type": "http", "client": (host, 1), "headers": []})) == counted_as
