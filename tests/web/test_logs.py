"""Logs: one line a request with an id and a route, and nothing personal in it."""

from __future__ import annotations

import asyncio
import io
import json
import logging
from collections.abc import Iterator

import pytest

from queue_server import logs
from queue_server.services.access.credentials import new_key
from tests.running import Running
from tests.waiting import until


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """What is logged as JSON meanwhile; afterwards the loggers are as they were."""
    root, stream = logging.getLogger(), io.StringIO()
    handlers, level = root.handlers[:], root.level
    logs.configure("json", stream)
    yield stream
    root.handlers[:] = handlers
    root.setLevel(level)


def lines(written: io.StringIO) -> list[dict[str, object]]:
    """The lines so far."""
    return [json.loads(line) for line in written.getvalue().splitlines()]


async def test_a_request_leaves_one_line_with_its_route_and_who_asked(running: Running, written: io.StringIO) -> None:
    token = await running.issue()
    link = token["status_url"].removeprefix("http://queue.test")
    answer = await running.anonymous.get(f"{link}?lang=hi")

    issued, looked = [line for line in lines(written) if line["event"] == "request"]

    assert (issued["method"], issued["route"], issued["status"], issued["who"]) == (
        "POST",
        "/api/v1/tokens",
        201,
        "program:1",
    )
    assert (looked["route"], looked["status"]) == ("/t/{key}", 200)
    assert looked["request_id"] == answer.headers["x-request-id"]
    assert link.rsplit("/", 1)[1] not in written.getvalue()


async def test_an_id_of_the_askers_own_is_kept_if_it_is_plain(running: Running, written: io.StringIO) -> None:
    plain = await running.anonymous.get("/", headers={"X-Request-Id": "proxy-17"})
    odd = await running.anonymous.get("/", headers={b"X-Request-Id": "a b\u00e9".encode("latin-1")})

    assert plain.headers["x-request-id"] == "proxy-17"
    assert len(odd.headers["x-request-id"]) == 16
    assert "proxy-17" in {line.get("request_id") for line in lines(written)}


async def test_a_client_that_goes_away_in_the_middle_of_its_request_is_no_crash(
    running: Running, written: io.StringIO
) -> None:
    host, port = running.url.removeprefix("http://").split(":")
    _, line = await asyncio.open_connection(host, int(port))
    head = "POST /login HTTP/1.1\r\nHost: queue.test\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    line.write(f"{head}Content-Length: 50\r\n\r\nlogin=half".encode())
    await line.drain()
    line.close()

    await until(lambda: any(one["event"] == "request" for one in lines(written)))

    assert [one["status"] for one in lines(written)] == [400]
    assert "Traceback" not in written.getvalue()


async def test_what_is_asked_every_few_seconds_leaves_no_line(running: Running, written: io.StringIO) -> None:
    for path in ("/healthz", "/readyz", "/metrics"):
        await running.anonymous.get(path)

    assert [line for line in lines(written) if line["event"] == "request"] == []


async def test_a_line_that_was_live_is_noted_when_it_ends(running: Running, written: io.StringIO) -> None:
    async with running.socket("/ws/board/main") as line:
        await line.recv()
    await running.anonymous.get("/")

    ended = [one for one in lines(written) if one["event"] == "line ended"]

    assert [(one["route"], one["who"]) for one in ended] == [("/ws/board/{board}", "program:1")]


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("Authorization: Bearer abc.DEF-123", "abc.DEF-123"),
        ("GET /display?key=s3cr3t&x=1", "s3cr3t"),
        ("https://queue.test/t/Ab3dE6gH9jK2mN5p", "Ab3dE6gH9jK2mN5p"),
        ("no connection to +918123456789", "8123456789"),
        ("the number 081234 56789 is odd", "56789"),
    ],
)
def test_what_looks_like_a_secret_is_hidden(text: str, secret: str) -> None:
    assert secret not in logs.hidden(text)


@pytest.mark.parametrize("text", ["Token G-012 waits", "2026-11-22T04:31:07Z", "program:3", "took 146.5 s", "line 418"])
def test_what_is_no_secret_stays(text: str) -> None:
    assert logs.hidden(text) == text


def test_a_fault_is_one_line_with_its_traceback_and_without_secrets(written: io.StringIO) -> None:
    key = new_key()
    try:
        int(f"bad header: Bearer {key}")
    except ValueError:
        logging.getLogger("queue_server.test").exception("Something broke.")

    (line,) = lines(written)
    assert line["level"] == "error"
    assert "Traceback" in str(line["exception"])
    assert key not in written.getvalue()


def test_in_a_terminal_a_line_reads_as_a_line() -> None:
    root, stream = logging.getLogger(), io.StringIO()
    handlers, level = root.handlers[:], root.level
    try:
        logs.configure("text", stream)
        logging.getLogger("queue_server.test").info("The day has begun.", extra={"department": "GEN"})
    finally:
        root.handlers[:] = handlers
        root.setLevel(level)

    assert "The day has begun." in stream.getvalue()
    assert "department=GEN" in stream.getvalue()
    assert "\x1b" not in stream.getvalue()
