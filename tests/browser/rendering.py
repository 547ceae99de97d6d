"""Templates rendered without the server, for tests of the shared look."""

from typing import Any

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from queue_server.locale import texts
from queue_server.paths import STATIC
from queue_server.web.pages import environment
from queue_server.web.security import SecurityMiddleware


def render(name: str, language: str = "en", **context: Any) -> str:
    """The page as the server would send it; static files at /static/test/."""
    words = texts(language)
    given = {
        "static": lambda path: f"/static/test/{path}",
        "_": words.gettext,
        "ngettext": words.ngettext,
        "language": words.language,
        "direction": words.direction,
        "clinic_name": "Sunrise Clinic",
        "locks_after_s": 0,
        **dict.fromkeys(("error", "home", "home_label", "kind", "code", "action", "login")),
    }
    return environment().get_template(name).render(given | context)


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
