"""Databases with the newest schema: it is made once in a run and copied for each test."""

from pathlib import Path

from queue_server.storage.engine.migrating import migrate

_SQLITE = "sqlite:///"
_made: list[bytes] = []


async def with_schema(url: str) -> None:
    """The database at `url`, a new one or an older one, has the newest schema."""
    is_new_file = url.startswith(_SQLITE) and not _file(url).exists()
    if is_new_file and _made:
        _file(url).write_bytes(_made[0])
        return
    await migrate(url)
    if is_new_file:
        _made.append(_file(url).read_bytes())


def _file(url: str) -> Path:
    return Path(url.removeprefix(_SQLITE))
