"""A network printer on loopback: takes documents, says how it is, and fails in every way that real ones do."""

import re
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from kiosk.printing import WiredPrinter
from kiosk.printing.states import confirmation
from kiosk.printing.wires import NetworkWire

READY = {1: 0x12, 2: 0x12, 3: 0x12, 4: 0x12}
PAPER_LOW = READY | {4: 0x1E}
PAPER_OUT = {1: 0x1A, 2: 0x32, 3: 0x12, 4: 0x72}
COVER_OPEN = {1: 0x1A, 2: 0x16, 3: 0x12, 4: 0x12}
KNIFE_JAMMED = {1: 0x1A, 2: 0x52, 3: 0x1A, 4: 0x12}
MUTE: dict[int, int] = {}

_QUESTION = re.compile(rb"\x10\x04([\x01-\x04])$")
#: No question or request is longer.
_LONGEST = 16
_REQUEST = re.compile(rb"\x1d\(H\x06\x0000(....)$", re.DOTALL)


@dataclass
class FakePrinter:
    """What it answers, whether it confirms, and where it fails."""

    #: Byte for each n of `DLE EOT n`; a missing one stays unanswered.
    answers: dict[int, int] = field(default_factory=lambda: dict(READY))
    #: Whether it answers `GS ( H`.
    confirms: bool = True
    #: Whether documents come to nothing, though they were taken.
    swallows: bool = False
    #: Called with each document before it is confirmed; may block, or change the answers.
    before_printing: Callable[[bytes], object] = lambda document: None
    #: Bytes of a document after which it drops the line.
    closes_after: int | None = None
    #: The documents that came out whole, questions included, as `rendering` ignores those.
    printed: list[bytes] = field(default_factory=list)
    #: How often it was connected to.
    connections: int = 0
    #: All bytes that ever came, over all connections.
    received: bytes = b""
    #: The threads of its connections.
    lines: list[threading.Thread] = field(default_factory=list)
    port: int = 0

    def transport(self, *, confirm_s: float | None = None) -> WiredPrinter:
        """The printer as the agent sees it; it waits shortly only for what never comes."""
        connect = partial(NetworkWire, "127.0.0.1", self.port, timeout_s=10.0)
        answer_s = 10.0 if self.answers.keys() >= READY.keys() else 0.1
        return WiredPrinter(connect, answer_s=answer_s, confirm_s=confirm_s or (10.0 if self.confirms else 0.2))

    def serve(self, line: socket.socket) -> None:
        """One connection."""
        data, is_out = b"", False
        with line, suppress(OSError):
            while chunk := line.recv(4096):
                data += chunk
                self.received += chunk
                if self.closes_after is not None and len(data) >= self.closes_after:
                    return
                end = data[-_LONGEST:]
                if asked := _QUESTION.search(end):
                    if asked[1][0] in self.answers:
                        line.sendall(bytes([self.answers[asked[1][0]]]))
                elif request := _REQUEST.search(end):
                    self.before_printing(data)
                    is_out = self._come_out(data)
                    if self.confirms and not self.swallows:
                        line.sendall(b"\x14" + confirmation(request[1]))
            if not is_out and b"\x1b@" in data:
                self._come_out(data)

    def _come_out(self, data: bytes) -> bool:
        """The document is on paper, unless it is swallowed."""
        if not self.swallows:
            self.printed.append(data)
        return True


@contextmanager
def a_printer(**settings: Any) -> Iterator[FakePrinter]:
    """A printer that is switched on for the length of the block."""
    printer = FakePrinter(**settings)
    with socket.create_server(("127.0.0.1", 0)) as server:
        printer.port = server.getsockname()[1]
        lines = printer.lines

        def accept() -> None:
            with suppress(OSError):
                while True:
                    line, _ = server.accept()
                    printer.connections += 1
                    lines.append(threading.Thread(target=printer.serve, args=(line,)))
                    lines[-1].start()

        door = threading.Thread(target=accept)
        door.start()
        try:
            yield printer
        finally:
            server.shutdown(socket.SHUT_RDWR)
            door.join(timeout=5)
            for line in lines:
                line.join(timeout=5)
