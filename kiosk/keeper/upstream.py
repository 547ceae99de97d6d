"""The server, as it is seen from the kiosk's machine: whether it is there, what it shows, what it answers."""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

import httpx2
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus, WebSocketException

from kiosk.agent.protocol import REFUSED_CLOSES, REFUSED_STATUSES
from kiosk.agent.retrying import delays

logger = logging.getLogger(__name__)

# websockets logs the handshake's headers, the key among them, at level DEBUG.
_wire_logger = logging.getLogger(f"{__name__}.wire")
_wire_logger.setLevel(logging.WARNING)

#: A line that has brought neither view nor beat for so long is dead, however open it looks.
QUIET_S = 5.0
#: A press is given up when the line has been silent for so long, or has had no answer in so long: seconds.
SILENT_S, SLOW_S = 2.5, 8.0
_LOOK_S = 0.1
#: A server that beats is there again so long after it could not save; it repeats a fault every two seconds.
FORGOTTEN_S = 6.0
#: Waits between attempts to reach the server.
FIRST_RETRY_S, LONGEST_RETRY_S = 0.25, 2.0
#: Wait after the server refused the key.
REFUSED_RETRY_S = 15.0
#: The largest frame that is read: a view of a large clinic.
LARGEST_FRAME = 4_000_000

#: Told when there is another view, or the server has gone or come back.
Told = Callable[[], Awaitable[None]]


class Unanswered(Exception):
    """The server did not answer. `may_have_arrived`: whether it may have done what was asked."""

    def __init__(self, *, may_have_arrived: bool) -> None:
        super().__init__("The server does not answer.")
        self.may_have_arrived = may_have_arrived


class Upstream:
    """One server, and this kiosk's key to it. `view`: the data of the newest view; none before the first."""

    def __init__(self, server: str, key: str) -> None:
        self._server = server.rstrip("/")
        self._headers = {"Authorization": f"Bearer {key}"}
        self._client = httpx2.AsyncClient(base_url=self._server, headers=self._headers, timeout=5)
        self.view: dict[str, Any] | None = None
        self.is_there = False
        self._lost_at = 0.0
        #: When something was last heard on the line, by the event loop's clock.
        self.heard_at = 0.0
        #: The server knows this kiosk's key no more: nothing may be given out.
        self.is_refused = False

    async def close(self) -> None:
        """No connection is open any more."""
        await self._client.aclose()

    async def ask(
        self,
        method: str,
        path: str,
        *,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        timeout_s: float = 5,
    ) -> httpx2.Response:
        """The server's answer, whatever it is. Raises `Unanswered`."""
        try:
            return await self._client.request(
                method, path, content=body, headers=dict(headers or {}), timeout=timeout_s
            )
        except (httpx2.ConnectError, httpx2.ConnectTimeout):
            raise Unanswered(may_have_arrived=False) from None
        except (httpx2.HTTPError, OSError):
            raise Unanswered(may_have_arrived=True) from None

    async def send(self, path: str, document: object, timeout_s: float = 10) -> dict[str, Any]:
        """The JSON that the server answers with. Raises `Unanswered` also for an answer that is none."""
        body, headers = json.dumps(document).encode(), {"Content-Type": "application/json"}
        answer = await self.ask("POST", path, body=body, headers=headers, timeout_s=timeout_s)
        if answer.status_code in REFUSED_STATUSES:
            self.is_refused = True
        if not answer.is_success:
            logger.warning("The server answered %s with HTTP %d.", path, answer.status_code)
            raise Unanswered(may_have_arrived=True)
        try:
            read = answer.json()
        except ValueError:
            raise Unanswered(may_have_arrived=True) from None
        return dict(read)

    async def ask_while_alive(self, path: str, body: bytes, headers: Mapping[str, str]) -> httpx2.Response:
        """The server's answer to a press. A dead line is given up soon, a slow server that still beats later.

        Raises `Unanswered`.
        """
        loop = asyncio.get_running_loop()
        began = loop.time()
        asking = asyncio.create_task(self.ask("POST", path, body=body, headers=headers, timeout_s=SLOW_S))
        while not asking.done():
            await asyncio.wait({asking}, timeout=_LOOK_S)
            is_silent = loop.time() - max(began, self.heard_at) > SILENT_S
            if not asking.done() and (is_silent or not self.is_there):
                asking.cancel()
                with suppress(asyncio.CancelledError):
                    await asking
                raise Unanswered(may_have_arrived=True)
        return await asking

    async def stay_connected(self, told: Told) -> None:
        """Dial, hear, dial again. `told` hears of every view and of every loss."""
        waits = delays(FIRST_RETRY_S, LONGEST_RETRY_S)
        while True:
            self.is_refused = await self._connection(told)
            if self.is_there:
                waits = delays(FIRST_RETRY_S, LONGEST_RETRY_S)
            await self.lost(told)
            await asyncio.sleep(REFUSED_RETRY_S if self.is_refused else next(waits))

    async def lost(self, told: Told) -> None:
        """The server does not answer: it is not there until its line has brought a view, or beats for a while."""
        was_there, self.is_there = self.is_there, False
        self._lost_at = asyncio.get_running_loop().time()
        if was_there:
            logger.warning("The server does not answer.")
            await told()

    async def _connection(self, told: Told) -> bool:
        """One connection to its end; whether it ended because the key is refused."""
        try:
            async with connect(
                _line_address(self._server),
                additional_headers=self._headers,
                logger=_wire_logger,
                compression=None,
                max_size=LARGEST_FRAME,
                open_timeout=5,
                close_timeout=1,
            ) as socket:
                await self._hear(socket, told)
        except InvalidStatus as error:
            return error.response.status_code in REFUSED_STATUSES
        except ConnectionClosed as error:
            return (error.rcvd.code if error.rcvd else 1006) in REFUSED_CLOSES
        except (OSError, WebSocketException, TimeoutError):
            pass
        return False

    async def _hear(self, socket: ClientConnection, told: Told) -> None:
        while True:
            async with asyncio.timeout(QUIET_S):
                frame = await socket.recv()
            self.heard_at = asyncio.get_running_loop().time()
            with suppress(ValueError):
                await self._take(json.loads(frame), told)

    async def _take(self, frame: Any, told: Told) -> None:
        match frame:
            case {"type": "view", "data": {"departments": list()} as data}:
                self.view = data
                self.is_there = True
                await told()
            case {"type": "fault"}:
                # Nothing can be saved there: for whoever wants a number that is as if the server were away.
                await self.lost(told)
            case {"type": "beat"} if self.view is not None and not self.is_there:
                # The next view comes when something changes, which may be long after.
                if asyncio.get_running_loop().time() - self._lost_at > FORGOTTEN_S:
                    self.is_there = True
                    await told()


def _line_address(server: str) -> str:
    parts = urlsplit(server)
    return f"{parts.scheme.replace('http', 'ws')}://{parts.netloc}{parts.path.rstrip('/')}/ws/kiosk"
