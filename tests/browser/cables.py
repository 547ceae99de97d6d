"""A network cable between a browser and a server, which a test can pull out and plug in again."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field
from enum import Enum

from tests.browser.conftest import free_port


class Cable(Enum):
    """`PLUGGED` carries; `CUT` refuses, as a machine that is off; `SILENT` swallows everything, as a dead switch."""

    PLUGGED = "plugged"
    CUT = "cut"
    SILENT = "silent"


@dataclass
class Line:
    """Everything that goes through its own port to `target`, a port of loopback."""

    target: int
    port: int = field(default_factory=free_port)
    state: Cable = Cable.CUT
    _server: asyncio.Server | None = None
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)
    _writers: set[asyncio.StreamWriter] = field(default_factory=set)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def plug(self) -> None:
        """It carries; what hung in a silent line breaks off."""
        await self._break_off()
        self.state = Cable.PLUGGED
        if self._server is None:
            self._server = await asyncio.start_server(self._carry, "127.0.0.1", self.port)

    async def cut(self) -> None:
        """Everything has broken off, and whoever comes is refused."""
        self.state = Cable.CUT
        if self._server is not None:
            self._server.close()
            self._server = None
        await self._break_off()

    def silence(self) -> None:
        """Everything stays open and nothing gets through."""
        self.state = Cable.SILENT

    async def _break_off(self) -> None:
        for writer in self._writers:
            writer.transport.abort()
        self._writers.clear()
        carrying = list(self._tasks)
        for task in carrying:
            task.cancel()
        await asyncio.gather(*carrying, return_exceptions=True)
        await asyncio.sleep(0)  # an aborted socket is closed in the loop's next turn

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        self._watch(asyncio.current_task())
        try:
            there, back = await asyncio.open_connection("127.0.0.1", self.target)
        except OSError:
            writer.transport.abort()
            return
        self._writers.add(back)
        for source, sink in ((reader, back), (there, writer)):
            self._watch(asyncio.create_task(self._pump(source, sink)))

    def _watch(self, task: asyncio.Task[None] | None) -> None:
        assert task is not None
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _pump(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while data := await source.read(65536):
                if self.state is Cable.PLUGGED:
                    sink.write(data)
                    await sink.drain()
        self._writers.discard(sink)
        sink.close()
