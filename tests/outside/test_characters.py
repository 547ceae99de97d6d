"""What no database can hold (a NUL, half a character, a number beyond all bounds) is refused at the door of both."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlencode

import pytest
import websockets

from tests.both_databases import database_url
from tests.running import Running, a_running_clinic

__all__ = ["database_url"]

HUGE = 10**30


@pytest.fixture
async def served(database_url: str, tmp_path: Path) -> AsyncIterator[Running]:
    async with a_running_clinic(database_url, tmp_path) as running:
        yield running


async def test_whatever_no_database_can_hold_is_the_askers_mistake_on_both(served: Running) -> None:
    await served.issue()
    gets = [
        "/t/%00",
        "/t/a%00b",
        "/verify/%00",
        "/verify/abc?h=%00",
        "/display/%00",
        "/kiosk?place=%00",
        "/api/v1/departments/%00/queue",
        "/api/v1/departments/GEN/queue?day=%00",
        f"/api/v1/tokens/{HUGE}",
        f"/api/v1/tokens/{2**40}",
        f"/api/v1/events?after={2**53}",
        f"/api/v1/webhooks/{2**40}",
        "/login?next=/%00",
        "/static/%00",
    ]
    bodies = [
        ("/api/v1/tokens", b'{"department": "G\\u0000N"}'),
        ("/api/v1/tokens", b'{"department": "\\ud800"}'),
        ("/api/v1/tokens", b'{"department": "GEN", "priority": "urgent", "reason": "a\\u0000b"}'),
        ("/api/v1/tokens", b'{"department": "GEN", "priority": "urgent", "reason": "\\udfff"}'),
        ("/api/v1/tokens", b'{"department": "GEN", "place": "a\\u0000b"}'),
        ("/api/v1/tokens", b'{"department": "GEN", "patient": %d}' % HUGE),
        ("/api/v1/tokens", b'{"\\u0000": 1}'),
        (f"/api/v1/tokens/{2**40}/start", b"{}"),
        ("/api/v1/rooms/1/call-next", b'{"expected": %d}' % HUGE),
        ("/api/v1/rooms/1/call-next", b'{"expected": %d}' % 2**40),
        ("/api/v1/rooms/%00/call-next", b"{}"),
        ("/devices/session", b'{"code": "a\\u0000b"}'),
        ("/devices/session", b'{"code": "\\ud800"}'),
    ]
    forms = [
        ("/login", {"login": "a\0b", "password": "correct horse"}),
        ("/login", {"login": "first", "password": "correct\0horse"}),
        ("/me/login", {"phone": "98765\x0043210", "pin": "4821"}),
    ]
    json = {"Content-Type": "application/json"}
    form = {"Content-Type": "application/x-www-form-urlencoded"}

    answers = [await served.client.get(path) for path in gets]
    answers += [await served.client.post(path, content=body, headers=json) for path, body in bodies]
    answers += [await served.anonymous.post(path, content=urlencode(sent), headers=form) for path, sent in forms]

    odd = [(a.request.url.raw_path, a.request.content, a.status_code) for a in answers if a.status_code // 100 != 4]
    assert odd == []


def test_forms_are_read_in_one_place_which_looks_at_them() -> None:
    root = Path(__file__).resolve().parents[2]
    packages = ("queue_server", "doctor_console", "kiosk", "display")
    faces = [path for name in packages for path in (root / name).rglob("*.py")]

    assert [path.name for path in faces if "request.form(" in path.read_text()] == ["bodies.py"]


async def test_a_line_with_such_a_name_is_refused(served: Running) -> None:
    for path in ("/ws/token/%00", "/ws/board/%00", "/ws/room/a%00b"):
        with pytest.raises(websockets.InvalidStatus) as refused:
            async with served.socket(path):
                pass
        assert refused.value.response.status_code == 403
