"""The line of a print agent: jobs go out, states come back."""

from __future__ import annotations

import asyncio
import json
from typing import Annotated, Literal

from pydantic import BaseModel, Field, TypeAdapter, ValidationError
from starlette.routing import BaseRoute
from starlette.websockets import WebSocketDisconnect

from queue_server.domain.access.actors import Actor
from queue_server.domain.access.authorisation import May
from queue_server.domain.devices.print_jobs import PrintJob, PrintState
from queue_server.domain.errors import QueueError
from queue_server.live import topic_names
from queue_server.live.connection import BadMessage, refuse
from queue_server.live.frames import Frame
from queue_server.live.hub import UnknownTopic, ViewUnavailable
from queue_server.racing import until_one_ends
from queue_server.services.devices.printing import Printing
from queue_server.web import identity
from queue_server.web.sockets import hub, socket_route
from queue_server.web.state import WebSocket

PrinterState = Literal["ok", "low", "out", "cover", "offline", "unknown"]


class Hello(BaseModel):
    """The first thing an agent says."""

    type: Literal["hello"]
    agent: str = Field("", max_length=64)
    printer: PrinterState


class Printer(BaseModel):
    """How the printer is; said at every change and now and then."""

    type: Literal["printer"]
    state: PrinterState


class Job(BaseModel):
    """How far a job has come."""

    type: Literal["job"]
    job: str = Field(pattern=r"^[0-9]{1,18}$")
    state: Literal["sent", "printed", "unconfirmed", "failed"]
    reason: str | None = Field(None, max_length=200)


_MESSAGE: TypeAdapter[Hello | Printer | Job] = TypeAdapter(
    Annotated[Hello | Printer | Job, Field(discriminator="type")]
)


class Wake:
    """Watches the agent's topic only to learn that there is something to print."""

    def __init__(self, owner: str) -> None:
        self.owner: str | None = owner
        self.called = asyncio.Event()
        self.ended: tuple[int, str] | None = None

    def write(self, frame: Frame) -> None:
        if not frame.is_beat:
            self.called.set()

    def end(self, code: int, reason: str) -> None:
        self.ended = (code, reason)
        self.called.set()


async def live(websocket: WebSocket) -> None:
    """Serve one agent until it goes, or its key is revoked."""
    agent = await identity.allowed(websocket, May.PRINT_SLIPS)
    printing = identity.services(websocket).devices.printing
    await websocket.accept()
    wake = Wake(str(agent))
    try:
        async with hub(websocket).subscribed(topic_names.agent(agent.id), wake):
            try:
                await until_one_ends(_hand_out(websocket, printing, agent, wake), _hear(websocket, printing, agent))
            finally:
                await printing.printer(agent, "offline")
    except (UnknownTopic, ViewUnavailable):
        await refuse(websocket, 1013, "unavailable", "Please come again.")
    except BadMessage as error:
        await refuse(websocket, 1008, "bad_frame", str(error))
    except WebSocketDisconnect:
        pass


async def _hand_out(websocket: WebSocket, printing: Printing, agent: Actor, wake: Wake) -> None:
    """Send every open job once on this line; after a reconnect they are sent again, and the agent knows them."""
    handed_out: set[int] = set()
    while True:
        await wake.called.wait()
        wake.called.clear()
        if wake.ended is not None:
            await websocket.close(*wake.ended)
            return
        jobs = await printing.open_jobs(agent)
        for job in jobs:
            if job.id not in handed_out:
                await _hand_over(websocket, printing, agent, job)
        handed_out = {job.id for job in jobs}


async def _hand_over(websocket: WebSocket, printing: Printing, agent: Actor, job: PrintJob) -> None:
    """Send one job; one that cannot be composed has failed, and does not stop the others."""
    try:
        slip = await printing.document(job)
    except QueueError as error:
        await printing.report(agent, job.id, PrintState.FAILED, error.code)
        return
    # As UTF-8: escaped, a long list of medicines in Hindi would be larger than a frame may be.
    frame = {"type": "print", "job": str(job.id), "slip": slip, "left_s": printing.waited_for_s(job)}
    await websocket.send_text(json.dumps(frame, ensure_ascii=False))


async def _hear(websocket: WebSocket, printing: Printing, agent: Actor) -> None:
    while True:
        text = await websocket.receive_text()
        try:
            message = _MESSAGE.validate_json(text)
        except ValidationError as error:
            raise BadMessage("This is no message of a print agent.") from error
        match message:
            case Job():
                await printing.report(agent, int(message.job), PrintState(message.state), message.reason)
            case Hello():
                await printing.printer(agent, message.printer)
            case Printer():
                await printing.printer(agent, message.state)


routes: list[BaseRoute] = [socket_route("/ws/agent", live)]
