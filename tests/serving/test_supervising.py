"""A worker that dies is replaced at once, whatever another one does."""

from __future__ import annotations

import os
import signal
import socket
import time
from collections.abc import Iterator
from contextlib import closing

import pytest
import uvicorn

from queue_server.supervising import Supervisor


@pytest.fixture
def supervisor() -> Iterator[Supervisor]:
    """Two workers of an empty application. They are asked when the test says so."""
    handlers = {number: signal.getsignal(number) for number in signal.valid_signals()}
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        listener.set_inheritable(True)
        config = uvicorn.Config(
            "starlette.applications:Starlette", factory=True, workers=2, timeout_worker_healthcheck=60, log_config=None
        )
        made = Supervisor(config, [listener])
        made.init_processes()
        try:
            yield made
        finally:
            for process in made.processes:
                process.kill()
                process.join()
            for number, handler in handlers.items():
                if signal.getsignal(number) is not handler:
                    signal.signal(number, handler)


def test_a_dead_worker_is_replaced_while_another_does_not_answer(supervisor: Supervisor) -> None:
    hangs, dies = (process.pid for process in supervisor.processes)
    assert hangs is not None
    assert dies is not None
    os.kill(hangs, signal.SIGSTOP)
    supervisor.keep_subprocess_alive()
    os.kill(dies, signal.SIGKILL)
    supervisor.processes[1].join()

    began = time.monotonic()
    supervisor.keep_subprocess_alive()
    took = time.monotonic() - began

    assert supervisor.processes[0].pid == hangs
    assert supervisor.processes[1].pid != dies
    assert supervisor.processes[1].process.is_alive()
    assert took < 5


def test_a_worker_that_has_not_answered_for_too_long_is_replaced(supervisor: Supervisor) -> None:
    supervisor.config.timeout_worker_healthcheck = 0
    before = [process.pid for process in supervisor.processes]

    supervisor.keep_subprocess_alive()

    assert [process.pid for process in supervisor.processes if process.pid in before] == []
