"""Templates rendered without the server, for tests of the shared look."""

from pathlib import Path
from typing import Any

import jinja2
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

ROOT = Path(__file__).resolve().parents[2]
CATALOGUES = ROOT / "queue_server" / "locale"
POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "frame-ancestors 'none'"
)


def render(name: str, language: str = "en", **context: Any) -> str:
    """The page as the server would send it; static files at /static/test/."""
    return (
        _environment(language)
        .get_template(name)
        .render(
            static=lambda path: f"/static/test/{path}",
            language=language,
            direction="rtl" if language == "ur" else "ltr",
            clinic_name="Sunrise Clinic",
            **context,
        )
    )


def pages(**routes: Any) -> Starlette:
    """A program with the static files and one page a keyword: a function of the request's language that gives HTML.

    Every answer carries the content security policy of the real server, so that an inline style or script shows up
    as an error in the console.
    """

    def page(make: Any) -> Any:
        async def respond(request: Request) -> Response:
            content = make(request.query_params.get("lang", "en"))
            return HTMLResponse(content, headers={"Content-Security-Policy": POLICY})

        return respond

    return Starlette(
        routes=[
            *(Route(f"/{name}", page(make)) for name, make in routes.items()),
            Mount("/static/test", StaticFiles(directory=ROOT / "static")),
        ]
    )


def _environment(language: str) -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(ROOT / "templates"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    catalogue = _catalogue(language)

    def one(message: str) -> str:
        found = catalogue.get(message)
        return str(found.string) if found and found.string else message

    def several(singular: str, plural: str, count: int) -> str:
        found = catalogue.get(singular)
        if found and isinstance(found.string, tuple | list) and all(found.string):
            return str(found.string[0 if count == 1 else 1])
        return singular if count == 1 else plural

    environment.install_gettext_callables(one, several, newstyle=True)  # type: ignore[attr-defined]
    return environment


def _catalogue(language: str) -> Catalog:
    path = CATALOGUES / language / "LC_MESSAGES" / "messages.po"
    if not path.exists():
        return Catalog(locale=language)
    with path.open("rb") as file:
        return read_po(file, locale=language)
