"""Passwords are compared off the event loop, and two at once at most."""

from __future__ import annotations

import asyncio
import threading
from contextlib import suppress
from dataclasses import dataclass, field

import bcrypt
import pytest

from queue_server.domain.errors import LoginRequired, RateLimited
from queue_server.services.access.credentials import MOST_INSIDE, check_lane, hash_password, is_password
from queue_server.web.limits import WRONG_PASSWORDS, Limits
from tests.clinics import SettableClock
from tests.running import Running, a_browser
from tests.waiting import until


@dataclass
class Comparisons:
    """(how many ran together, whether in the main thread), noted at the beginning of each; they wait at the gate."""

    noted: list[tuple[int, bool]] = field(default_factory=list)
    gate: threading.Event = field(default_factory=threading.Event)


@pytest.fixture
def comparisons(monkeypatch: pytest.MonkeyPatch) -> Comparisons:
    """Every comparison of a password with a hash; the gate is open."""
    made = Comparisons()
    made.gate.set()
    running, lock, compare = [0], threading.Lock(), bcrypt.checkpw

    def watched(password: bytes, hashed: bytes) -> bool:
        with lock:
            running[0] += 1
            made.noted.append((running[0], threading.current_thread() is threading.main_thread()))
        made.gate.wait()
        try:
            return compare(password, hashed)
        finally:
            with lock:
                running[0] -= 1

    monkeypatch.setattr(bcrypt, "checkpw", watched)
    return made


async def test_a_crowd_of_logins_is_compared_two_by_two(comparisons: Comparisons) -> None:
    hashed = await hash_password("correct horse", 4)
    comparisons.gate.clear()

    comparing = asyncio.gather(*(is_password("correct horse", hashed) for _ in range(MOST_INSIDE)))
    await until(lambda: len(comparisons.noted) >= 2)
    comparisons.gate.set()

    assert await comparing == [True] * MOST_INSIDE
    assert len(comparisons.noted) == MOST_INSIDE
    assert max(together for together, _ in comparisons.noted) == 2
    assert not any(is_main for _, is_main in comparisons.noted)


async def test_an_unknown_login_is_compared_too(comparisons: Comparisons) -> None:
    assert not await is_password("correct horse", None)

    assert len(comparisons.noted) == 1


@pytest.mark.parametrize("password", ["x" * 1000, "पासवर्ड" * 20, "a\0b", "🔑" * 30])
async def test_passwords_of_any_length_and_script_differ(password: str) -> None:
    hashed = await hash_password(password, 4)

    assert await is_password(password, hashed)
    assert not await is_password(password + "x", hashed)


async def test_whoever_is_one_too_many_comes_again_and_owners_are_not_behind_the_crowd(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    hashed, compare, may_end = await hash_password("correct horse", 4), bcrypt.checkpw, threading.Event()

    def hang(password: bytes, hashed: bytes) -> bool:
        assert may_end.wait(60)
        return compare(password, hashed)

    monkeypatch.setattr(bcrypt, "checkpw", hang)
    crowd = [asyncio.create_task(is_password("guess", hashed)) for _ in range(MOST_INSIDE)]
    await asyncio.sleep(0)

    with pytest.raises(RateLimited) as told:
        await is_password("guess", hashed)
    with pytest.raises(RateLimited):
        check_lane(is_owner=False)
    monkeypatch.setattr(bcrypt, "checkpw", compare)
    is_right = await is_password("correct horse", hashed, is_owner=True)
    may_end.set()

    assert is_right
    assert told.value.details["retry_after_s"] == 6
    assert not any(await asyncio.gather(*crowd))


async def test_wrong_passwords_that_are_sent_together_are_not_all_the_first(
    running: Running, comparisons: Comparisons
) -> None:
    async def guess(password: str) -> int:
        form = {"login": "first", "password": password, "next": "/"}
        return (await running.anonymous.post("/login", data=form)).status_code

    statuses = await asyncio.gather(*(guess(f"guess {place}") for place in range(15)))

    assert sorted(statuses) == [401] * 10 + [429] * 5
    assert len(comparisons.noted) == 10


def test_a_right_secret_takes_its_try_back_and_a_wrong_one_does_not() -> None:
    known = Limits(SettableClock().now)
    tries = (WRONG_PASSWORDS, "own", ("doctor:1",))

    def attempt(error: Exception | None = None) -> None:
        with suppress(LoginRequired), known.trying(lambda raised: isinstance(raised, LoginRequired), tries):
            if error is not None:
                raise error

    for _ in range(50):
        attempt()
    for _ in range(10):
        attempt(LoginRequired("wrong"))

    with pytest.raises(RateLimited):
        attempt()


async def test_everybody_else_is_answered_while_every_comparison_hangs(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, may_end = threading.Semaphore(0), threading.Event()

    def hang(password: bytes, hashed: bytes) -> bool:
        begun.release()
        assert may_end.wait(60)
        return False

    monkeypatch.setattr(bcrypt, "checkpw", hang)
    form = {"login": "first", "password": "correct horse", "next": "/"}
    async with a_browser(running.url, timeout_s=60) as crowd:
        logins = [asyncio.create_task(crowd.post("/login", data=form)) for _ in range(9)]
        for _ in range(2):
            await asyncio.to_thread(begun.acquire)

        # However slow the machine is: these are answered before any comparison ends, or never.
        answers = [await running.client.get("/api/v1/departments/GEN/queue") for _ in range(5)]
        token = await running.issue()
        async with running.socket("/ws/board/main", "display") as display:
            shown = await display.recv()
        may_end.set()
        said = await asyncio.gather(*logins)

    assert {answer.status_code for answer in answers} == {200}
    assert token["number"]
    assert "view" in shown
    assert {answer.status_code for answer in said} == {401}
