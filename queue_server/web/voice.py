"""The clips with which displays and kiosks speak. A waiting room hears them anyway: they are there for everybody."""

from __future__ import annotations

from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from queue_server.domain.errors import NotFound
from queue_server.locale import LANGUAGES
from queue_server.web.identity import services
from queue_server.web.state import Request

#: An address names the digest of what is there, so browsers may keep it for ever.
_FOR_EVER = {"Cache-Control": "public, max-age=31536000, immutable"}


async def bundle(request: Request) -> Response:
    """All clips of a language (see domain/voice/bundles.py)."""
    language = request.path_params["language"]
    if language not in LANGUAGES:
        raise NotFound("There is no such language.")
    found = await services(request).clinic.voices.at(language, request.path_params["digest"])
    return Response(found.content, media_type="application/octet-stream", headers=_FOR_EVER)


routes: list[BaseRoute] = [Route("/voice/{language}/{digest}", bundle)]
