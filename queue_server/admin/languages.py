"""The languages of the clinic: what its forms ask for in each, who has read the translations, and words for reading."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from queue_server.admin.forms import Typed
from queue_server.admin.layout import framed
from queue_server.domain.access.authorisation import May
from queue_server.locale import LANGUAGES, review_of
from queue_server.papers.words import words
from queue_server.web.identity import allowed, services
from queue_server.web.pages import Page
from queue_server.web.state import Request

PATH = "/admin/words"
#: What a prescription says of a dose, in the order of `papers/words/en.toml`; and units, of which two are shown.
SAID = ("morning", "noon", "evening", "night", "before", "after", "with", "at_once", "as_needed", "at_most", "apply")
UNITS = ("days", "tablet", "capsule", "ml", "drop", "puff", "sachet")
#: Signs beside times of the day.
SIGNS = {"noon": "sun", "night": "moon"}


@dataclass(frozen=True)
class Said:
    """A word of a prescription with its sign, if it has one, and how each language says it."""

    sign: str
    english: str
    #: Code and word.
    others: list[tuple[str, str]]


@dataclass(frozen=True)
class WordsPage(Page):
    """What prescriptions say of doses in all languages, for somebody who grew up with one of them."""

    template = "admin/words.html"

    words: list[Said]


async def words_page(request: Request) -> Response:
    """The words side by side."""
    by = await allowed(request, May.RUN_CLINIC)
    return framed(request, by, WordsPage([_said(name) for name in (*SAID, *UNITS)]))


async def asked_for(request: Request, typed: Typed, *fields: str) -> dict[str, str]:
    """The languages in which a form asks for these fields, code → name.

    English, those that the clinic has switched on, in its order, and others in which there is a text already.
    """
    clinic = await services(request).clinic.queues.clinic()
    ordered = dict.fromkeys(("en", *clinic.languages, *LANGUAGES))
    wanted = {"en", *clinic.languages}
    return {
        code: LANGUAGES[code]
        for code in ordered
        if code in LANGUAGES and (code in wanted or any(typed.text(f"{field}.{code}") for field in fields))
    }


async def missing(request: Request, typed: Typed, field: str) -> set[str]:
    """The fields, such as "notices.ta", of languages that the clinic has switched on and that have no such text yet.

    Where there is none in any language, none is missing.
    """
    written = {code for code in LANGUAGES if typed.text(f"{field}.{code}").strip()}
    clinic = await services(request).clinic.queues.clinic()
    return {f"{field}.{code}" for code in clinic.languages if written and code not in written}


def reviews() -> list[tuple[str, str, str]]:
    """Code, name and review of every translation; English is what was translated."""
    return [(code, name, review_of(code)) for code, name in LANGUAGES.items() if code != "en"]


def _said(name: str) -> Said:
    by_language = [(code, _word(code, name)) for code in LANGUAGES if code != "en"]
    return Said(SIGNS.get(name, ""), _word("en", name), by_language)


def _word(language: str, name: str) -> str:
    spoken = words(language)
    return spoken.count(name, Fraction(2)) if name in UNITS else spoken[name]


routes: list[BaseRoute] = [Route(PATH, words_page)]
