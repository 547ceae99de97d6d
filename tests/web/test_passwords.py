"""Passwords are compared off the event loop, and two at once at most."""

from __future__ import annotations

import asyncio
import threading
from dataclasses import dataclass, field

import bcrypt
import pytest

from queue_server.services.access.credentials import hash_password, is_password
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


async def test_a_hundred_logins_at_once_are_compared_two_by_two(comparisons: Comparisons) -> None:
    hashed = await hash_password("correct horse", 4)
    comparisons.gate.clear()

    comparing = asyncio.gather(*(is_password("correct horse", hashed) for _ in range(100)))
    await until(lambda: len(comparisons.noted) >= 2)
    comparisons.gate.set()

    assert await comparing == [True] * 100
    assert len(comparisons.noted) == 100
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
