"""The server's end of an HTTP connection: who begins a request finishes it in time, or makes room for others."""

from __future__ import annotations

import asyncio
from enum import Enum, auto
from typing import Any

from httptools import HttpParserError, HttpParserUpgrade, HttpRequestParser
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle


class _Awaited(Enum):
    """What the peer has to send next."""

    REQUEST = auto()
    END_OF_HEADERS = auto()
    END_OF_BODY = auto()


class PromptProtocol(HttpToolsProtocol):
    """uvicorn's HTTP protocol, which waits for nobody for ever and keeps no more than it has to.

    Give it to uvicorn as `http=`. uvicorn itself ends idle connections after their first answer only. Without this, a
    few thousand connections that send nothing, or half a request, would keep everybody else out. Its parser is
    llhttp, which has no limits and leaves it to others whether headers contradict one another.
    """

    #: A request's headers are there so long after the connection, or after their first byte, however they trickle.
    headers_deadline_s: float = 20.0

    #: A body may take its time on a slow line, and may not stand still for so long.
    body_silence_s: float = 20.0

    #: Bytes of a request's address and headers.
    longest_headers: int = 64 * 1024

    #: Headers of a request.
    most_headers: int = 128

    #: Requests that came on a connection before the one ahead of them was answered.
    most_queued: int = 16

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self._deadline: asyncio.TimerHandle | None = None
        self._awaited = _Awaited.REQUEST
        self._answering: RequestResponseCycle | None = None
        self._in_headers = 0
        self._in_vain = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """The first request is awaited from now on."""
        super().connection_made(transport)
        self._expect(self.headers_deadline_s)

    def data_received(self, data: bytes) -> None:
        """Take what the peer sent, and see whether its request is whole."""
        # What ends no headers and brings nothing of a body is counted, for what the parser keeps of it has no limit.
        self._in_vain += len(data)
        self._unset_keepalive_if_required()
        self._parse(data)
        if self._is_mine and self._in_vain > self.longest_headers:
            self.send_400_response("Too much was sent.")
        self._watch(has_come=True)

    def on_message_begin(self) -> None:
        """A request begins. Raises `HttpParserError` where too many are queued."""
        if len(self.pipeline) >= self.most_queued:
            raise HttpParserError("too many requests at once")
        super().on_message_begin()
        self._awaited, self._in_headers, self._in_vain = _Awaited.END_OF_HEADERS, 0, 0

    def on_url(self, url: bytes) -> None:
        """A part of the address. Raises `HttpParserError` for a long one."""
        super().on_url(url)
        self._count(len(url))

    def on_header(self, name: bytes, value: bytes) -> None:
        """One more header; what follows chunks is none. Raises `HttpParserError` for too many, or too long ones."""
        if self._awaited is _Awaited.END_OF_HEADERS:
            super().on_header(name, value.rstrip(b" \t"))
        self._count(len(name) + len(value))

    def on_headers_complete(self) -> None:
        """The request is answered. Raises `HttpParserError` for headers that two readers may understand differently."""
        self._check_headers()
        if self._is_declined:
            return
        # For an answer that never ends: how to be rid of a peer that takes nothing of it.
        self.scope.setdefault("abort", self.transport.abort)  # type: ignore[typeddict-item]
        super().on_headers_complete()
        self._awaited, self._in_vain = _Awaited.END_OF_BODY, 0

    def on_body(self, body: bytes) -> None:
        """A part of the body."""
        self._in_vain = 0
        super().on_body(body)

    def on_message_complete(self) -> None:
        """The request is whole."""
        self._awaited, self._in_vain = _Awaited.REQUEST, 0
        if not self._is_declined:
            super().on_message_complete()

    def on_response_complete(self) -> None:
        """The answer is out; what was already sent of the next request counts."""
        self._answering = None
        super().on_response_complete()
        self._watch(has_come=False)

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing is awaited any more."""
        self._rest()
        super().connection_lost(exc)

    def shutdown(self) -> None:
        """The server stops. An answer that says that it never ends (`is_endless`) is cut off, others are finished."""
        if self._answering is not None and self._answering.scope.get("is_endless"):
            self.transport.close()
        else:
            super().shutdown()

    def handle_websocket_upgrade(self) -> None:
        """The connection is a websocket's from now on, which has deadlines of its own; nothing is left of this one."""
        if self._answering is not None:
            self.send_400_response("One answer after the other.")
            return
        self._rest()
        super().handle_websocket_upgrade()
        # The parser and this refer to each other, and would wait for the search for garbage.
        self.parser = None  # type: ignore[assignment]

    def send_400_response(self, msg: str) -> None:
        """The connection ends; the peer is told why where it cannot take that for the answer to an earlier request."""
        cycle, is_its_own = self._answering, self._answering is self.cycle and self._awaited is _Awaited.END_OF_BODY
        if cycle is None or (is_its_own and not cycle.response_started):
            super().send_400_response(msg)
        elif is_its_own:
            self.transport.close()
        else:
            # Whoever was heard out before has an answer.
            self.cycle.keep_alive = False

    def _parse(self, data: bytes) -> None:
        try:
            self.parser.feed_data(data)
        except HttpParserUpgrade as upgrade:
            if self._should_upgrade():
                self.handle_websocket_upgrade()
            else:
                self._decline(data[upgrade.args[0] :])
        except HttpParserError:
            self.logger.warning("Invalid HTTP request received.")
            self.send_400_response("Invalid HTTP request received.")

    def _decline(self, rest: bytes) -> None:
        """Read the request again as if no other protocol had been offered: the parser would leave out its body."""
        kept = [b"%b: %b\r\n" % header for header in self.headers if header[0] != b"upgrade"]
        first = b"%b %b HTTP/1.1\r\n" % (self.parser.get_method(), self.url)
        self.parser = HttpRequestParser(self)
        self._parse(b"".join((first, *kept, b"\r\n", rest)))

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        self._answering = cycle
        super()._start_asgi_task(cycle, app)

    @property
    def _is_declined(self) -> bool:
        """Whether the request offers a protocol that is not spoken here, as Java's client does with HTTP/2."""
        return self.parser.should_upgrade() and not self._should_upgrade()

    def _count(self, size: int) -> None:
        self._in_headers += size
        if self._in_headers > self.longest_headers or len(self.headers) > self.most_headers:
            raise HttpParserError("too long")

    def _check_headers(self) -> None:
        """llhttp itself refuses two lengths, and a length with chunks (RFC 9112, section 6.1)."""
        version, method = self.parser.get_http_version(), self.parser.get_method()
        hosts = [value for name, value in self.headers if name == b"host"]
        codings = [value.lower() for name, value in self.headers if name == b"transfer-encoding"]
        if version == "1.1":
            is_clear = len(hosts) == 1 and codings in ([], [b"chunked"])
        else:
            is_clear = version == "1.0" and len(hosts) <= 1 and not codings
        if not is_clear or method == b"CONNECT":
            raise HttpParserError("not clear")

    @property
    def _is_mine(self) -> bool:
        return self.transport.get_protocol() is self and not self.transport.is_closing()

    def _watch(self, *, has_come: bool) -> None:
        """The deadline of what is awaited runs; `has_come` says that something was sent, if only an empty line."""
        if not self._is_mine:
            self._rest()
        elif self._awaited is _Awaited.END_OF_BODY:
            self._rest()
            # Where the application does not take the body, the peer is not the one who keeps us waiting.
            if not self.flow.read_paused:
                self._expect(self.body_silence_s)
        elif self._answering is not None:
            self._rest()
        elif has_come or self._awaited is _Awaited.END_OF_HEADERS:
            if self._deadline is None:
                self._expect(self.headers_deadline_s)
        else:
            # uvicorn's own keep-alive counts between two requests.
            self._rest()

    def _expect(self, seconds: float) -> None:
        self._deadline = self.loop.call_later(seconds, self._give_up)

    def _rest(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _give_up(self) -> None:
        self._deadline = None
        # Not `close`, which would wait until the peer has taken what was written.
        self.transport.abort()
