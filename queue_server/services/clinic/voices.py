"""What displays and kiosks speak with: for each language the shipped clips, over them the words of the clinic's own."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from queue_server import sources
from queue_server.domain.access.actors import Actor
from queue_server.domain.errors import BadInput, NotFound, UnknownBoard
from queue_server.domain.queue.events import Event
from queue_server.domain.voice.bundles import Bundle
from queue_server.domain.voice.recordings import LONGEST_WORD, MOST_BYTES, MOST_WORDS, prepared
from queue_server.live.json_views import moment
from queue_server.live.view_types import TrialView
from queue_server.locale import LANGUAGES
from queue_server.services.clinic.snapshot import Snapshots
from queue_server.services.clinic.voice_files import read_file, write_file
from queue_server.storage.clinic import configuration_rows, voice_rows
from queue_server.storage.engine import setting_rows
from queue_server.storage.engine.store import Store, Transaction

#: Language → its shipped clips by their key; none for a language without a voice.
Clips = Callable[[str], Mapping[str, bytes]]

#: So long after it was asked for, a display that comes back still speaks for a trial.
TRIAL_WITHIN = timedelta(seconds=20)
#: The setting with the moment of the newest trial of each board.
_TRIALS = "sound_trials"


def no_clips(_language: str) -> Mapping[str, bytes]:
    """Of a server that ships no voice."""
    return {}


@dataclass
class _Known:
    """What was read at a revision of `sources.VOICES`."""

    rev: int
    trials: Mapping[str, str]
    bundles: dict[str, Bundle] = field(default_factory=dict)


class Voices:
    """Whoever records or removes a word touches `sources.VOICES`: until then the bundles are kept in memory."""

    def __init__(self, store: Store, queues: Snapshots, clips: Clips) -> None:
        self._store = store
        self._queues = queues
        self._clips = clips
        self._known: _Known | None = None

    async def addresses(self, languages: Iterable[str]) -> dict[str, str]:
        """Language → where its clips are; languages without any are left out."""
        found = {code: await self.bundle(code) for code in languages}
        return {code: bundle.address for code, bundle in found.items() if bundle.clips}

    async def bundle(self, language: str) -> Bundle:
        """The language's clips: those that were recorded, and the shipped ones for all other words."""
        known = await self._read()
        if language not in known.bundles:
            async with self._store.reading() as connection:
                own = await voice_rows.of_language(connection, language)
            known.bundles[language] = Bundle(language, {**self._clips(language), **own})
        return known.bundles[language]

    async def at(self, language: str, digest: str) -> Bundle:
        """The bundle that has this digest. Raises `NotFound` when it has another one now, or none."""
        bundle = await self.bundle(language)
        if not bundle.clips or bundle.digest != digest:
            raise NotFound("There is no voice at this address now.")
        return bundle

    def shipped(self, language: str) -> frozenset[str]:
        """The words of the language that have a shipped clip."""
        return frozenset(self._clips(language))

    async def recorded(self) -> set[tuple[str, str]]:
        """Language and word of everything that was recorded."""
        async with self._store.reading() as connection:
            return set(await voice_rows.recorded(connection))

    async def record(self, language: str, word: str, content: bytes, *, by: Actor) -> None:
        """The word is spoken so from now on: trimmed, and as loud as the others. Raises `BadInput`."""
        _check_word(language, word)
        sound = await asyncio.to_thread(prepared, content)
        async with self._store.transaction() as work:
            await _add(work, language, word, sound)
            work.record(Event("voice_recorded", work.now, str(by), data={"language": language, "word": word}))
            work.touch(sources.VOICES)

    async def remove(self, language: str, word: str, *, by: Actor) -> None:
        """The word is spoken with the shipped clip again, if there is one."""
        async with self._store.transaction() as work:
            await voice_rows.remove(work, language, word)
            work.record(Event("voice_removed", work.now, str(by), data={"language": language, "word": word}))
            work.touch(sources.VOICES)

    async def export(self) -> bytes:
        """Every recording in one file (see `voice_files`)."""
        async with self._store.reading() as connection:
            found = {code: await voice_rows.of_language(connection, code) for code in LANGUAGES}
        return await asyncio.to_thread(write_file, found)

    async def load(self, content: bytes, *, by: Actor) -> int:
        """The recordings are those of the file, and no others; how many. Raises `BadInput`, and nothing has changed."""
        found = await asyncio.to_thread(read_file, content)
        for language, word, _ in found:
            _check_word(language, word)
        async with self._store.transaction() as work:
            await voice_rows.remove_all(work)
            for language, word, sound in found:
                await _add(work, language, word, sound)
            work.record(Event("voice_loaded", work.now, str(by), data={"words": len(found)}))
            work.touch(sources.VOICES)
        return len(found)

    async def first_bad(self) -> tuple[list[str], int]:
        """Every recording that is not as it was saved (`hi: टोकन`), and how many are."""
        async with self._store.reading() as connection:
            bad = [f"{language}: {word}" async for language, word in voice_rows.damaged(connection)]
            total = len(await voice_rows.recorded(connection))
        return bad, total - len(bad)

    async def try_out(self, board: str, *, by: Actor) -> None:
        """Every display of this board that is there says how it sounds. Raises `UnknownBoard`."""
        async with self._store.transaction() as work:
            if board not in (names := await configuration_rows.displays(work.connection)):
                raise UnknownBoard(board)
            before = await setting_rows.setting(work.connection, _TRIALS)
            asked = before if isinstance(before, dict) else {}
            kept = {name: at for name, at in asked.items() if name in names}
            await setting_rows.save_setting(work, _TRIALS, kept | {board: work.now.isoformat()})
            work.record(Event("sound_tried", work.now, str(by), data={"board": board}))
            work.touch(sources.VOICES)

    async def trial(self, board: str) -> TrialView | None:
        """What the displays of this board have to say for a trial; none when nobody asked a moment ago."""
        asked = (await self._read()).trials.get(board)
        at = datetime.fromisoformat(asked) if asked else None
        if at is None or self._queues.now() - at > TRIAL_WITHIN:
            return None
        return {"at": moment(at)}

    async def _read(self) -> _Known:
        rev = self._queues.rev_of(sources.VOICES)
        if self._known is None or self._known.rev != rev:
            async with self._store.reading() as connection:
                trials = await setting_rows.setting(connection, _TRIALS)
            self._known = _Known(rev, trials if isinstance(trials, dict) else {})
        return self._known


def _check_word(language: str, word: str) -> None:
    if language not in LANGUAGES:
        raise BadInput("language", "There is no such language.")
    if not word or len(word) > LONGEST_WORD or not word.isprintable():
        raise BadInput("word", f"A word has 1 to {LONGEST_WORD} plain characters.")


async def _add(work: Transaction, language: str, word: str, sound: bytes) -> None:
    words, size = await voice_rows.size(work.connection, language, word)
    if words >= MOST_WORDS or size + len(sound) > MOST_BYTES:
        raise BadInput("sound", f"At most {MOST_WORDS} words and {MOST_BYTES // 1_000_000} MB are kept of a language.")
    await voice_rows.save(work, language, word, sound)
