"""Figures for whoever watches the server."""

from __future__ import annotations

import pytest
from prometheus_client.parser import text_string_to_metric_families

from queue_server.services.programs.webhooks import Subscription
from queue_server.settings import Settings
from queue_server.web.metrics import is_on_this_machine
from queue_server.web.state import HTTPConnection
from tests.running import Running

Labels = frozenset[tuple[str, str]]


async def read(running: Running) -> dict[tuple[str, Labels], float]:
    """Every figure: name and labels → value."""
    key = await running.services.programs.keys.add("watcher", ["metrics:read"])
    text = (await running.anonymous.get("/metrics", headers={"Authorization": f"Bearer {key}"})).text
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def of(department: str) -> Labels:
    return frozenset({("department", department)})


async def test_the_queues_are_counted_as_they_are_now(running: Running) -> None:
    for _ in range(3):
        await running.issue()
    await running.call_next()

    figures = await read(running)

    assert figures["smart_queue_waiting", of("GEN")] == 2
    assert figures["smart_queue_waiting", of("LAB")] == 0
    assert figures["smart_queue_in_rooms", of("GEN")] == 1


async def test_open_lines_printers_and_webhooks_are_counted_by_kind(running: Running) -> None:
    program = (await running.services.programs.keys.all())[0]
    asked = Subscription("https://program.example/", ["token.issued"])
    async with running.socket("/ws/board/main") as line:
        await line.recv()
        actor = await running.services.devices.registry.who(running.keys["program"])
        assert actor is not None
        await running.services.programs.webhooks.add(program.id, asked, by=actor)

        figures = await read(running)

    assert figures["smart_queue_sockets", frozenset({("kind", "board")})] == 1
    assert figures["smart_queue_printers", frozenset({("state", "unknown")})] == 1
    assert figures["smart_queue_webhooks", frozenset({("state", "active")})] == 1
    assert figures["smart_queue_clock_wrong", frozenset()] == 0


async def test_requests_are_measured_by_route_and_calls_by_themselves(running: Running) -> None:
    token = await running.issue()
    await running.client.get(f"/api/v1/tokens/{token['id']}")
    await running.call_next()
    await running.anonymous.get("/nothing/at/all")
    await running.anonymous.request("PROPFIND", "/nothing/at/all")

    figures = await read(running)

    seen = frozenset({("method", "GET"), ("route", "/api/v1/tokens/{token:int}"), ("status", "200")})
    lost = frozenset({("method", "GET"), ("route", "-"), ("status", "404")})
    made_up = frozenset({("method", "-"), ("route", "-"), ("status", "404")})
    assert figures["smart_queue_request_seconds_count", made_up] == 1
    assert figures["smart_queue_request_seconds_count", seen] == 1
    assert figures["smart_queue_request_seconds_count", lost] == 1
    assert figures["smart_queue_call_seconds_count", frozenset()] == 1


async def test_promised_waits_are_compared_with_the_real_ones(running: Running) -> None:
    for _ in range(3):
        await running.issue()
    await running.call_next()
    await running.services.waits.keep()
    running.clock.forward(minutes=4)
    await running.call_next()

    figures = await read(running)

    assert figures["smart_queue_estimate_error_seconds", of("GEN")] >= 0
    assert 0 <= figures["smart_queue_estimate_within_range_ratio", of("GEN")] <= 1


async def test_what_the_loop_lags_behind_is_measured(running: Running) -> None:
    figures = await read(running)

    assert ("smart_queue_loop_lag_seconds_count", frozenset()) in figures


def an_asker(
    client: str = "127.0.0.1", version: str = "1.1", public_url: str = "", host: str = "127.0.0.1:8000", **headers: str
) -> HTTPConnection:
    """Somebody who asks a server on port 8000 that is reached at `public_url`; underlines in headers are dashes."""
    raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in (headers | {"host": host}).items()]
    state = {"settings": Settings(port=8000, public_url=public_url)}
    scope = {"type": "http", "scheme": "http", "path": "/metrics", "query_string": b"", "headers": raw, "state": state}
    return HTTPConnection(scope | {"client": (client, 1) if client else None, "http_version": version})


@pytest.mark.parametrize(
    ("asker", "is_here"),
    [
        (an_asker(), True),
        (an_asker(client="::1", host="[::1]:8000"), True),
        (an_asker(host="localhost:8000", public_url="http://192.168.1.20:8000"), True),
        (an_asker(client="192.168.1.5"), False),
        (an_asker(client=""), False),
        (an_asker(x_forwarded_for="203.0.113.7"), False),
        (an_asker(x_forwarded_proto="https"), False),
        (an_asker(forwarded="for=203.0.113.7"), False),
        (an_asker(via="1.1 proxy"), False),
        (an_asker(host="queue.example"), False),
        (an_asker(version="1.0"), False),
        (an_asker(public_url="https://queue.example"), False),
    ],
)
def test_who_is_on_this_machine(asker: HTTPConnection, is_here: bool) -> None:
    assert is_on_this_machine(asker) is is_here


@pytest.mark.parametrize(("scopes", "status"), [(["metrics:read"], 200), (["tokens:write"], 403), ([], 401)])
async def test_elsewhere_the_figures_ask_for_a_key(running: Running, scopes: list[str], status: int) -> None:
    headers = {"X-Forwarded-For": "203.0.113.7"}
    if scopes:
        headers["Authorization"] = f"Bearer {await running.services.programs.keys.add('watcher', scopes)}"

    answer = await running.anonymous.get("/metrics", headers=headers)

    assert answer.status_code == status
