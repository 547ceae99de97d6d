"""The machines of the clinic's screens fetch here what this server was installed from (`deploy/installer/fetch.py`)."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

from starlette.responses import FileResponse, Response
from starlette.routing import BaseRoute, Route

from queue_server import paths
from queue_server.domain.access.authorisation import May
from queue_server.domain.errors import NotFound
from queue_server.web.identity import allowed
from queue_server.web.state import Request

_MANIFEST = "manifest.json"
_HEAD = {"Cache-Control": "no-store"}


async def manifest(request: Request) -> Response:
    """The version of this server, and the parts that it hands out, each with its sum."""
    await allowed(request, May.FETCH_RELEASE)
    if not (paths.RELEASE / _MANIFEST).is_file():
        raise NotFound("This server was not installed from a file that it could hand out.")
    return FileResponse(paths.RELEASE / _MANIFEST, media_type="application/json", headers=_HEAD)


async def part(request: Request) -> Response:
    """One of these parts."""
    await allowed(request, May.FETCH_RELEASE)
    name = request.path_params["part"]
    if name not in await asyncio.to_thread(_named, paths.RELEASE):
        raise NotFound("There is no such part.")
    return FileResponse(paths.RELEASE / name, media_type="application/octet-stream", headers=_HEAD)


def _named(folder: Path) -> set[str]:
    try:
        return set(json.loads((folder / _MANIFEST).read_text(encoding="utf-8"))["files"])
    except FileNotFoundError:
        return set()


routes: list[BaseRoute] = [
    Route("/devices/release", manifest),
    Route("/devices/release/{part:path}", part),
]
