"""How letters, digits and small numbers are said in each language, read from the files in `words`.

A further language is one more file; its words are written in its own script, because a voice of that language reads
nothing else well.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_FOLDER = Path(__file__).parent / "words"


@dataclass(frozen=True, slots=True)
class Language:
    """The words that an announcement needs.

    `letters` has the 26 names of A to Z and `numbers` the words of 0 to 99, in order. `call` and `recall` have the
    places `{number}` and `{room}`; those `_named` are the same for a room that is called by its name. `test` is said
    when somebody wants to hear a screen, and `departments` are names that clinics commonly have.
    """

    letters: tuple[str, ...]
    numbers: tuple[str, ...]
    call: str
    call_named: str
    recall: str
    recall_named: str
    test: str
    departments: tuple[str, ...]

    def sentence(self, *, is_recall: bool, is_named: bool) -> str:
        """The sentence that calls somebody, or calls them again."""
        if is_recall:
            return self.recall_named if is_named else self.recall
        return self.call_named if is_named else self.call

    @property
    def sentences(self) -> tuple[str, ...]:
        """Every sentence, with its places."""
        return (self.call, self.call_named, self.recall, self.recall_named, self.test)


def _read(path: Path) -> Language:
    found: dict[str, Any] = tomllib.loads(path.read_text())
    lists = {name: tuple(words) for name, words in found.items() if isinstance(words, list)}
    return Language(**(found | lists))


#: Language code → its words.
LANGUAGES: Mapping[str, Language] = {path.stem: _read(path) for path in sorted(_FOLDER.glob("*.toml"))}
ENGLISH = LANGUAGES["en"]
