"""Server-Sent Events: an answer that never ends, until its reader leaves, falls behind, or the server stops."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractContextManager, nullcontext

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from queue_server.racing import until_one_ends

#: A reader who takes nothing for so long is dropped, and comes back by itself with the last id that it knows.
PATIENCE_S = 20.0


#: For streams that nobody counts.
NOTHING = nullcontext()


class EventStream(Response):
    """Sends the parts as they come, inside `held`. `live.http_protocol` says what `is_endless` and `abort` are."""

    media_type = "text/event-stream"

    def __init__(
        self,
        parts: AsyncIterator[bytes],
        held: AbstractContextManager[object] = NOTHING,
        patience_s: float = PATIENCE_S,
    ) -> None:
        # `X-Accel-Buffering`: nginx hands each part on at once.
        super().__init__(headers={"Cache-Control": "no-store", "Vary": "Accept", "X-Accel-Buffering": "no"})
        del self.headers["content-length"]
        self._parts = parts
        self._held = held
        self._patience_s = patience_s

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send until the parts end, or the peer leaves. Raises what `held` raises before anything is sent."""
        with self._held:
            scope["is_endless"] = True
            await until_one_ends(self._send(scope, send), _left(receive))

    async def _send(self, scope: Scope, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
        try:
            async for part in self._parts:
                async with asyncio.timeout(self._patience_s):
                    await send({"type": "http.response.body", "body": part, "more_body": True})
        except TimeoutError:
            if "abort" in scope:
                scope["abort"]()
            return
        await send({"type": "http.response.body", "body": b""})


async def _left(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        """The rest of a body that nobody asked for."""
