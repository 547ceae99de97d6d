"""Whatever is sent to a console gets a designed answer, and changes nothing."""

from typing import Any

import pytest

from tests.doctor_console.conftest import LogIn, numbers, shown
from tests.running import Running


@pytest.mark.parametrize(
    ("path", "body", "status", "code"),
    [
        ("/doctor/1/next", b"{not json", 422, "bad_input"),
        ("/doctor/1/next", b"[]", 422, "bad_input"),
        ("/doctor/1/next", b"\xff", 422, "bad_input"),
        ("/doctor/1/next", b'{"expected": "1"}', 422, "bad_input"),
        ("/doctor/1/next", b'{"expected": true}', 422, "bad_input"),
        ("/doctor/1/next", b'{"expected": -1}', 422, "bad_input"),
        ("/doctor/1/next", b'{"expected": 99999999999999999999}', 422, "bad_input"),
        ("/doctor/1/next", b'{"expected": 1, "more": 2}', 422, "bad_input"),
        ("/doctor/1/next", b'{"expected": 7}', 409, "changed_meanwhile"),
        ("/doctor/1/next", b" " * 100_000, 413, "too_large"),
        ("/doctor/9/next", b"{}", 404, "unknown_room"),
        ("/doctor/1/call", b"{}", 422, "bad_input"),
        ("/doctor/1/call", b'{"token": 999}', 404, "unknown_token"),
        ("/doctor/1/call", b'{"token": "G-001"}', 422, "bad_input"),
        ("/doctor/1/tokens/999/start", b"{}", 404, "unknown_token"),
        ("/doctor/1/tokens/99999999999999999999999/start", b"{}", 404, "unknown_token"),
        ("/doctor/1/tokens/one/start", b"{}", 404, "not_found"),
        ("/doctor/1/tokens/1/dance", b"{}", 404, "not_found"),
        ("/doctor/1/tokens/1/expire", b"{}", 404, "not_found"),
        ("/doctor/1/tokens/1/start", b"{}", 409, "illegal_transition"),
        ("/doctor/1/tokens/1/attend", b"{}", 409, "illegal_transition"),
        ("/doctor/1/tokens/1/recall", b"{}", 409, "illegal_transition"),
        ("/doctor/1/tokens/1/hold", b'{"why": "tests"}', 422, "bad_input"),
        ("/doctor/1/tokens/1/hold", b"{", 422, "bad_input"),
        ("/doctor/1/tokens/1/transfer", b"{}", 422, "bad_input"),
        ("/doctor/1/tokens/1/transfer", b'{"department": "GEN"}', 422, "bad_input"),
        ("/doctor/1/tokens/1/transfer", b'{"department": "XYZ"}', 404, "unknown_department"),
        ("/doctor/1/undo", b"{}", 409, "nothing_to_undo"),
        ("/doctor/1/undo", b'{"again": true}', 422, "bad_input"),
        ("/doctor/1/duty", b"{}", 422, "bad_input"),
        ("/doctor/1/duty", b'{"state": "asleep"}', 422, "bad_input"),
        ("/doctor/1/duty", b'{"state": "on_break", "back_at": "25:00"}', 422, "bad_input"),
        ("/doctor/1/duty", b'{"state": "on_break", "back_at": "10:15:30"}', 422, "bad_input"),
        ("/doctor/1/duty", b'{"state": "on_break", "back_at": "09:00"}', 422, "bad_input"),
        ("/doctor/1/duty", b'{"state": "on_break", "reason": "' + b"x" * 61 + b'"}', 422, "bad_input"),
        ("/doctor/1/duty", b'{"state": "on_break", "reason": "a\\u0000b"}', 422, "bad_input"),
        ("/doctor/1/duty", b'{"state": "on_break", "reason": "\\ud800"}', 422, "bad_input"),
        ("/doctor/9/duty", b'{"state": "on_duty"}', 404, "unknown_room"),
    ],
)
async def test_a_bad_press_is_answered_and_changes_nothing(
    running: Running, log_in: LogIn, path: str, body: bytes, status: int, code: str
) -> None:
    doctor = await log_in("first")
    await running.issue()
    before = await shown(running)

    answer = await doctor.post(path, content=body)

    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code), answer.text
    assert await shown(running) == before


async def test_a_page_of_another_site_cannot_press(running: Running, log_in: LogIn) -> None:
    doctor = await log_in("first")
    await running.issue()

    answers = [
        await doctor.post("/doctor/1/next", json={}, headers=headers)
        for headers in ({"Origin": "http://evil.test"}, {"Sec-Fetch-Site": "cross-site"})
    ]

    assert [answer.json()["error"]["code"] for answer in answers] == ["foreign_origin", "foreign_origin"]
    assert numbers((await shown(running))["waiting"]) == ["G-001"]


async def test_an_unknown_room_has_no_page(running: Running, log_in: LogIn) -> None:
    doctor = await log_in("first")

    page = await doctor.get("/doctor/99", headers={"Accept": "text/html"})

    assert page.status_code == 404
    assert "There is nothing here" in page.text


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
async def test_a_press_is_a_post(running: Running, log_in: LogIn, method: str) -> None:
    doctor = await log_in("first")

    answer: Any = await doctor.request(method, "/doctor/1/next")

    assert (answer.status_code, answer.json()["error"]["code"]) == (405, "method_not_allowed")
