"""What is scanned: the counters' codes, posters in the clinic's languages, and which code kiosks show."""

from __future__ import annotations

from queue_server import papers, sources
from queue_server.domain.access.actors import Actor
from queue_server.domain.clinic.clinic import Department
from queue_server.domain.errors import UnknownDepartment
from queue_server.domain.programs.abdm import TRIAL, code_link
from queue_server.domain.queue.events import Event
from queue_server.domain.queue.numbering import number
from queue_server.locale import LANGUAGES, texts
from queue_server.papers.poster_parts import Poster
from queue_server.services.clinic.letterheads import Letterheads
from queue_server.services.clinic.snapshot import Snapshots
from queue_server.services.programs.abdm_shares import AbdmShares
from queue_server.services.programs.abdm_words import agreement, what_to_do
from queue_server.storage.engine import setting_rows
from queue_server.storage.engine.store import Store


class AbdmPosters:
    """Each department is a counter, and so is the administration's trial."""

    def __init__(self, store: Store, queues: Snapshots, shares: AbdmShares, letterheads: Letterheads) -> None:
        self._store = store
        self._queues = queues
        self._shares = shares
        self._letterheads = letterheads

    async def link(self, counter: str) -> str:
        """What the counter's code holds. Raises `UnknownDepartment`."""
        if counter != TRIAL:
            await self._department(counter)
        settings = self._shares.gateway.settings
        return code_link(settings.abdm_code_url, settings.abdm_hip_id, counter)

    async def poster(self, counter: str) -> bytes:
        """The counter's poster, a PDF on A5. Raises `UnknownDepartment`, `PaperFailed`."""
        department = await self._department(counter)
        clinic = await self._queues.clinic()
        languages = [code for code in clinic.languages if code in LANGUAGES] or ["en"]
        said = [what_to_do(texts(language)) for language in languages]
        agreed = [f" {agreement(texts(language))}" if clinic.abdm_sms else "" for language in languages]
        names = dict.fromkeys(department.name(language) for language in languages)
        made = Poster(
            link=await self.link(counter),
            title=said[0][0],
            names=tuple(names),
            sentences=tuple(sentence + more for (_, sentence), more in zip(said, agreed, strict=True)),
            number=number(department.prefix, 12),
            language=languages[0],
            is_longer=clinic.abdm_sms,
        )
        return await papers.poster(made, await self._letterheads.current())

    async def show_on_kiosks(self, counter: str, *, by: Actor) -> None:
        """Kiosks show this counter's code on their first screen; an empty one for none. Raises `UnknownDepartment`."""
        if counter:
            await self._department(counter)
        await self._save("abha_code", counter, by)

    async def send_links(self, *, is_sent: bool, by: Actor) -> None:
        """Whoever scans from now on gets the link by SMS, or nobody does. Posters say it; kiosks then show no code."""
        await self._save("abdm_sms", is_sent, by)

    async def _save(self, name: str, value: str | bool, by: Actor) -> None:
        async with self._store.transaction() as work:
            await setting_rows.save_setting(work, name, value)
            work.record(Event("settings", work.now, str(by), data={"names": [name]}))
            work.touch(sources.CLINIC)

    async def _department(self, counter: str) -> Department:
        found = (await self._shares.counters()).get(counter)
        if found is None:
            raise UnknownDepartment(counter)
        return found
