"""Templates rendered without the server, for tests of the shared look."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from queue_server.locale import LANGUAGES, texts
from queue_server.paths import STATIC
from queue_server.web.pages import EveryPage, Page, rendered
from queue_server.web.security import SecurityMiddleware


@dataclass(frozen=True)
class _Static(Page):
    """Static files at /static/test/."""

    static: Callable[[str], str] = "/static/test/{}".format


def render(shown: Page, language: str = "en") -> str:
    """The page as the server would send it; static files at /static/test/."""
    words = texts(language)
    every = EveryPage(
        request=Request({"type": "http", "path": "/", "headers": []}),
        _=words.gettext,
        ngettext=words.ngettext,
        language=words.language,
        page_languages={code: LANGUAGES[code] for code in dict.fromkeys(("en", "hi", language))},
        direction=words.direction,
        clinic_name="Sunrise Clinic",
        locks_after_s=0,
        logged_in=None,
        provider_name="",
        rights=frozenset(),
    )
    return rendered(shown, every, _Static())


def pages(*more: BaseRoute, **routes: Any) -> Starlette:
    """A program with the static files and one page a keyword, made by a function of the request's language.

    The real server's policies apply to it, so that an inline style or script shows up as an error in the console.
    """

    def page(make: Any) -> Any:
        async def respond(request: Request) -> Response:
            content = make(request.query_params.get("lang", "en"))
            return HTMLResponse(content)

        return respond

    return Starlette(
        routes=[
            *more,
            *(Route(f"/{name}", page(make)) for name, make in routes.items()),
            Mount("/static/test", StaticFiles(directory=STATIC)),
        ],
        middleware=[Middleware(SecurityMiddleware)],
    )
