"""The code of the waiting room's displays, by which a phone shows that it is near."""

from __future__ import annotations

from queue_server.domain.errors import WrongCode
from queue_server.domain.queue.here_code import here_code, is_here_code
from queue_server.services.access.slip_digits import SlipDigits
from queue_server.storage.engine.store import Store


class HereCodes:
    """The codes of all processes are the same, for they come from the clinic's secret and its clock."""

    def __init__(self, store: Store, digits: SlipDigits) -> None:
        self._store = store
        self._digits = digits

    async def now(self) -> str:
        """What displays show now."""
        return here_code(await self._digits.secret(), self._store.clock.now())

    async def check(self, typed: str) -> None:
        """Raises `WrongCode` for anything but the code that displays show, or showed just before."""
        if not is_here_code(typed, await self._digits.secret(), self._store.clock.now()):
            raise WrongCode
