"""Several worker processes, each of which is replaced at once when it dies."""

from __future__ import annotations

import logging
import time
from socket import socket

from uvicorn import Config
from uvicorn.config import STARTUP_FAILURE
from uvicorn.supervisors import Multiprocess
from uvicorn.supervisors.multiprocess import Process

logger = logging.getLogger(__name__)


class Supervisor(Multiprocess):
    """uvicorn's, which never waits for an answer: uvicorn's own stands still for one worker that is starting, hangs or
    was killed while it was asked, for as long as a worker may take to start, and sees no other one die meanwhile."""

    def __init__(self, config: Config, sockets: list[socket]) -> None:
        super().__init__(config, sockets)
        self._asked_at: dict[Process, float] = {}

    def keep_subprocess_alive(self) -> None:
        """Every worker that has died, or has not answered within `timeout_worker_healthcheck`, is replaced."""
        for place, process in enumerate(self.processes):
            if self.should_exit.is_set():
                return
            if self._lives(process):
                continue
            self._asked_at.pop(process, None)
            process.kill()
            process.join()
            if process.exitcode == STARTUP_FAILURE:
                logger.error("A worker could not start; the reason is above.")
                self.should_exit.set()
                return
            logger.warning("The worker %s has died and is replaced.", process.pid)
            self.processes[place] = fresh = Process(self.config, self.sockets)
            fresh.start()

    def _lives(self, process: Process) -> bool:
        if not process.process.is_alive():
            return False
        now, line = time.monotonic(), process.parent_conn
        try:
            if process not in self._asked_at:
                line.send(b"ping")
                self._asked_at[process] = now
            elif line.poll(0):
                line.recv()
                del self._asked_at[process]
        except (OSError, EOFError):
            return False
        return now - self._asked_at.get(process, now) < self.config.timeout_worker_healthcheck
