"""Texts in the reader's language, read from the gettext catalogues beside this file."""

from __future__ import annotations

import gettext
import re
from collections.abc import Mapping
from functools import cache
from io import BytesIO
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from kiosk.bidi import isolated
from queue_server.locale.languages import ALL

#: Code → the language's name in its own script: everything that patients meet exists in these.
LANGUAGES: Mapping[str, str] = {code: language.name for code, language in ALL.items()}
#: Those in which the pages of staff exist.
STAFF_LANGUAGES: Mapping[str, str] = {code: one.name for code, one in ALL.items() if one.is_for_staff}

_FOLDER = Path(__file__).parent
_REVIEW = re.compile(r'^"X-Review: (.+)\\n"$', re.MULTILINE)


class Texts:
    """One language's texts. English sentences are their own keys."""

    def __init__(self, language: str, catalogue: gettext.NullTranslations) -> None:
        self.language = language
        self.direction = ALL[language].direction
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
    """The texts of this language; English for one that is not offered, and where a text is missing."""
    if language not in LANGUAGES or language == "en":
        return Texts("en", gettext.NullTranslations())
    with catalogue_path(language).open("rb") as file:
        catalogue = read_po(file, locale=language)
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return Texts(language, gettext.GNUTranslations(compiled))


def catalogue_path(language: str) -> Path:
    """The file with the language's translations; English has none."""
    return _FOLDER / language / "LC_MESSAGES" / "messages.po"


@cache
def review_of(language: str) -> str:
    """Who has read the translation: `drafted` while nobody who grew up with the language has, else who and when."""
    found = _REVIEW.search(catalogue_path(language).read_text())
    return found[1] if found else "drafted"


def offered(language: str | None, default: str = "en") -> str:
    """`language` when it is offered (also as `hi-IN`), else `default`."""
    code = (language or "").replace("_", "-").split("-")[0].lower()
    return code if code in LANGUAGES else default
