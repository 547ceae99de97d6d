"""What happened: the journal, for programs and for whoever checks it."""

from __future__ import annotations

from typing import Any, TypedDict

from queue_server.domain.queue.events import GENESIS, Event, first_bad_line
from queue_server.live.json_views import moment
from queue_server.storage.engine import journal
from queue_server.storage.engine.store import Store


class JournalLine(TypedDict):
    """One line as programs read it; `data` depends on the kind, as docs/journal.md says."""

    number: int
    kind: str
    at: str
    actor: str
    token: int | None
    data: dict[str, Any]


class Journal:
    """Reads sealed lines only, so that a cursor never skips a line that was committed late."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def events(self, after: int, limit: int) -> list[JournalLine]:
        """Up to `limit` lines with a number above `after`, in order."""
        async with self._store.reading() as connection:
            lines = await journal.read_after(connection, after, limit)
        return [_line(number, event) for number, event, _ in lines]

    async def page(self, after: int, limit: int, department_id: int | None = None) -> tuple[list[JournalLine], int]:
        """As `events`, of one department where one is named; and the number from which to go on.

        That is beyond the lines of others, so that nobody goes through them again.
        """
        if department_id is None:
            found = await self.events(after, limit)
            return found, found[-1]["number"] if found else after
        async with self._store.reading() as connection:
            end, _ = await journal.head(connection)
            lines = await journal.read_between(connection, after, end, limit, department_id)
        following = lines[-1][0] if len(lines) == limit else max(end, after)
        return [_line(number, event) for number, event in lines], following

    async def first_bad_line(self, batch: int = 1000) -> tuple[int | None, int]:
        """(number of the first line that does not fit the chain or is missing, or none; lines that fit)."""
        after, previous = 0, GENESIS
        while True:
            async with self._store.reading() as connection:
                # The end before the lines: a line that is sealed in between must not seem to be missing.
                end = await journal.head(connection)
                lines = await journal.read_after(connection, after, batch)
                is_forged = not self._store.is_postgres and await journal.has_unsealed(connection)
            if not lines:
                bad = (after + 1 if is_forged else None) if end == (after, previous) else _bad_end(after, end[0])
                return bad, after if bad is None else bad - 1
            if (bad := first_bad_line(lines, previous, after + 1)) is not None:
                return bad, bad - 1
            after, _, previous = lines[-1]

    async def seal(self) -> int:
        """Seal what was committed meanwhile (PostgreSQL); returns how many lines."""
        async with self._store.transaction() as work:
            return await journal.seal_committed(work.connection)


def _bad_end(last: int, noted: int) -> int:
    """The first bad line where the chain is whole up to `last`, and its end was noted as `noted`."""
    return last if last == noted else min(last, noted) + 1


def _line(number: int, event: Event) -> JournalLine:
    return {
        "number": number,
        "kind": event.kind,
        "at": moment(event.at),
        "actor": event.actor,
        "token": event.token_id,
        "data": dict(event.data or {}),
    }
