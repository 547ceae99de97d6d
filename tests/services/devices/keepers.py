"""A keeper as the server meets it."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any
from uuid import uuid4

from kiosk.keeper.sealing import seal
from queue_server.domain.access.actors import Actor
from queue_server.domain.devices.devices import DeviceKind
from queue_server.domain.devices.keepers import KeptNumber
from queue_server.domain.devices.print_jobs import PrintState
from queue_server.services.devices.keepers import Greeting
from tests.clinics import Clinic


class AKeeper:
    """A kiosk's keeper that counts its numbers."""

    def __init__(self, clinic: Clinic, device: Actor) -> None:
        self.clinic = clinic
        self.device = device
        self.greeting = Greeting(uuid4().hex)
        self.counter = 0
        self.seal_key = ""
        self.series = ""

    async def greet(self) -> Any:
        """What the server says."""
        facts = await self.clinic.services.devices.keepers.facts(self.greeting, by=self.device)
        self.seal_key, self.series = facts["seal"], facts["series"]
        return facts

    def gives(self, at: datetime, department: str = "GEN", language: str = "hi", **more: Any) -> KeptNumber:
        """The next number, given out at this moment."""
        self.counter += 1
        number = more.pop("number", f"{department[0]}-{self.series}{self.counter:02d}")
        fields = {
            "link": f"link-{self.series}-{self.counter}",
            "language": language,
            "priority": "normal",
            "press": "p",
        }
        inside = json.dumps(fields | more.pop("inside", {})).encode()
        values: dict[str, Any] = {
            "sequence": self.counter,
            "number": number,
            "department": department,
            "day": at.date(),
            "issued_at": at,
            "sealed": seal(inside, number, self.seal_key),
            "printed": PrintState.PRINTED,
        }
        return KeptNumber(**(values | more))

    async def hands_in(self, *numbers: KeptNumber) -> list[int]:
        """Which were taken."""
        return await self.clinic.services.devices.handing_in.hand_in(self.greeting, numbers, by=self.device)


async def a_keeper(clinic: Clinic, name: str = "Entrance") -> AKeeper:
    """The keeper of a new kiosk, which the server has greeted."""
    key = await clinic.services.devices.registry.add(DeviceKind.KIOSK, name, "entrance")
    device = await clinic.services.devices.registry.who(key)
    assert device is not None
    keeper = AKeeper(clinic, device)
    await keeper.greet()
    return keeper
