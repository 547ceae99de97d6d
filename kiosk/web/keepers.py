"""For the keeper on the kiosk's machine: what it has to know, and handing in what it gave out without the server."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Annotated, Literal

from pydantic import AwareDatetime, Field
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from queue_server.domain.access.authorisation import May
from queue_server.domain.devices.keepers import KeptNumber
from queue_server.domain.devices.print_jobs import PrintState
from queue_server.services.devices.keepers import Greeting
from queue_server.web import identity
from queue_server.web.bodies import LARGEST_NUMBER, Body, parsed
from queue_server.web.state import Request

#: So many numbers are handed in at once; the rest follows.
MOST = 50
#: A clock that is further off than a century says nothing.
_FURTHEST_S = 3_200_000_000.0

Moment = Annotated[AwareDatetime, Field(ge=datetime(2000, 1, 1, tzinfo=UTC), le=datetime(2100, 1, 1, tzinfo=UTC))]


class Hello(Body):
    """Who the keeper is; see `Greeting`."""

    store: str = Field(pattern=r"^[0-9a-f]{32}$")
    waiting: int = Field(default=0, ge=0, le=LARGEST_NUMBER)
    clock_off_s: float | None = Field(default=None, ge=-_FURTHEST_S, le=_FURTHEST_S)

    def greeting(self) -> Greeting:
        """What the keeper says of itself."""
        return Greeting(self.store, self.waiting, self.clock_off_s)


class Number(Body):
    """A number on paper; see `KeptNumber`."""

    sequence: int = Field(ge=1, le=LARGEST_NUMBER)
    number: str = Field(pattern=r"^[^\s-]{1,4}-[A-Z]{1,4}[0-9]{2,6}$", max_length=12)
    department: str = Field(max_length=40)
    day: date
    issued_at: Moment
    is_estimated: bool = False
    printed: Literal["printed", "unconfirmed", "failed"]
    is_withdrawn: bool = False
    is_doubtful: bool = False
    sealed: str = Field(max_length=2000)

    def as_kept(self) -> KeptNumber:
        """The number as the rules know it."""
        return KeptNumber(
            sequence=self.sequence,
            number=self.number,
            department=self.department,
            day=self.day,
            issued_at=self.issued_at,
            sealed=self.sealed,
            printed=PrintState(self.printed),
            is_estimated=self.is_estimated,
            is_withdrawn=self.is_withdrawn,
            is_doubtful=self.is_doubtful,
        )


class HandedIn(Hello):
    """Numbers in the order of their issue."""

    numbers: list[Number] = Field(max_length=MOST)


async def greet(request: Request) -> Response:
    """Everything that the keeper has to know to give out numbers while the server is away."""
    device = await identity.allowed(request, May.USE_KIOSK)
    hello = await parsed(request, Hello)
    return JSONResponse(await identity.services(request).devices.keepers.facts(hello.greeting(), by=device))


async def hand_in(request: Request) -> Response:
    """These numbers are tokens; says which it has taken, now or before."""
    device = await identity.allowed(request, May.USE_KIOSK)
    sent = await parsed(request, HandedIn)
    kept = [number.as_kept() for number in sent.numbers]
    taken = await identity.services(request).devices.handing_in.hand_in(sent.greeting(), kept, by=device)
    return JSONResponse({"taken": taken})


routes: list[BaseRoute] = [
    Route("/kiosk/keeper", greet, methods=["POST"]),
    Route("/kiosk/keeper/numbers", hand_in, methods=["POST"]),
]
