"""The other ends of many websockets, in a process of their own: they count views and tell when the last came.

Started by `side_by_side_live`. It reads lines of JSON: first `{"port", "paths", "headers"}`, then how many sockets are
to be reached; each answer is a line of JSON. Moments are CLOCK_MONOTONIC in nanoseconds, the same in all processes.
"""

from __future__ import annotations

import json
import os
import resource
import select
import socket
import sys
import time
from typing import Any

VIEW = b'{"type":"view"'
MOST_AT_ONCE = 200


class Peers:
    """All sockets of one server, watched by one epoll."""

    def __init__(self, port: int, headers: list[str]) -> None:
        self._port = port
        self._headers = headers
        self._epoll = select.epoll()
        self._sockets: dict[int, socket.socket] = {}
        self._rest: dict[int, bytes] = {}
        self._in_handshake: set[int] = set()
        self._reached: set[int] = set()
        self.views = 0
        self.sizes = 0
        self.first_at = 0
        self._epoll.register(sys.stdin.fileno(), select.EPOLLIN)

    def connect(self, paths: list[str]) -> None:
        """Every path has an open line; a few hundred shake hands at a time, as phones do after a restart."""
        for start, path in enumerate(paths):
            connection = socket.create_connection(("127.0.0.1", self._port))
            connection.sendall(self._request(path, self._headers[start % len(self._headers)] if self._headers else ""))
            connection.setblocking(False)
            number = connection.fileno()
            self._sockets[number] = connection
            self._rest[number] = b""
            self._in_handshake.add(number)
            self._epoll.register(number, select.EPOLLIN)
            while len(self._in_handshake) >= MOST_AT_ONCE:
                self.turn()
        while self._in_handshake:
            self.turn()

    def _request(self, path: str, header: str) -> bytes:
        more = f"{header}\r\n" if header else ""
        return (
            f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{self._port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n{more}\r\n"
        ).encode()

    def answer(self, sockets: int, within_s: float) -> dict[str, int]:
        """What arrived since the last answer, once so many sockets have got a view, or the time is over."""
        ends = time.monotonic() + within_s
        while len(self._reached) < sockets and time.monotonic() < ends:
            self.turn()
        last_at = time.monotonic_ns()
        found = {"last_at": last_at, "first_at": self.first_at, "reached": len(self._reached), "views": self.views}
        found["bytes"] = self.sizes
        self._reached.clear()
        self.views = self.sizes = self.first_at = 0
        return found

    def turn(self) -> bool:
        """Take what has arrived, or rest for half a second; returns whether there is a question."""
        is_asked = False
        for number, _ in self._epoll.poll(0.5):
            if number == sys.stdin.fileno():
                is_asked = True
                continue
            data = os.read(number, 262_144)
            if not data:
                raise SystemExit(f"a line was closed after {self._rest[number][:300]!r}")
            self._take(number, data)
        return is_asked

    def _take(self, number: int, data: bytes) -> None:
        if self._rest[number]:
            data = self._rest[number] + data
        if number in self._in_handshake:
            head, end, data = data.partition(b"\r\n\r\n")
            if not end:
                self._rest[number] = head
                return
            if b" 101 " not in head.split(b"\r\n")[0]:
                raise SystemExit(f"refused: {head[:300]!r}")
            self._in_handshake.discard(number)
        self._rest[number] = self._frames(number, data)

    def _frames(self, number: int, data: bytes) -> bytes:
        """Count the views among the frames, answer pings, and return the beginning of a frame that is not whole."""
        while len(data) >= 2:
            size, head = data[1], 2
            if size == 126:
                size, head = int.from_bytes(data[2:4]), 4
            if len(data) < head + size:
                break
            if data[0] == 0x89:
                # A pong with the ping's payload, masked with noughts.
                pong = bytes((0x8A, 0x80 | size, 0, 0, 0, 0)) + data[head : head + size]
                self._sockets[number].send(pong)
            elif data.startswith(VIEW, head):
                self._reached.add(number)
                self.views += 1
                self.sizes += size
                self.first_at = self.first_at or time.monotonic_ns()
            elif data[0] == 0x88 or b'"error"' in data[:30]:
                raise SystemExit(f"a line was closed: {data[:200]!r}")
            data = data[head + size :]
        return data


def main() -> None:
    """Connect, then answer each question."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    asked: dict[str, Any] = json.loads(sys.stdin.readline())
    peers = Peers(asked["port"], asked["headers"])
    peers.connect(asked["paths"])
    print(json.dumps({"open": len(asked["paths"])}), flush=True)
    while True:
        if peers.turn():
            if not (line := sys.stdin.readline()):
                return
            print(json.dumps(peers.answer(**json.loads(line))), flush=True)


if __name__ == "__main__":
    main()
