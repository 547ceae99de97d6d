"""A served clinic whose gateway is the stand-in, and fixtures of it for several folders."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx2
import pytest

from queue_server.services.programs.abdm_shares import AbdmShares
from tests.abdm.stand_in import StandIn, a_gateway, a_profile
from tests.clinics import SettableClock
from tests.running import Running, a_running_clinic


@dataclass
class Abdm:
    """The clinic and the gateway, and the shortest way from one to the other."""

    running: Running
    gateway: StandIn

    @property
    def shares(self) -> AbdmShares:
        """What the clinic works with."""
        known = self.running.services.programs.abdm
        assert known is not None
        return known

    async def share(self, address: str = "asha@sbx", counter: str = "GEN", **patient: Any) -> str:
        """Somebody shares a profile at a counter, and it is answered or given up; returns the REQUEST-ID."""
        return await self.send(a_profile(address, counter, **patient))

    async def send(self, body: Any, request_id: str = "", **more: Any) -> str:
        """A share with this body, which the clinic takes and is done with."""
        request_id = request_id or str(uuid4())
        answer = await self.gateway.share(self.running.anonymous, body, request_id, **more)
        assert answer.status_code == 200, answer.text
        await self.shares.settled()
        return request_id

    async def number(self, address: str = "asha@sbx", counter: str = "GEN", **patient: Any) -> str:
        """The number that somebody gets who shares a profile."""
        return self.gateway.number(await self.share(address, counter, **patient))

    async def refused(self, token: str) -> httpx2.Response:
        """What a callback with this token is answered."""
        return await self.gateway.share(self.running.anonymous, a_profile(), token=token)


@pytest.fixture
async def abdm(tmp_path: Path) -> AsyncIterator[Abdm]:
    """On SQLite."""
    async with an_abdm_clinic(f"sqlite:///{tmp_path}/queue.db", tmp_path) as made:
        yield made


@pytest.fixture
async def on_both(database_url: str, tmp_path: Path) -> AsyncIterator[Abdm]:
    """On each kind of database."""
    async with an_abdm_clinic(database_url, tmp_path) as made:
        yield made


@asynccontextmanager
async def an_abdm_clinic(database_url: str, data: Path, **more: Any) -> AsyncIterator[Abdm]:
    """The clinic of the tests, which takes part in the stand-in's ABDM."""
    clock = SettableClock()
    async with (
        a_gateway(clock.now) as gateway,
        a_running_clinic(database_url, data, clock=clock, abdm=gateway.settings, **more) as running,
    ):
        yield Abdm(running, gateway)
