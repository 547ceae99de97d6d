"""Texts in the reader's language, read from the gettext catalogues beside this file."""

from __future__ import annotations

import gettext
from collections.abc import Mapping
from functools import cache
from io import BytesIO
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from kiosk.bidi import isolated

#: Code → the language's name in its own script. A language is offered when its catalogue is complete.
LANGUAGES: Mapping[str, str] = {"en": "English", "hi": "हिन्दी"}

#: Languages written from right to left.
RIGHT_TO_LEFT = frozenset({"ar", "ur"})

_FOLDER = Path(__file__).parent


class Texts:
    """One language's texts. English sentences are their own keys."""

    def __init__(self, language: str, catalogue: gettext.NullTranslations) -> None:
        self.language = language
        self.direction = "rtl" if language in RIGHT_TO_LEFT else "ltr"
        self._catalogue = catalogue

    def gettext(self, sentence: str, **values: object) -> str:
        """The sentence in this language; `%(name)s` is replaced by `values["name"]`."""
        return self._ordered(self._catalogue.gettext(sentence) % values)

    def ngettext(self, one: str, many: str, count: int, **values: object) -> str:
        """The form for `count`; `%(count)s` is replaced by the count."""
        return self._ordered(self._catalogue.ngettext(one, many, count) % {"count": count, **values})

    def _ordered(self, text: str) -> str:
        """The text with its numbers kept in order where the language is written from right to left."""
        return isolated(text) if self.direction == "rtl" else text


@cache
def texts(language: str) -> Texts:
    """The texts of this language; English for one that is not offered."""
    path = _FOLDER / language / "LC_MESSAGES" / "messages.po"
    if language not in LANGUAGES or not path.exists():
        return Texts("en", gettext.NullTranslations())
    with path.open("rb") as file:
        catalogue = read_po(file, locale=language)
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return Texts(language, gettext.GNUTranslations(compiled))


def offered(language: str | None, default: str = "en") -> str:
    """`language` when it is offered (also as `hi-IN`), else `default`."""
    code = (language or "").replace("_", "-").split("-")[0].lower()
    return code if code in LANGUAGES else default
