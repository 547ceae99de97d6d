"""The process that draws papers, one after another, until its line ends: `python -m … DESCRIPTOR`.

A request is a pickle of what to make and of what, an answer a byte for how it went and the bytes that were made. Only
the server, whose child it is, can write to its line.
"""

from __future__ import annotations

import pickle
import signal
import socket
import struct
import sys
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any

#: What can be made, and by which function.
MAKERS: Mapping[str, str] = {
    "prescription": "queue_server.papers.prescriptions:prescription_pdf",
    "certificate": "queue_server.papers.certificates:certificate_pdf",
    "bundle": "queue_server.papers.bundles:bundle_pdf",
    "report": "queue_server.papers.reports:report_pdf",
    "poster": "queue_server.papers.posters:poster_pdf",
    "picture": "queue_server.papers.showing:page_picture",
    "nothing": "queue_server.papers.worker:load",
}
_HEAD = struct.Struct(">cQ")


def main(descriptor: int) -> None:
    """Answer each request, until nobody can send any more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the server decides when this ends, not the terminal
    with socket.socket(fileno=descriptor) as line:
        while (request := receive(line)) is not None:
            name, given = pickle.loads(request[1])  # noqa: S301  # nosec B301 - from our own parent
            try:
                send(line, b"+", _maker(name)(*given))
            except Exception as error:  # the next paper is made all the same; what it says may be personal
                send(line, b"-", type(error).__name__.encode())


def load() -> bytes:
    """ReportLab and its fonts are there, so that the first paper is as quick as the next."""
    from queue_server.papers import certificates, prescriptions, typefaces

    # Both are imported for what they bring along.
    _ = certificates, prescriptions
    typefaces.load()
    return b""


def send(line: socket.socket, kind: bytes, content: bytes) -> None:
    """Put one message on the line."""
    line.sendall(_HEAD.pack(kind, len(content)) + content)


def receive(line: socket.socket) -> tuple[bytes, bytes] | None:
    """The next message's kind and content; none when the line has ended."""
    head = _exactly(line, _HEAD.size)
    if head is None:
        return None
    kind, size = _HEAD.unpack(head)
    content = _exactly(line, size)
    return None if content is None else (kind, content)


def _exactly(line: socket.socket, size: int) -> bytes | None:
    received = bytearray()
    while len(received) < size:
        some = line.recv(min(256 * 1024, size - len(received)))
        if not some:
            return None
        received += some
    return bytes(received)


def _maker(name: str) -> Callable[..., bytes]:
    module, _, function = MAKERS[name].partition(":")
    made: Any = getattr(import_module(module), function)
    return made  # type: ignore[no-any-return]


if __name__ == "__main__":
    main(int(sys.argv[1]))
