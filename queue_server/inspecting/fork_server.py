"""A small process that has Pillow and pikepdf loaded, and forks a child for each file: `python -m … DESCRIPTOR`.

The child reads the file from the socket that it was handed, until its end; it answers a line of JSON, then the content.
It has 256 MB of address space (`space` says when it is given more), 5 seconds of processor, 15 by the clock (other
programs may be busy), and no right to write a file. Whatever a hostile file does to it, it takes nothing with it.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import socket
import sys

from queue_server.domain.records.refused_files import Refusal
from queue_server.inspecting.refused import Refused
from queue_server.inspecting.sanitising import looked_into
from queue_server.inspecting.space import LARGEST_SPACE, SPACE

#: Seconds of work, and by the clock from the last byte on.
MOST_WORK_S = 5
LONGEST_S = 15


def main(descriptor: int) -> None:
    """Fork a child for each socket that arrives, until nobody can send any more."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # children that have ended are forgotten by themselves
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the server decides when this ends, not the terminal
    with socket.socket(fileno=descriptor) as orders:
        while True:
            _, descriptors, _, _ = socket.recv_fds(orders, 1, 1)
            if not descriptors:
                return
            if os.fork() == 0:
                orders.close()
                _child(descriptors[0])
            os.close(descriptors[0])


def _child(descriptor: int) -> None:
    """Look into one file and end, whatever happens."""
    try:
        _limit()
        with socket.socket(fileno=descriptor) as line:
            content = _received(line)
            signal.signal(signal.SIGALRM, signal.SIG_DFL)
            signal.alarm(LONGEST_S)
            line.sendall(_answer(content))
    finally:
        os._exit(0)


def _answer(content: bytes) -> bytes:
    try:
        media_type, made = looked_into(content)
    except Refused as refused:
        return json.dumps({"refused": refused.reason}).encode() + b"\n"
    except MemoryError:
        return json.dumps({"refused": Refusal.TOO_COMPLEX}).encode() + b"\n"
    return json.dumps({"media_type": media_type, "size": len(made)}).encode() + b"\n" + made


def _received(line: socket.socket) -> bytes:
    content = bytearray()
    while some := line.recv(256 * 1024):
        content += some
    return bytes(content)


def _limit() -> None:
    limits = {
        resource.RLIMIT_AS: (SPACE, LARGEST_SPACE),
        resource.RLIMIT_CPU: (MOST_WORK_S, MOST_WORK_S),
        resource.RLIMIT_FSIZE: (0, 0),
        resource.RLIMIT_CORE: (0, 0),
    }
    for limit, (soft, hard) in limits.items():
        resource.setrlimit(limit, (soft, hard))


if __name__ == "__main__":
    main(int(sys.argv[1]))
