"""The server's end of an HTTP connection: who begins a request finishes it in time, or makes room for others."""

from __future__ import annotations

import asyncio

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol


class PromptProtocol(H11Protocol):
    """uvicorn's HTTP protocol, which waits for nobody for ever. Give it to uvicorn as `http=`.

    uvicorn itself ends idle connections after their first answer only. Without this, a few thousand connections that
    send nothing, or half a request, would keep everybody else out.
    """

    #: A request's headers are there so long after the connection, or after their first byte, however they trickle.
    headers_deadline_s: float = 20.0

    #: A body may take its time on a slow line, and may not stand still for so long.
    body_silence_s: float = 20.0

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self._deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """The first request is awaited from now on."""
        super().connection_made(transport)
        self._expect(self.headers_deadline_s)

    def data_received(self, data: bytes) -> None:
        """Take what the peer sent, and see whether its request is whole."""
        super().data_received(data)
        if self.cycle is not None:
            # For an answer that never ends: how to be rid of a peer that takes nothing of it.
            self.scope.setdefault("abort", self.transport.abort)  # type: ignore[typeddict-item]
        self._watch()

    def on_response_complete(self) -> None:
        """The answer is out; what was already sent of the next request counts."""
        super().on_response_complete()
        self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing is awaited any more."""
        self._rest()
        super().connection_lost(exc)

    def shutdown(self) -> None:
        """The server stops. An answer that says that it never ends (`is_endless`) is cut off, others are finished."""
        if self.cycle is not None and self.scope.get("is_endless"):
            self.transport.close()
        else:
            super().shutdown()

    def handle_websocket_upgrade(self, event: h11.Request) -> None:
        """The connection is a websocket's from now on, which has deadlines of its own."""
        self._rest()
        super().handle_websocket_upgrade(event)

    def _watch(self) -> None:
        state = self.conn.their_state
        if self.transport.get_protocol() is not self or self.transport.is_closing():
            self._rest()
        elif state is h11.SEND_BODY:
            self._rest()
            # Where the application does not take the body, the peer is not the one who keeps us waiting.
            if not self.flow.read_paused:
                self._expect(self.body_silence_s)
        elif state is h11.IDLE and self.conn.trailing_data[0]:
            if self._deadline is None:
                self._expect(self.headers_deadline_s)
        elif state is not h11.IDLE or self.cycle is not None:
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
