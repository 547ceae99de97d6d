"""Papers made in a process of their own, one at a time, each within a limit.

A paper that takes longer ends with its process, and the next one gets a new process: no text can stop the others'
papers. ReportLab is imported there only.
"""

from __future__ import annotations

import asyncio
import atexit
import logging
import os
import pickle
import socket
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime

from queue_server.domain.clinic.letterhead import Letterhead
from queue_server.domain.errors import PaperFailed
from queue_server.domain.records.records import Certificate, Prescription
from queue_server.papers import worker
from queue_server.papers.bundle_cover import Cover
from queue_server.papers.poster_parts import Poster
from queue_server.papers.report_parts import Section

logger = logging.getLogger(__name__)

#: Seconds that one paper may take. The largest, a report of many pages, takes one or two.
LONGEST_S = 15.0

#: A document's type and content; none where it did not open.
File = tuple[str, bytes] | None


async def prescription(signed: Prescription, letterhead: Letterhead, language: str) -> bytes:
    """The signed prescription as a PDF in the patient's language and in English. Raises `PaperFailed`."""
    return await made("prescription", signed, letterhead, language)


async def certificate(signed: Certificate, letterhead: Letterhead, language: str) -> bytes:
    """The signed certificate as a PDF. Raises `PaperFailed`."""
    return await made("certificate", signed, letterhead, language)


async def report(
    title: str,
    sections: Sequence[Section],
    letterhead: Letterhead,
    subtitle: str = "",
    language: str = "en",
    *,
    made_at: datetime,
) -> bytes:
    """The sections as a PDF on A4, under the clinic's letterhead. Raises `PaperFailed`."""
    return await made("report", title, sections, letterhead, subtitle, language, made_at)


async def poster(said: Poster, letterhead: Letterhead) -> bytes:
    """The poster as a PDF on A5. Raises `PaperFailed`."""
    return await made("poster", said, letterhead)


async def bundle(cover: Cover, files: Sequence[File], letterhead: Letterhead) -> bytes:
    """The files as one PDF behind the cover, in a process for this one only: it may be large. Raises `PaperFailed`."""
    return await asyncio.get_running_loop().run_in_executor(_bundle_turns, _bundled, cover, files, letterhead)


async def prepare() -> None:
    """The worker is there with its fonts, so that the first paper is as quick as the next."""
    await made("nothing")


async def made(name: str, *given: object) -> bytes:
    """What the worker makes; the event loop goes on meanwhile. Raises `PaperFailed`."""
    return await asyncio.get_running_loop().run_in_executor(_turns, _worker.make, name, given)


class Worker:
    """The process, started when the first paper is wanted. Used by one thread at a time."""

    def __init__(self, longest_s: float = LONGEST_S) -> None:
        self.longest_s = longest_s
        self._process: subprocess.Popen[bytes] | None = None
        self._line: socket.socket | None = None

    @property
    def pid(self) -> int | None:
        """The process that draws; none before the first paper, and after one that took too long."""
        return None if self._process is None else self._process.pid

    def make(self, name: str, given: Sequence[object]) -> bytes:
        """What it makes of this. Raises `PaperFailed` when it cannot, or takes too long; then it is replaced."""
        request = pickle.dumps((name, given))
        for is_last in (False, True):
            line = self._line or self._start()
            try:
                return self._answer(line, request)
            except TimeoutError:
                self.end()
                logger.warning("A paper took more than %s seconds.", self.longest_s)
                raise PaperFailed from None
            except OSError as error:  # it has died since the last paper, or over this one
                self.end()
                if is_last:
                    raise PaperFailed from error
        raise AssertionError("unreachable")

    def end(self) -> None:
        """The process has ended, whatever it was doing."""
        if self._line is not None:
            self._line.close()
            self._line = None
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def _answer(self, line: socket.socket, request: bytes) -> bytes:
        line.settimeout(self.longest_s)
        worker.send(line, b"?", request)
        answer = worker.receive(line)
        if answer is None:
            raise ConnectionResetError
        kind, content = answer
        if kind == b"-":
            logger.error("A paper could not be drawn: %s.", content.decode())
            raise PaperFailed
        return content

    def _start(self) -> socket.socket:
        ours, theirs = socket.socketpair()
        # It finds the program where this process finds it, installed or not.
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
        command = [sys.executable, "-P", "-m", "queue_server.papers.worker", str(theirs.fileno())]
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603  (our own program)
                command, pass_fds=[theirs.fileno()], env=environment, stdin=subprocess.DEVNULL
            )
        self._line = ours
        return ours


def _bundled(*given: object) -> bytes:
    own = Worker()
    try:
        return own.make("bundle", given)
    finally:
        own.end()


_worker = Worker()
#: One paper at a time, in the order in which they were wanted.
_turns = ThreadPoolExecutor(1, thread_name_prefix="papers")
#: Bundles have a line of their own, so that no doctor's prescription waits for one.
_bundle_turns = ThreadPoolExecutor(1, thread_name_prefix="bundles")


@atexit.register
def _end() -> None:
    with suppress(OSError):
        _worker.end()
