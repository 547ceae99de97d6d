"""Static files under an address that changes with their contents, so that browsers may keep them for ever."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

from starlette.responses import Response
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from queue_server.paths import STATIC


@cache
def version(folder: Path = STATIC) -> str:
    """Twelve characters that change when any static file does."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            digest.update(str(path.relative_to(folder)).encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def static(path: str) -> str:
    """The address of a static file: `css/base.css` → `/static/<version>/css/base.css`."""
    return f"/static/{version()}/{path}"


class ImmutableFiles(StaticFiles):
    """Files that never change at their address."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return response


def mount() -> Mount:
    """The route of the static files."""
    return Mount(f"/static/{version()}", ImmutableFiles(directory=STATIC), name="static")
