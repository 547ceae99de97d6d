"""The agent's three loops: stay connected, print, watch the printer."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import ParamSpec, TypeVar
from urllib.parse import urlsplit

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus, WebSocketException

from kiosk.agent.jobs import settle
from kiosk.agent.ledger import Ledger
from kiosk.agent.protocol import (
    LARGEST_FRAME,
    REFUSED_CLOSES,
    REFUSED_STATUSES,
    BadFrame,
    ErrorFrame,
    Job,
    hello,
    job_ended,
    job_received,
    printer_is,
    read_frame,
)
from kiosk.agent.retrying import delays
from kiosk.printing import Outcome, Paper, PrinterState, Transport, open_printer, paper

logger = logging.getLogger(__name__)

# websockets logs the handshake's headers, the key among them, at level DEBUG.
_wire_logger = logging.getLogger(f"{__name__}.wire")
_wire_logger.setLevel(logging.WARNING)

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")


@dataclass(frozen=True)
class AgentSettings:
    """What an agent needs to know."""

    #: The server's address, such as http://192.168.1.20:8000.
    server: str
    #: The device's secret.
    key: str = field(repr=False)
    #: The printer's address, see `kiosk.printing.addresses`.
    printer: str
    #: File that remembers the jobs.
    ledger: Path
    #: What the server's pages call this agent.
    name: str = "printer"
    #: The paper.
    on: Paper = field(default_factory=lambda: paper(80))
    #: How often the printer is asked how it is, and the answer sent on.
    poll_s: float = 5.0
    #: `first_retry_s`, `longest_retry_s`: waits between attempts to connect.
    first_retry_s: float = 0.25
    longest_retry_s: float = 3.0
    #: Wait after the server refused the key.
    refused_retry_s: float = 30.0
    #: How often the line is tested, and how long an answer may take.
    ping_s: float = 5.0


async def run_agent(settings: AgentSettings, printer: Transport | None = None) -> None:
    """Print what the server asks for, until cancelled. Then the slip that is printing is finished and remembered.

    `printer` stands in for the one at the settings' address.

    Raises `BadAddress` when the printer's address names no printer, and `LedgerInUse` or `OSError` when the ledger
    cannot be opened.
    """
    async with an_agent(settings, printer) as agent:
        await agent.run()


@asynccontextmanager
async def an_agent(settings: AgentSettings, printer: Transport | None = None) -> AsyncIterator["Agent"]:
    """An agent whose ledger is open, and which knows how its printer is. Raises as `run_agent`."""
    printer = printer or open_printer(settings.printer, settings.on)
    with closing(await _in_thread(Ledger, settings.ledger)) as ledger:
        agent = Agent(settings, printer, ledger)
        await agent.look()
        yield agent


class Agent:
    """One printer, and the line to the server that says what is printed on it."""

    def __init__(self, settings: AgentSettings, printer: Transport, ledger: Ledger) -> None:
        self.settings = settings
        self.printer = printer
        self.ledger = ledger
        self.socket: ClientConnection | None = None
        self.state = PrinterState.UNKNOWN
        #: Each with the loop's time of its coming.
        self.jobs: asyncio.Queue[tuple[Job, float]] = asyncio.Queue()
        self.queued: set[str] = set()
        self.printer_in_use = asyncio.Lock()

    async def run(self) -> None:
        """Print what the server asks for, until cancelled."""
        async with asyncio.TaskGroup() as loops:
            loops.create_task(self.stay_connected(), name="agent connection")
            loops.create_task(self.print_jobs(), name="agent printing")
            loops.create_task(self.watch_printer(), name="agent watching")

    async def print_here(self, job_id: str, slip: object) -> Outcome:
        """How the slip ended that this machine itself wants to print; the server knows nothing of the job.

        Once for each id, as with the server's jobs. Cancelled, it is printed and remembered all the same.
        """
        async with self.printer_in_use:
            outcome = await _in_thread(settle, Job(job_id, slip), self.ledger, self.printer, self.settings.on)
        logger.info("Own job %s: %s%s", job_id, outcome.state, f" ({outcome.reason})" if outcome.reason else "")
        return outcome

    def was_begun(self, job_id: str) -> bool:
        """Whether this job went to the printer before."""
        return self.ledger.find(job_id) is not None

    async def stay_connected(self) -> None:
        """Dial, talk until the line breaks, wait, dial again."""
        now = asyncio.get_running_loop().time
        waits = self._waits()
        while True:
            began = now()
            refusal = await self._connection()
            if refusal:
                logger.error("The server refuses this device's key (%s); enrol it again.", refusal)
                await asyncio.sleep(self.settings.refused_retry_s)
                continue
            if now() - began > self.settings.longest_retry_s:
                waits = self._waits()
            await asyncio.sleep(next(waits))

    async def _connection(self) -> str | None:
        """One connection, from the handshake to its end; the code if it ended because the key is refused."""
        try:
            async with connect(
                websocket_address(self.settings.server),
                additional_headers={"Authorization": f"Bearer {self.settings.key}"},
                logger=_wire_logger,
                compression=None,
                max_size=LARGEST_FRAME,
                ping_interval=self.settings.ping_s,
                ping_timeout=self.settings.ping_s,
                close_timeout=1,
            ) as socket:
                await self._talk(socket)
        except InvalidStatus as error:
            status = error.response.status_code
            if status in REFUSED_STATUSES:
                return f"HTTP {status}"
            logger.warning("The server answered with HTTP %d.", status)
        except ConnectionClosed as error:
            code = error.rcvd.code if error.rcvd else 1006
            if code in REFUSED_CLOSES:
                return f"code {code}"
            logger.warning("The connection ended (code %d).", code)
        except (OSError, WebSocketException) as error:
            logger.warning("The server cannot be reached: %s", error)
        return None

    async def _talk(self, socket: ClientConnection) -> None:
        await socket.send(hello(self.settings.name, self.state))
        logger.info("Connected to %s.", self.settings.server)
        self.socket = socket
        try:
            while True:
                await self._receive(await socket.recv())
        finally:
            self.socket = None

    async def _receive(self, text: str | bytes) -> None:
        try:
            frame = read_frame(text)
        except BadFrame as error:
            logger.warning("A frame from the server is left out. %s", error)
            return
        match frame:
            case ErrorFrame(code, message):
                logger.error("The server says: %s (%s)", message, code)
            case Job() as job:
                await self._accept(job)

    async def _accept(self, job: Job) -> None:
        await self._tell(job_received(job.id))
        if job.id not in self.queued:
            self.queued.add(job.id)
            self.jobs.put_nowait((job, asyncio.get_running_loop().time()))

    async def print_jobs(self) -> None:
        """One job at a time, in the order of their coming."""
        while True:
            job, came = await self.jobs.get()
            async with self.printer_in_use:
                waited_s = asyncio.get_running_loop().time() - came
                outcome = await _in_thread(settle, job, self.ledger, self.printer, self.settings.on, waited_s)
            logger.info("Job %s: %s%s", job.id, outcome.state, f" ({outcome.reason})" if outcome.reason else "")
            self.queued.discard(job.id)
            await self._tell(job_ended(job.id, outcome))
            await self.look()
            await self._tell(printer_is(self.state))

    async def watch_printer(self) -> None:
        """Ask the printer how it is and pass it on; while it prints, pass on what was known."""
        while True:
            await asyncio.sleep(self.settings.poll_s)
            if not self.printer_in_use.locked():
                await self.look()
            await self._tell(printer_is(self.state))

    async def look(self) -> None:
        """Know how the printer is."""
        async with self.printer_in_use:
            state = await _in_thread(self.printer.state)
        if state is not self.state:
            logger.info("The printer %s is %s.", self.settings.printer, state)
        self.state = state

    async def _tell(self, frame: str) -> None:
        """Send the frame if there is a line. A lost one needs no care: on the next line the server asks again."""
        if self.socket:
            with suppress(ConnectionClosed):
                await self.socket.send(frame)

    def _waits(self) -> Iterator[float]:
        return delays(self.settings.first_retry_s, self.settings.longest_retry_s)


def websocket_address(server: str) -> str:
    """Where the agent's websocket is on the server.

    Raises `ValueError` when the server is not an http or https address.
    """
    parts = urlsplit(server)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError(f"Server {server!r} is not an address such as http://192.168.1.20:8000.")
    return f"{parts.scheme.replace('http', 'ws')}://{parts.netloc}{parts.path.rstrip('/')}/ws/agent"


async def _in_thread(
    function: Callable[Arguments, Result], *args: Arguments.args, **options: Arguments.kwargs
) -> Result:
    """The function's result. Cancelled, it first waits for the function: a thread cannot be stopped, only deserted."""
    work = asyncio.ensure_future(asyncio.to_thread(function, *args, **options))
    try:
        return await asyncio.shield(work)
    except asyncio.CancelledError:
        await asyncio.wait([work])
        with suppress(Exception):
            work.result()
        raise
