"""Databases that many tests begin with: each is made once in a run, and copied from then on."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Generic, TypeVar

from queue_server.storage.engine.migrating import migrate

_SQLITE = "sqlite:///"

Told = TypeVar("Told")


class Kept(Generic[Told]):
    """What `make` leaves in a new SQLite file, and what it tells of it; kept for all that begin with the same."""

    def __init__(self, make: Callable[[str], Awaitable[Told]]) -> None:
        self._make = make
        self._made: tuple[bytes, Told] | None = None
        self._copies: dict[str, Told] = {}

    async def at(self, url: str) -> Told:
        """The database at `url` is as `make` leaves it: a new file is copied, any other database is made."""
        if url in self._copies:
            return self._copies[url]
        if not url.startswith(_SQLITE) or _file(url).exists():
            return await self._make(url)
        if self._made is None:
            told = await self._make(url)
            self._made = _file(url).read_bytes(), told
        _file(url).write_bytes(self._made[0])
        return self._made[1]

    def is_copied(self, url: str, told: Told) -> None:
        """The database at `url` is a copy of what `make` made elsewhere, and told."""
        self._copies[url] = told


SCHEMA = Kept(migrate)


async def with_schema(url: str) -> None:
    """The database at `url`, a new one or an older one, has the newest schema."""
    await SCHEMA.at(url)


def _file(url: str) -> Path:
    return Path(url.removeprefix(_SQLITE))
