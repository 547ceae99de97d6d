"""The server's end of a websocket: frames that are ready made go out at once, and slow peers cost nothing.

Give `LiveProtocol` to uvicorn as `ws=`. An application finds it as `scope["extensions"][EXTENSION]["writer"]`.
"""

import asyncio
import logging
import socket
from asyncio.transports import BaseTransport
from contextlib import suppress
from typing import Any, Protocol

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.protocol import State

from queue_server.live.lean import Flag, Messages

EXTENSION = "queue.write_frame"

logger = logging.getLogger(__name__)


class SocketWriter(Protocol):
    """What the extension offers: two calls that never wait and are harmless at any time of a line's life."""

    def write_frame(self, wire: bytes, *, may_skip: bool = False) -> None:
        """Send one whole data frame, or keep it as the newest one while the peer is behind."""

    def end(self, code: int, reason: str = "") -> None:
        """Begin the closing handshake."""


class LiveProtocol(WebSocketsSansIOProtocol):
    """uvicorn's websocket protocol with a synchronous `write_frame` and a slot of one for peers that do not read.

    At most one frame that is half sent and one that waits are held for a peer, whatever is published meanwhile.
    Subclass it to change the figures.
    """

    #: A peer that has not taken what was written for so long is dropped; its host, when silent, likewise.
    drain_deadline_s: float = 30.0

    #: So long a peer that broke the protocol is listened to, unheard, so that it gets to read why.
    refusal_linger_s: float = 2.0

    #: The kernel's buffer for one socket: what is in it is old news that can no longer be replaced.
    send_buffer_bytes: int = 65_536

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.queue = Messages()  # type: ignore[assignment]
        self.writable = Flag()  # type: ignore[assignment]
        self._is_behind = False
        self._slot: bytes | None = None
        self._deadline: asyncio.TimerHandle | None = None

    async def run_asgi(self) -> None:
        """Run the application with the writer in its scope."""
        extensions: dict[str, dict[object, object]] = self.scope["extensions"] or {}
        self.scope["extensions"] = {**extensions, EXTENSION: {"writer": self}}
        await super().run_asgi()

    def write_frame(self, wire: bytes, *, may_skip: bool = False) -> None:
        """Send one whole data frame, or keep it as the newest one while the peer is behind.

        A frame that `may_skip` is not kept. Nothing happens before the handshake and after the close.
        """
        if self.conn.state is not State.OPEN or self.transport.is_closing():
            return
        if not self._is_behind:
            self.transport.write(wire)
        elif not may_skip:
            self._slot = wire

    def end(self, code: int, reason: str = "") -> None:
        """Begin the closing handshake; the application sees a disconnect with this code."""
        if self.conn.state is not State.OPEN or self.transport.is_closing():
            return
        self._slot = None
        self.conn.send_close(code, reason)
        self._say_goodbye(code, reason, self.close_timeout)

    def connection_made(self, transport: BaseTransport) -> None:
        """Take the connection over, with limits that let no silent peer hold more than a frame or two."""
        super().connection_made(transport)
        # One byte, not zero: with zero, TLS transports report an empty buffer as full.
        self.transport.set_write_buffer_limits(high=1, low=0)
        connection: socket.socket | None = transport.get_extra_info("socket")
        if connection is None or connection.family not in {socket.AF_INET, socket.AF_INET6}:
            return
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, self.send_buffer_bytes)
        if hasattr(socket, "TCP_USER_TIMEOUT"):
            with suppress(OSError):
                silence_ms = int(self.drain_deadline_s * 1000)
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, silence_ms)

    def start_keepalive(self) -> None:
        """The line is open: what the handshake has said is forgotten, two kilobytes a line.

        Its headers are emptied, because the parser goes on holding the request.
        """
        self.request.headers.clear()
        self.request = self.response = None  # type: ignore[assignment]
        super().start_keepalive()

    def data_received(self, data: bytes) -> None:
        """Take what the peer sent; a handshake whose headers are too long gets its answer and is closed."""
        super().data_received(data)
        if self.conn.handshake_exc is not None and not self.handshake_initiated:
            self.transport.write(b"".join(self.conn.data_to_send()))
            self.transport.close()

    def shutdown(self) -> None:
        """Say that the server restarts; a peer that is just taking its leave has had its answer and is only waited for.

        uvicorn would raise there, and its server would end without closing anything else in order.
        """
        if self.conn.state is State.CLOSING and not self.close_sent:
            self.transport.close()
        else:
            super().shutdown()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget what the peer did not take."""
        self._caught_up()
        self._slot = None
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        """The kernel took no more: keep only the newest frame from here on, and give the peer a deadline."""
        super().pause_writing()
        self._is_behind = True
        if self._deadline is None:
            self._deadline = self.loop.call_later(self.drain_deadline_s, self._drop)

    def resume_writing(self) -> None:
        """The peer took everything: send the newest frame that it has not seen."""
        super().resume_writing()
        self._caught_up()
        wire, self._slot = self._slot, None
        if wire is not None:
            self.write_frame(wire)

    def handle_ping(self) -> None:
        """Answer a ping, unless the peer reads nothing: pongs that pile up would have no bound."""
        pong = b"".join(self.conn.data_to_send())
        if not self._is_behind:
            self.transport.write(pong)

    def handle_parser_exception(self) -> None:
        """Close with the reason, then let what is still arriving go by unread.

        Closing at once would reset the connection under a peer that is still sending, and it would never read why.
        """
        if self.close_sent or self.conn.close_sent is None:
            return
        self._say_goodbye(self.conn.close_sent.code, self.conn.close_sent.reason, self.refusal_linger_s)
        if self.transport.can_write_eof():
            self.transport.write_eof()

    def _say_goodbye(self, code: int, reason: str, linger_s: float) -> None:
        self.stop_keepalive()
        self.queue.put_nowait({"type": "websocket.disconnect", "code": code, "reason": reason})
        self.transport.write(b"".join(self.conn.data_to_send()))
        self.close_sent = True
        if self.read_paused:
            self.read_paused = False
            self.transport.resume_reading()
        self.close_timer = self.loop.call_later(linger_s, self.transport.close)

    def _caught_up(self) -> None:
        self._is_behind = False
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _drop(self) -> None:
        self._deadline = None
        logger.info("dropped a peer that took nothing for %g s", self.drain_deadline_s)
        self.transport.abort()
