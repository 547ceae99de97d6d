"""The agent against a real websocket server on loopback."""

import asyncio
import logging
import socket
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed

from kiosk.agent import AgentSettings, run_agent
from kiosk.agent.agent import websocket_address
from kiosk.agent.ledger import Entry, Ledger
from kiosk.agent.retrying import delays
from kiosk.printing import MemoryPrinter, Outcome, PrinterState, PrintState, Slip, paper
from kiosk.printing.document import slip_document
from tests.kiosk.agent.server import PATIENCE_S, an_agent_server
from tests.kiosk.fake_printer import PAPER_OUT, READY, a_printer
from tests.kiosk.slips import ENGLISH, HINDI

KEY = "device-key-of-the-test"


@pytest.fixture
def quick(tmp_path: Path) -> AgentSettings:
    """Settings with waits that a test can afford; the server's address is still to be filled in."""
    return AgentSettings(
        server="",
        key=KEY,
        printer="memory:",
        ledger=tmp_path / "ledger",
        name="hall printer",
        on=paper(58),
        poll_s=0.02,
        first_retry_s=0.01,
        longest_retry_s=0.05,
        refused_retry_s=0.3,
        ping_s=1,
    )


@asynccontextmanager
async def running(settings: AgentSettings, printer: Any) -> AsyncIterator[asyncio.Task[None]]:
    """An agent that runs for the length of the block and leaves nothing behind."""
    before = asyncio.all_tasks()
    agent = asyncio.create_task(run_agent(settings, printer))
    try:
        yield agent
    finally:
        agent.cancel()
        await asyncio.wait([agent], timeout=PATIENCE_S)
        assert agent.cancelled()
        assert asyncio.all_tasks() - before - {agent} == set()


@dataclass
class SlowPrinter(MemoryPrinter):
    """A printer that prints when the test lets it."""

    begun: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    may_print: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))

    def send(self, document: bytes, name: str) -> Outcome:
        self.begun.release()
        assert self.may_print.acquire(timeout=PATIENCE_S)
        return super().send(document, name)


async def test_an_agent_introduces_itself_with_its_key_and_its_printer(quick: AgentSettings) -> None:
    async with an_agent_server() as server, running(replace(quick, server=server.address), MemoryPrinter()):
        visit = await server.visit()

        assert visit.socket.request
        assert visit.socket.request.path == "/ws/agent"
        assert visit.socket.request.headers["Authorization"] == f"Bearer {KEY}"
        assert visit.frames == [{"type": "hello", "agent": "hall printer", "printer": "ok"}]


async def test_a_job_is_received_then_printed_and_the_printer_is_looked_at(quick: AgentSettings) -> None:
    printer = MemoryPrinter()
    async with an_agent_server() as server, running(replace(quick, server=server.address, poll_s=60), printer):
        visit = await server.visit()

        await visit.ask("41", HINDI)
        await visit.until(lambda frame: frame["type"] == "printer")

        assert visit.frames[1:] == [
            {"type": "job", "job": "41", "state": "sent"},
            {"type": "job", "job": "41", "state": "printed", "reason": None},
            {"type": "printer", "state": "ok"},
        ]
        assert printer.documents == [("G-012-1", slip_document(Slip.from_json(HINDI), paper(58)))]


async def test_jobs_come_out_one_by_one_in_the_order_of_their_coming(quick: AgentSettings) -> None:
    printer = SlowPrinter()
    async with an_agent_server() as server, running(replace(quick, server=server.address), printer):
        visit = await server.visit()
        for number in range(5):
            await visit.ask(str(number), ENGLISH | {"number": f"G-{number:03}"})
        await visit.until(lambda frame: frame == {"type": "job", "job": "4", "state": "sent"})

        printer.may_print.release(5)
        await visit.ended("4")

        assert [name for name, _ in printer.documents] == [f"G-{number:03}-1" for number in range(5)]
        assert visit.of_jobs[:5] == [(str(number), "sent") for number in range(5)]


async def test_a_job_that_is_asked_for_twice_is_printed_once_and_answered_twice(quick: AgentSettings) -> None:
    printer = MemoryPrinter()
    async with an_agent_server() as server, running(replace(quick, server=server.address), printer):
        visit = await server.visit()

        await visit.ask("41", ENGLISH)
        await visit.ended("41")
        await visit.ask("41", ENGLISH)
        second = await visit.ended("41")

        assert second["state"] == "printed"
        assert len(printer.documents) == 1


async def test_a_line_that_breaks_while_printing_is_dialled_again_and_the_end_is_told_there(
    quick: AgentSettings,
) -> None:
    printer = SlowPrinter()
    async with an_agent_server() as server, running(replace(quick, server=server.address), printer):
        visit = await server.visit()
        await visit.ask("41", ENGLISH)
        assert await asyncio.to_thread(printer.begun.acquire, timeout=PATIENCE_S)
        visit.socket.transport.abort()

        again = await server.visit()
        await again.ask("41", ENGLISH)
        await again.until(lambda frame: frame.get("state") == "sent")
        printer.may_print.release()
        ended = await again.ended("41")

        assert ended["state"] == "printed"
        assert len(printer.documents) == 1


async def test_an_agent_that_starts_again_remembers_what_it_printed(quick: AgentSettings) -> None:
    printer = MemoryPrinter()
    async with an_agent_server() as server:
        settings = replace(quick, server=server.address)
        async with running(settings, printer):
            visit = await server.visit()
            await visit.ask("41", ENGLISH)
            await visit.ended("41")

        async with running(settings, printer):
            visit = await server.visit()
            await visit.ask("41", ENGLISH)
            ended = await visit.ended("41")

    assert ended["state"] == "printed"
    assert len(printer.documents) == 1


async def test_a_job_that_was_begun_before_the_agent_died_is_unconfirmed(quick: AgentSettings) -> None:
    ledger = Ledger(quick.ledger)
    ledger.begin("41")
    ledger.close()
    printer = MemoryPrinter()

    async with an_agent_server() as server, running(replace(quick, server=server.address), printer):
        visit = await server.visit()
        await visit.ask("41", ENGLISH)
        ended = await visit.ended("41")

    assert ended == {"type": "job", "job": "41", "state": "unconfirmed", "reason": "the agent stopped while printing"}
    assert printer.documents == []


async def test_a_stopped_agent_finishes_its_slip_and_remembers_it(quick: AgentSettings) -> None:
    printer = SlowPrinter()
    async with an_agent_server() as server, running(replace(quick, server=server.address), printer) as agent:
        visit = await server.visit()
        await visit.ask("41", ENGLISH)
        await visit.ask("42", ENGLISH)
        assert await asyncio.to_thread(printer.begun.acquire, timeout=PATIENCE_S)
        agent.cancel()
        printer.may_print.release()

    ledger = Ledger(quick.ledger)
    assert ledger.find("41") == Entry(Outcome(PrintState.PRINTED), number="G-012")
    assert ledger.find("42") is None
    assert len(printer.documents) == 1
    ledger.close()


async def test_paper_that_runs_out_and_comes_back_is_told_as_it_happens(quick: AgentSettings) -> None:
    with a_printer() as printer:
        async with an_agent_server() as server, running(replace(quick, server=server.address), printer.transport()):
            visit = await server.visit()
            await visit.until(lambda frame: frame == {"type": "printer", "state": "ok"})

            printer.answers = dict(PAPER_OUT)
            await visit.until(lambda frame: frame == {"type": "printer", "state": "out"})
            await visit.ask("41", ENGLISH)
            failed = await visit.ended("41")
            printer.answers = dict(READY)
            await visit.until(lambda frame: frame == {"type": "printer", "state": "ok"})
            await visit.ask("42", ENGLISH)
            printed = await visit.ended("42")

    assert (failed["state"], failed["reason"]) == ("failed", "out of paper")
    assert printed["state"] == "printed"
    assert len(printer.printed) == 1


async def test_a_slow_print_does_not_silence_the_reports(quick: AgentSettings) -> None:
    printer = SlowPrinter()
    async with an_agent_server() as server, running(replace(quick, server=server.address), printer):
        visit = await server.visit()
        await visit.ask("41", ENGLISH)
        assert await asyncio.to_thread(printer.begun.acquire, timeout=PATIENCE_S)

        for _ in range(3):
            await visit.until(lambda frame: frame == {"type": "printer", "state": "ok"})

        assert ("41", "printed") not in visit.of_jobs
        printer.may_print.release()
        await visit.ended("41")


async def test_a_bad_slip_fails_with_the_field_named_and_the_next_one_prints(quick: AgentSettings) -> None:
    printer = MemoryPrinter()
    async with an_agent_server() as server, running(replace(quick, server=server.address), printer):
        visit = await server.visit()
        await visit.ask("41", ENGLISH | {"url": "ftp://queue"})
        await visit.ask("42", None)
        await visit.ask("43", ENGLISH)

        ended = [await visit.ended(job) for job in ("41", "42", "43")]

    assert [frame["state"] for frame in ended] == ["failed", "failed", "printed"]
    assert ended[0]["reason"].startswith("The slip's url must be")
    assert ended[1]["reason"] == "The slip's document must be a JSON object, not NoneType."


@pytest.mark.parametrize(
    "frame",
    ["not json", "[]", '{"type":"print"}', '{"type":"print","job":7,"slip":{}}', b"\xff", '{"type":"beat","at":""}'],
)
async def test_a_frame_that_makes_no_sense_is_left_out(quick: AgentSettings, frame: str | bytes) -> None:
    async with an_agent_server() as server, running(replace(quick, server=server.address), MemoryPrinter()):
        visit = await server.visit()

        await visit.socket.send(frame)
        await visit.ask("41", ENGLISH)
        ended = await visit.ended("41")

    assert ended["state"] == "printed"


async def test_a_frame_without_end_costs_the_line_but_not_the_agent(quick: AgentSettings) -> None:
    async with an_agent_server() as server, running(replace(quick, server=server.address), MemoryPrinter()):
        visit = await server.visit()
        with suppress(ConnectionClosed):
            await visit.socket.send("x" * 1_000_000)
        async with asyncio.timeout(PATIENCE_S):
            await visit.socket.wait_closed()

        again = await server.visit()

    assert again.frames[0]["type"] == "hello"


@pytest.mark.parametrize("code", [4401, 4403])
async def test_a_revoked_key_is_told_in_the_log_and_tried_again_slowly(
    quick: AgentSettings, code: int, caplog: pytest.LogCaptureFixture
) -> None:
    now = asyncio.get_running_loop().time
    async with an_agent_server() as server, running(replace(quick, server=server.address), MemoryPrinter()):
        visit = await server.visit()
        closed_at = now()
        await visit.socket.close(code, "revoked")

        await server.visit()
        came_back_after = now() - closed_at

    assert came_back_after >= quick.refused_retry_s
    assert f"refuses this device's key (code {code})" in caplog.text
    assert KEY not in caplog.text


@pytest.mark.parametrize("status", [401, 403])
async def test_a_key_refused_at_the_door_is_tried_again_slowly(
    quick: AgentSettings, status: int, caplog: pytest.LogCaptureFixture
) -> None:
    now = asyncio.get_running_loop().time
    began = now()
    async with (
        an_agent_server(refuse_with=[status]) as server,
        running(replace(quick, server=server.address), MemoryPrinter()),
    ):
        await server.visit()
        came_in_after = now() - began

    assert came_in_after >= quick.refused_retry_s
    assert f"HTTP {status}" in caplog.text


async def test_a_server_in_trouble_is_tried_again_quickly(quick: AgentSettings) -> None:
    async with an_agent_server(refuse_with=[503, 502, 500]) as server:
        settings = replace(quick, server=server.address, refused_retry_s=60)
        async with running(settings, MemoryPrinter()):
            await server.visit()

    assert len(server.paths) == 4


async def test_an_agent_waits_for_a_server_that_is_not_up_yet(quick: AgentSettings) -> None:
    with socket.create_server(("127.0.0.1", 0)) as reserved:
        port = reserved.getsockname()[1]
    failed = asyncio.Event()

    class Watch(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            if "cannot be reached" in record.getMessage():
                failed.set()

    watch = Watch()
    logging.getLogger("kiosk.agent.agent").addHandler(watch)
    try:
        async with running(replace(quick, server=f"http://127.0.0.1:{port}"), MemoryPrinter()):
            async with asyncio.timeout(PATIENCE_S):
                await failed.wait()
            async with an_agent_server(port) as server:
                visit = await server.visit()
    finally:
        logging.getLogger("kiosk.agent.agent").removeHandler(watch)

    assert visit.frames[0]["type"] == "hello"


async def test_the_key_is_in_no_log_however_chatty(quick: AgentSettings, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    async with an_agent_server() as server, running(replace(quick, server=server.address), MemoryPrinter()):
        visit = await server.visit()
        await visit.ask("41", ENGLISH)
        await visit.ended("41")

    ours = [record for record in caplog.records if record.name.startswith(("kiosk", "websockets.client"))]
    assert any("Job 41: printed" in record.getMessage() for record in ours)
    assert not any(KEY in record.getMessage() for record in ours)
    assert KEY not in repr(quick)


async def test_a_printer_that_is_off_does_not_keep_the_agent_from_the_server(quick: AgentSettings) -> None:
    with socket.create_server(("127.0.0.1", 0)) as reserved:
        address = f"tcp://127.0.0.1:{reserved.getsockname()[1]}"
    async with an_agent_server() as server, running(replace(quick, server=server.address, printer=address), None):
        visit = await server.visit()
        await visit.ask("41", ENGLISH)
        ended = await visit.ended("41")

    assert visit.frames[0]["printer"] == PrinterState.OFFLINE
    assert (ended["state"], ended["reason"]) == ("failed", "printer not reached: connection refused")


def test_waits_grow_to_the_longest_and_are_never_the_same_for_all() -> None:
    waits = delays(0.25, 3)
    taken = [next(waits) for _ in range(50)]

    assert all(0.125 <= taken[0] <= 0.25 and wait <= 3 for wait in taken)
    assert all(1.5 <= wait <= 3 for wait in taken[5:])
    assert len(set(taken[5:])) > 1


@pytest.mark.parametrize(
    ("server", "address"),
    [
        ("http://192.168.1.20:8000", "ws://192.168.1.20:8000/ws/agent"),
        ("https://queue.example/", "wss://queue.example/ws/agent"),
        ("https://queue.example/north", "wss://queue.example/north/ws/agent"),
    ],
)
def test_the_websocket_is_beside_the_pages(server: str, address: str) -> None:
    assert websocket_address(server) == address


@pytest.mark.parametrize("server", ["queue.example", "ftp://queue.example", "http://", ""])
def test_a_server_that_is_no_address_is_refused(server: str) -> None:
    with pytest.raises(ValueError, match="is not an address"):
        websocket_address(server)
