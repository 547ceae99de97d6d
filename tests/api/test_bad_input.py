"""Whatever comes from outside gets a designed answer, changes nothing and learns nothing."""

import json
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import websockets

from queue_server.domain.access.actors import SYSTEM
from tests.running import Running, journal_length


@pytest.mark.parametrize(
    ("path", "body", "status", "code"),
    [
        ("/api/v1/tokens", b'{"department": "XYZ"}', 404, "unknown_department"),
        ("/api/v1/tokens", b"{not json", 422, "bad_input"),
        ("/api/v1/tokens", b"[]", 422, "bad_input"),
        ("/api/v1/tokens", b"{}", 422, "bad_input"),
        ("/api/v1/tokens", b"\xff\xfe", 422, "bad_input"),
        ("/api/v1/tokens", b"[" * 60_000, 422, "bad_input"),
        ("/api/v1/tokens", b'{"department": "GEN", "priority": "royal"}', 422, "bad_input"),
        ("/api/v1/tokens", b'{"department": "GEN", "surprise": 1}', 422, "bad_input"),
        ("/api/v1/tokens", b'{"department": "GEN", "priority": "emergency"}', 422, "bad_input"),
        ("/api/v1/tokens", b'{"department": "GEN", "priority": "urgent", "reason": " "}', 422, "bad_input"),
        ("/api/v1/tokens", b'{"department": 7}', 422, "bad_input"),
        ("/api/v1/tokens", b'{"department": "' + b"G" * 100 + b'"}', 422, "bad_input"),
        ("/api/v1/tokens", b" " * 100_000, 413, "too_large"),
        ("/api/v1/tokens/999/start", b"{}", 404, "unknown_token"),
        ("/api/v1/tokens/99999999999999999999999/start", b"{}", 404, "unknown_token"),
        ("/api/v1/tokens/1/dance", b"{}", 422, "bad_input"),
        ("/api/v1/tokens/1/issue", b"{}", 422, "bad_input"),
        ("/api/v1/tokens/1/call", b"{}", 422, "bad_input"),
        ("/api/v1/tokens/1/transfer", b"{}", 422, "bad_input"),
        ("/api/v1/tokens/1/transfer", b'{"department": "GEN"}', 422, "bad_input"),
        ("/api/v1/tokens/1/transfer", b'{"department": "LAB", "returning": true}', 422, "bad_input"),
        ("/api/v1/tokens/1/attend", b"{}", 409, "illegal_transition"),
        ("/api/v1/tokens/1/undo", b"{}", 409, "nothing_to_undo"),
        ("/api/v1/rooms/99/call-next", b"{}", 404, "unknown_room"),
        ("/api/v1/rooms/1/call-next", b'{"expected": 5}', 409, "changed_meanwhile"),
        ("/api/v1/nothing", b"{}", 404, "not_found"),
    ],
)
async def test_bad_requests_are_answered_and_change_nothing(
    running: Running, tmp_path: Path, path: str, body: bytes, status: int, code: str
) -> None:
    await running.issue()
    before = await journal_length(f"sqlite:///{tmp_path}/queue.db")

    answer = await running.client.post(path, content=body)

    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)
    assert set(answer.json()["error"]) == {"code", "message", "details"}
    assert await journal_length(f"sqlite:///{tmp_path}/queue.db") == before


async def test_bad_input_names_the_field(running: Running) -> None:
    answer = await running.client.post("/api/v1/tokens", json={"department": "GEN", "priority": "royal"})

    assert answer.json()["error"]["details"]["field"] == "priority"


async def test_a_body_that_does_not_say_how_large_it_is_is_cut_off_too(running: Running) -> None:
    async def endless() -> AsyncIterator[bytes]:
        for _ in range(200):
            yield b" " * 1000

    answer = await running.client.post("/api/v1/tokens", content=endless())

    assert (answer.status_code, answer.json()["error"]["code"]) == (413, "too_large")


async def test_a_closed_department_says_so(running: Running) -> None:
    await running.services.clinic.departments.change("GEN", {"is_open": False}, by=SYSTEM)

    answer = await running.client.post("/api/v1/tokens", json={"department": "GEN"})

    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "department_closed")


async def test_one_key_for_two_different_requests_is_a_conflict(running: Running) -> None:
    headers = {"Idempotency-Key": "one"}
    await running.client.post("/api/v1/tokens", json={"department": "GEN"}, headers=headers)

    answer = await running.client.post("/api/v1/tokens", json={"department": "LAB"}, headers=headers)

    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "idempotency_key_reused")


@pytest.mark.parametrize("key", ["", "x" * 129, "caf\u00e9".encode("latin-1")])
async def test_an_odd_idempotency_key_is_refused(running: Running, key: Any) -> None:
    answer = await running.client.post("/api/v1/tokens", json={"department": "GEN"}, headers={"Idempotency-Key": key})

    assert answer.status_code == 422


@pytest.mark.parametrize("query", ["after=-1", "after=x", "limit=0", "limit=100000", "after=9" + "9" * 40, "after=٣"])
async def test_odd_cursors_are_refused(running: Running, query: str) -> None:
    assert (await running.client.get(f"/api/v1/events?{query}")).status_code == 422


@pytest.mark.parametrize("header", [None, "Bearer", "Bearer wrong", "Basic YTpi", "Bearer \u00e9".encode()])
async def test_without_a_right_key_nobody_is_told_anything(running: Running, header: Any) -> None:
    headers = {"Authorization": header} if header else {}

    answer = await running.anonymous.get("/api/v1/departments/GEN/queue", headers=headers)

    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "login_required")
    assert answer.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize("kind", ["kiosk", "display", "agent"])
async def test_a_devices_key_does_not_open_the_programs_routes(running: Running, kind: str) -> None:
    headers = {"Authorization": f"Bearer {running.keys[kind]}"}

    answer = await running.anonymous.get("/api/v1/departments/GEN/queue", headers=headers)

    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "not_allowed")


async def test_a_foreign_origin_is_refused_over_http(running: Running) -> None:
    await running.issue()

    answer = await running.client.post("/api/v1/rooms/1/call-next", headers={"Origin": "https://evil.example"})

    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "foreign_origin")
    assert (await running.client.get("/api/v1/departments/GEN/queue")).json()["waiting"] == 1


async def test_a_foreign_origin_is_refused_on_a_websocket(running: Running) -> None:
    with pytest.raises(websockets.InvalidStatus) as refused:
        async with running.socket("/ws/board/main", origin="https://evil.example"):
            pass

    assert refused.value.response.status_code == 403


@pytest.mark.parametrize(
    ("path", "key", "close_code"),
    [
        ("/ws/board/main", None, 4401),
        ("/ws/board/main", "wrong", 4401),
        ("/ws/board/cellar", "program", 4404),
        ("/ws/room/1", None, 4401),
        ("/ws/room/99", "program", 4404),
        ("/ws/token/nobody-knows-this-key", None, 4404),
        ("/ws/agent", "program", 4403),
        ("/ws/kiosk", "display", 4403),
        ("/ws/board/main?after_call=x", "program", 1008),
    ],
)
async def test_a_websocket_without_right_or_topic_is_told_why_and_closed(
    running: Running, path: str, key: str | None, close_code: int
) -> None:
    async with running.socket(path, key) as line:
        frame = json.loads(await line.recv())
        await line.wait_closed()

    assert frame["type"] == "error"
    assert line.close_code == close_code


async def test_a_frame_of_a_megabyte_is_refused_and_others_are_untouched(running: Running) -> None:
    async with running.socket("/ws/board/main") as honest, running.socket("/ws/board/main", max_size=None) as rude:
        await honest.recv()
        await rude.send("x" * 1_000_000)
        await rude.wait_closed()

        await running.issue()

        frame = json.loads(await honest.recv())
        while frame["type"] == "beat":
            frame = json.loads(await honest.recv())
        assert frame["data"]["waiting"]["GEN"] == 1
    assert rude.close_code == 1009


async def test_a_revoked_device_loses_its_open_line_and_its_rights(running: Running) -> None:
    display = await running.services.devices.registry.who(running.keys["display"])
    assert display is not None
    async with running.socket("/ws/board/main", "display") as line:
        await line.recv()

        await running.services.devices.registry.revoke(display.id, by=SYSTEM)

        await line.wait_closed()
    assert line.close_code == 4403
    async with running.socket("/ws/board/main", "display") as line:
        assert json.loads(await line.recv())["type"] == "error"


async def test_a_fault_of_the_program_shows_nothing_of_its_inside(running: Running) -> None:
    with closing(sqlite3.connect(str(running.services.store.url.database))) as other:
        other.execute("ALTER TABLE queue_entry RENAME TO elsewhere")

    answer = await running.client.get("/api/v1/departments/GEN/queue")

    assert answer.status_code == 500
    assert answer.json()["error"]["code"] == "internal_error"
    assert "sqlite" not in answer.text.lower()


@pytest.mark.parametrize("path", ["/", "/login", "/t/nobody", "/nothing", "/healthz", "/api/v1/openapi.json"])
async def test_every_answer_carries_the_security_headers(running: Running, path: str) -> None:
    answer = await running.anonymous.get(path, headers={"Accept": "text/html"})

    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
    assert "unsafe" not in answer.headers["content-security-policy"]
    assert answer.headers["x-content-type-options"] == "nosniff"


async def test_a_person_gets_a_page_and_a_program_gets_json(running: Running) -> None:
    page = await running.anonymous.get("/nothing", headers={"Accept": "text/html"})
    data = await running.anonymous.get("/nothing", headers={"Accept": "application/json"})

    assert page.headers["content-type"].startswith("text/html")
    assert data.json()["error"]["code"] == "not_found"


@pytest.mark.parametrize(
    ("path", "known"), [("patients?phone=9", "search, after, limit"), ("rooms/1?search=2", "none"), ("tokens?x", "")]
)
async def test_a_parameter_that_an_address_does_not_have_is_refused(running: Running, path: str, known: str) -> None:
    answer = await running.client.get(f"/api/v1/{path}")

    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "bad_input")
    assert known in answer.json()["error"]["message"]
