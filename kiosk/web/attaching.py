"""At the touch screen, a number that was just given becomes a registered patient's."""

from __future__ import annotations

from pydantic import Field
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from queue_server.domain.access.authorisation import May
from queue_server.domain.errors import LoginRequired
from queue_server.services.records.attaching import PhoneAndPin, PhoneCode
from queue_server.web import identity
from queue_server.web.bodies import Body, RowId, parsed
from queue_server.web.limits import WRONG_CODES, count_wrong
from queue_server.web.state import Request


class Proof(Body):
    """The key of the number's link, which only this kiosk and the slip know, and who the patient is.

    `code` is what the phone shows; without one phone number and PIN count, and `patient` where several share a phone.
    """

    key: str = Field(max_length=64)
    code: str = Field(default="", max_length=20)
    phone: str = Field(default="", max_length=40)
    pin: str = Field(default="", max_length=40)
    patient: RowId | None = None

    def given(self) -> PhoneAndPin | PhoneCode:
        """The one way that was chosen."""
        return PhoneCode(self.code) if self.code else PhoneAndPin(self.phone, self.pin, self.patient)


async def attach(request: Request) -> Response:
    """The number is the patient's; where several share the phone the answer names them and asks who."""
    device = await identity.allowed(request, May.USE_KIOSK)
    proof = await parsed(request, Proof)
    try:
        await identity.services(request).records.attaching.by_key(proof.key, proof.given(), by=device)
    except LoginRequired:
        count_wrong(request, WRONG_CODES, "patient")
        raise
    return JSONResponse({})


routes: list[BaseRoute] = [Route("/kiosk/patient", attach, methods=["POST"])]
