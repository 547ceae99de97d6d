"""Pages: templates with the reader's language."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from functools import cache
from typing import ClassVar

from babel.dates import format_datetime
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from starlette.responses import HTMLResponse, Response

from queue_server.domain.access.actors import Actor
from queue_server.domain.clinic.configuration import LONGEST_DEPARTMENT
from queue_server.domain.people.patients import CONSENT_VERSION
from queue_server.domain.queue.ordering import NEED_REASON
from queue_server.locale import LANGUAGES, offered, texts
from queue_server.locale.waits import wait_sentences, wait_words
from queue_server.paths import TEMPLATES
from queue_server.web.homes import HOMES
from queue_server.web.state import Request
from queue_server.web.static import static

LANGUAGE_COOKIE = "queue_language"


@cache
def environment() -> Environment:
    """The templates. A name that is not given is an error, not an empty place."""
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=select_autoescape(),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    # A script's text in its own letters is packed with the same words of the page; escaped, it would be sent anew.
    made.policies["json.dumps_kwargs"] = {"sort_keys": True, "ensure_ascii": False, "separators": (",", ":")}
    made.globals["static"] = static
    made.globals |= {"languages": LANGUAGES, "wait_words": wait_words, "wait_sentences": wait_sentences}
    made.globals["needs_reason"] = NEED_REASON
    made.globals |= {"consent_version": CONSENT_VERSION, "homes": HOMES, "longest_department": LONGEST_DEPARTMENT}
    return made


def language_of(request: Request) -> str:
    """What the reader chose by link or earlier, else what the browser prefers, else English."""
    chosen = request.query_params.get("lang") or request.cookies.get(LANGUAGE_COOKIE)
    if chosen:
        return offered(chosen)
    preferred = [part.split(";")[0].strip() for part in request.headers.get("accept-language", "").split(",")]
    return next((offered(code) for code in preferred if offered(code, "") != ""), "en")


def unless_chosen(request: Request, language: str) -> str | None:
    """The language for a page that has one of its own; none when the reader has chosen, which counts more."""
    has_chosen = "lang" in request.query_params or LANGUAGE_COOKIE in request.cookies
    return None if has_chosen else language


def say(request: Request, sentence: str, **values: object) -> str:
    """The sentence in the reader's language."""
    return texts(language_of(request)).gettext(sentence, **values)


def moment(request: Request, at: datetime, zone: tzinfo) -> str:
    """Day and time as the reader writes them: `22 Nov, 10:42`."""
    return format_datetime(at.astimezone(zone), "d MMM, HH:mm", locale=language_of(request))


@dataclass(frozen=True)
class Page:
    """What one page shows.

    Its fields are the names that its template uses, neither more nor fewer, besides those of the frame around it and
    those that every page has.
    """

    template: ClassVar[str]


@dataclass(frozen=True)
class EveryPage(Page):
    """What every template may use: the words in the reader's language, and the clinic's name."""

    template = "shared/layout.html"

    request: Request
    _: Callable[..., str]
    ngettext: Callable[..., str]
    language: str
    direction: str
    clinic_name: str
    #: After how many idle seconds the page locks; 0 for a page that is not a member of staff's.
    locks_after_s: int
    logged_in: Actor | None


def page(
    request: Request,
    shown: Page,
    status_code: int = 200,
    language: str | None = None,
    headers: Mapping[str, str] | None = None,
    frame: Page | None = None,
) -> HTMLResponse:
    """The page, rendered by its template. `frame` is what the template that it extends shows besides."""
    words = texts(language or language_of(request))
    every = EveryPage(
        request=request,
        _=words.gettext,
        ngettext=words.ngettext,
        language=words.language,
        direction=words.direction,
        clinic_name=request.state["clinic_name"](),
        locks_after_s=_locks_after_s(request),
        logged_in=staff(request),
    )
    response = HTMLResponse(
        rendered(shown, frame, every), status_code, {"Cache-Control": "no-store", **(headers or {})}
    )
    if "lang" in request.query_params:
        keep_language(response, words.language)
    return response


def rendered(shown: Page, *around: Page | None) -> str:
    """The template of `shown` with its fields, and those of what is around it."""
    context = {name: value for each in (*around, shown) if each for name, value in vars(each).items()}
    return environment().get_template(shown.template).render(context)


def keep_language(response: Response, language: str) -> None:
    """The reader has chosen this language; every page speaks it from now on."""
    kept_s = int(timedelta(days=365).total_seconds())
    response.set_cookie(LANGUAGE_COOKIE, offered(language), max_age=kept_s, httponly=True, samesite="lax")


def staff(request: Request) -> Actor | None:
    """The member of staff whose page this is, if anybody's."""
    return request.state["staff"] if "staff" in request.state else None  # noqa: SIM401  (a state has no `get`)


def _locks_after_s(request: Request) -> int:
    if staff(request) is None:
        return 0
    return int(request.state["services"].people.accounts.lock_after.total_seconds())
