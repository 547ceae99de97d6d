"""What stands on the clinic's papers and slips besides their content."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Mapping
from typing import Any

from queue_server import sources
from queue_server.domain.access.actors import Actor
from queue_server.domain.clinic.letterhead import Heading, Letterhead, SlipExtras, read_heading, written
from queue_server.domain.clinic.names import text_in
from queue_server.domain.clinic.seen_values import check, check_unchanged
from queue_server.domain.form_reading import Problem, Reader
from queue_server.domain.queue.events import Event
from queue_server.locale import LANGUAGES
from queue_server.services.clinic.snapshot import Snapshots
from queue_server.storage.clinic import configuration_rows
from queue_server.storage.engine.store import Store
from queue_server.storage.records import paper_rows

LETTER_LOGO, SLIP_LOGO = "letter_logo", "slip_logo"


class Letterheads:
    """Read once a change, and used by every paper and slip that is made afterwards."""

    def __init__(self, store: Store, queues: Snapshots, public_url: str) -> None:
        self._store = store
        self._queues = queues
        self._public_url = public_url
        self._known: tuple[int, Heading, bytes | None, bytes | None] | None = None

    async def heading(self) -> Heading:
        """What is set."""
        return (await self._read())[0]

    async def has_logo(self) -> bool:
        """Whether there is one."""
        return (await self._read())[1] is not None

    async def current(self, heading: Heading | None = None) -> Letterhead:
        """The letterhead as papers show it; `heading`: as they would with this one."""
        known, logo, _ = await self._read()
        setting = await self._queues.clinic()
        shown = heading or known
        return Letterhead(shown.name or setting.name, shown.lines, logo, f"{self._public_url}/verify", setting.zone)

    async def on_slip(self, language: str, heading: Heading | None = None) -> SlipExtras:
        """What a slip in this language shows besides; in English where the language has no sentence of its own."""
        known, _, logo = await self._read()
        shown = heading or known
        text = text_in(shown.slip_texts, language) or None
        return SlipExtras(text, base64.b64encode(logo).decode() if logo and shown.is_logo_on_slips else None)

    async def save(self, sent: Mapping[str, Any], seen: Mapping[str, Any] | None, *, by: Actor) -> None:
        """Papers and slips have this heading from now on. Raises `BadFields`, `ChangedMeanwhile`."""
        problems: list[Problem] = []
        heading = read_heading(Reader(sent, problems), LANGUAGES)
        async with self._store.transaction() as work:
            before = await configuration_rows.heading(work.connection, LANGUAGES)
            check_unchanged(seen, written(before))
            check(problems)
            await configuration_rows.save_heading(work, heading)
            work.record(Event("letterhead", work.now, str(by)))
            work.touch(sources.CLINIC)

    async def save_logo(self, content: bytes, *, by: Actor) -> None:
        """The picture is the logo, re-encoded for paper and for slips. Raises `BadInput` for what is no picture."""
        from queue_server.papers.logos import for_letters, for_slips

        for_paper, for_slip = await asyncio.to_thread(lambda: (for_letters(content), for_slips(content)))
        async with self._store.transaction() as work:
            await paper_rows.save_picture(work, LETTER_LOGO, for_paper)
            await paper_rows.save_picture(work, SLIP_LOGO, for_slip)
            work.record(Event("logo", work.now, str(by), data={"size": len(for_paper)}))
            work.touch(sources.CLINIC)

    async def remove_logo(self, *, by: Actor) -> None:
        """Papers and slips have no logo."""
        async with self._store.transaction() as work:
            for name in (LETTER_LOGO, SLIP_LOGO):
                await paper_rows.remove_picture(work, name)
            work.record(Event("logo", work.now, str(by), data={"size": 0}))
            work.touch(sources.CLINIC)

    async def _read(self) -> tuple[Heading, bytes | None, bytes | None]:
        rev = self._queues.rev_of(sources.CLINIC)
        if self._known is None or self._known[0] != rev:
            async with self._store.reading() as connection:
                heading = await configuration_rows.heading(connection, LANGUAGES)
                letter = await paper_rows.picture(connection, LETTER_LOGO)
                slip = await paper_rows.picture(connection, SLIP_LOGO)
            self._known = rev, heading, letter[0] if letter else None, slip[0] if slip else None
        return self._known[1:]
