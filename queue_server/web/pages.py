"""Pages: templates with the reader's language."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from functools import cache
from typing import ClassVar
from zoneinfo import ZoneInfo

from babel.dates import format_datetime
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from starlette.responses import HTMLResponse, Response

from queue_server.alerts.troubles import trouble_sentences, trouble_words
from queue_server.domain.access.actors import Actor
from queue_server.domain.access.authorisation import rights_of
from queue_server.domain.access.roles import word_of
from queue_server.domain.clinic.configuration import LONGEST_DEPARTMENT
from queue_server.domain.clinic.names import text_in
from queue_server.domain.clinic.presence import AwayView
from queue_server.domain.clinic.rooms import LONGEST_CODE, LONGEST_NAME
from queue_server.domain.people.patients import CONSENT_VERSION
from queue_server.domain.queue.ordering import NEED_REASON
from queue_server.locale import LANGUAGES, STAFF_LANGUAGES, offered, texts
from queue_server.locale.places import (
    away_sentences,
    away_words,
    first_sentences,
    first_words,
    own_place_words,
    place_sentences,
    place_words,
)
from queue_server.locale.rooms import go_words, room_sentences, room_words
from queue_server.locale.waits import wait_sentences, wait_words, why_words
from queue_server.paths import TEMPLATES
from queue_server.web.homes import home_of
from queue_server.web.state import Request
from queue_server.web.static import static

LANGUAGE_COOKIE = "queue_language"

#: How the addresses of pages begin that only staff meet; they exist in the languages of staff alone.
_STAFF_PATHS = frozenset(
    {"account", "admin", "api", "desk", "devices", "doctor", "lock", "login", "set-up", "trust", "unlock"}
)


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
    made.globals |= {
        "languages": LANGUAGES,
        "wait_words": wait_words,
        "wait_sentences": wait_sentences,
        "why_words": why_words,
    }
    made.globals |= {"room_words": room_words, "go_words": go_words, "room_sentences": room_sentences}
    made.globals |= {"first_words": first_words, "first_sentences": first_sentences}
    made.globals |= {"place_words": place_words, "own_place_words": own_place_words, "away_words": away_words}
    made.globals |= {"place_sentences": place_sentences, "away_sentences": away_sentences, "clock_time": clock_time}
    made.globals |= {"trouble_words": trouble_words, "trouble_sentences": trouble_sentences}
    made.globals["needs_reason"] = NEED_REASON
    made.globals |= {
        "consent_version": CONSENT_VERSION,
        "home_of": home_of,
        "text_in": text_in,
        "longest_department": LONGEST_DEPARTMENT,
    }
    made.globals |= {"longest_room_code": LONGEST_CODE, "longest_room_name": LONGEST_NAME}
    return made


def languages_of(request: Request) -> Mapping[str, str]:
    """The languages in which the page exists, code → name in its own script."""
    return STAFF_LANGUAGES if request.url.path.split("/")[1] in _STAFF_PATHS else LANGUAGES


def _offered_in(request: Request, language: str, known: Mapping[str, str]) -> Mapping[str, str]:
    """What the page offers to choose from: of the languages in which it exists the clinic's, and its own."""
    if known is STAFF_LANGUAGES:
        return known
    wanted = dict.fromkeys((*request.state["clinic_languages"](), language))
    return {code: known[code] for code in wanted if code in known}


def language_of(request: Request) -> str:
    """What the reader chose by link or earlier, else what the browser prefers, else English."""
    return _spoken(request, languages_of(request))


def _spoken(request: Request, known: Mapping[str, str]) -> str:
    chosen = request.query_params.get("lang") or request.cookies.get(LANGUAGE_COOKIE)
    if chosen:
        return _known(chosen, known) or "en"
    preferred = [part.split(";")[0].strip() for part in request.headers.get("accept-language", "").split(",")]
    return next((code for each in preferred if (code := _known(each, known))), "en")


def _known(language: str, known: Mapping[str, str]) -> str:
    """The language's code if it is known, else empty."""
    code = offered(language, "")
    return code if code in known else ""


def unless_chosen(request: Request, language: str) -> str | None:
    """The language for a page that has one of its own; none when the reader has chosen, which counts more."""
    has_chosen = "lang" in request.query_params or LANGUAGE_COOKIE in request.cookies
    return None if has_chosen else language


def say(request: Request, sentence: str, **values: object) -> str:
    """The sentence in the reader's language."""
    return texts(language_of(request)).gettext(sentence, **values)


def clock_time(view: AwayView | None, time_zone: str) -> str:
    """The time that the view tells, on the clinic's clock: `11:30`; empty where it tells none."""
    if view is None or view["at"] is None:
        return ""
    return datetime.fromisoformat(view["at"]).astimezone(ZoneInfo(time_zone)).strftime("%H:%M")


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
    #: Whether only staff meet it, wherever it stands: it exists in the languages of staff alone.
    is_for_staff: ClassVar[bool] = False


@dataclass(frozen=True)
class EveryPage(Page):
    """What every template may use: the words in the reader's language, and the clinic's name."""

    template = "shared/layout.html"

    request: Request
    _: Callable[..., str]
    ngettext: Callable[..., str]
    language: str
    #: What is offered to choose from, code → name in its own script.
    page_languages: Mapping[str, str]
    direction: str
    clinic_name: str
    #: After how many idle seconds the page locks; 0 for a page that is not a member of staff's.
    locks_after_s: int
    logged_in: Actor | None
    #: The name of the login provider; empty without one.
    provider_name: str
    #: The words of what the member of staff may do (see `domain.access.roles.word_of`).
    rights: frozenset[str]


def page(
    request: Request,
    shown: Page,
    status_code: int = 200,
    language: str | None = None,
    headers: Mapping[str, str] | None = None,
    frame: Page | None = None,
) -> HTMLResponse:
    """The page, rendered by its template. `frame` is what the template that it extends shows besides."""
    known = STAFF_LANGUAGES if shown.is_for_staff else languages_of(request)
    words = texts(language or _spoken(request, known))
    every = EveryPage(
        request=request,
        _=words.gettext,
        ngettext=words.ngettext,
        language=words.language,
        page_languages=_offered_in(request, words.language, known),
        direction=words.direction,
        clinic_name=request.state["clinic_name"](),
        locks_after_s=_locks_after_s(request),
        logged_in=staff(request),
        provider_name=provider.name if (provider := request.state["provider"]) else "",
        rights=frozenset(map(word_of, rights_of(who))) if (who := staff(request)) else frozenset(),
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
