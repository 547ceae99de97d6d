"""Pages: templates with the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta, tzinfo
from functools import cache

from babel.dates import format_datetime
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from starlette.responses import HTMLResponse, Response

from queue_server.domain.access.actors import Actor
from queue_server.domain.clinic.configuration import LONGEST_DEPARTMENT
from queue_server.domain.queue.ordering import NEED_REASON
from queue_server.locale import LANGUAGES, offered, texts
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
    made.globals["languages"] = LANGUAGES
    made.globals["needs_reason"] = NEED_REASON
    made.globals["homes"] = HOMES
    made.globals["longest_department"] = LONGEST_DEPARTMENT
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


def page(
    request: Request,
    template: str,
    status_code: int = 200,
    language: str | None = None,
    headers: Mapping[str, str] | None = None,
    **context: object,
) -> HTMLResponse:
    """The rendered template. It knows the words in the reader's language, and the clinic's name."""
    words = texts(language or language_of(request))
    body = (
        environment()
        .get_template(template)
        .render(
            _empty_defaults()
            | {
                "request": request,
                "_": words.gettext,
                "ngettext": words.ngettext,
                "language": words.language,
                "direction": words.direction,
                "clinic_name": request.state["clinic_name"](),
                "locks_after_s": _locks_after_s(request),
                "logged_in": staff(request),
            }
            | context
        )
    )
    response = HTMLResponse(body, status_code, {"Cache-Control": "no-store", **(headers or {})})
    if "lang" in request.query_params:
        keep_language(response, words.language)
    return response


def keep_language(response: Response, language: str) -> None:
    """The reader has chosen this language; every page speaks it from now on."""
    kept_s = int(timedelta(days=365).total_seconds())
    response.set_cookie(LANGUAGE_COOKIE, offered(language), max_age=kept_s, httponly=True, samesite="lax")


def staff(request: Request) -> Actor | None:
    """The member of staff whose page this is, if anybody's."""
    return request.state["staff"] if "staff" in request.state else None  # noqa: SIM401  (a state has no `get`)


def _locks_after_s(request: Request) -> int:
    """After how many idle seconds the page locks; 0 for a page that is not a member of staff's."""
    if staff(request) is None:
        return 0
    return int(request.state["services"].people.accounts.lock_after.total_seconds())


def _empty_defaults() -> dict[str, object]:
    """What a template may leave out: templates test these for emptiness."""
    return dict.fromkeys(("error", "home", "home_label", "kind", "code", "action", "login", "roles"))
