"""The touch screen's page and its files, kept so that a browser can be given them without the server.

The server's worker script names every file of the page with its digest, and every answer has the page's version. A new
version is taken whole: first all its files, then in one step the page. Whoever has the page open goes on with the old
one, whose files stay until the next; the page itself loads anew when nobody is using it.
"""

import asyncio
import base64
import hashlib
import json
import logging
from collections.abc import Collection, Mapping
from typing import Any

import httpx2

from kiosk.keeper.database import Database, File
from kiosk.keeper.upstream import Upstream

logger = logging.getLogger(__name__)

PAGE, WORKER = "/kiosk", "/kiosk/service-worker.js"
#: Where the files of the page and the clips of the voices are.
_FILES, VOICES = "/static/", "/voice/"
#: Clips of a language are some megabytes, on a slow line as well.
_VOICE_S = 120.0
_VERSION, _DIGEST = "Kiosk-Version", "Page-Digest"
_OURS = "Smart-Queue"

#: Headers of the server's answers that are meant for the browser. Cookies are not among them: the keeper is the device.
PASSED = frozenset(
    {
        "cache-control",
        "content-language",
        "content-security-policy",
        "content-type",
        "cross-origin-opener-policy",
        "etag",
        "kiosk-version",
        "page-digest",
        "permissions-policy",
        "referrer-policy",
        "service-worker-allowed",
        "smart-queue",
        "vary",
        "x-content-type-options",
    }
)


def as_file(answer: httpx2.Response) -> File:
    """The server's answer, as the browser is given it."""
    headers = {name: value for name, value in answer.headers.items() if name.lower() in PASSED}
    return File(answer.status_code, headers, answer.content)


class Shell:
    """What is kept, and keeping it up."""

    def __init__(self, database: Database, upstream: Upstream) -> None:
        self._database = database
        self._upstream = upstream

    async def kept(self, path: str) -> File | None:
        """What is kept for this path."""
        return await asyncio.to_thread(self._database.file, path)

    async def keep_up(self) -> None:
        """What is kept is what the server gives now. Raises `Unanswered`; then everything stays as it was."""
        page = await self._upstream.ask("GET", PAGE, headers={"Accept": "text/html"})
        digest = page.headers.get(_DIGEST, "")
        if page.status_code != 200 or _OURS not in page.headers or digest != _digest(page.content):
            return
        before = await self.kept(PAGE)
        if before is not None and _told(before.headers, _DIGEST) == digest:
            return
        worker = await self._upstream.ask("GET", WORKER)
        files = _files(worker.text)
        if files is None:
            return
        await self._keep_all(page, worker, files)

    async def keep_voices(self, paths: Collection[str]) -> None:
        """The clips of these addresses are kept, and no others. Raises `Unanswered`; then what has come stays."""
        for path in paths:
            if await self.kept(path) is None:
                answer = await self._upstream.ask("GET", path, timeout_s=_VOICE_S)
                if answer.status_code != 200 or hashlib.sha256(answer.content).hexdigest() != path.rpartition("/")[2]:
                    logger.warning("The clips at %s are not what their address says.", path)
                    return
                await asyncio.to_thread(self._database.keep_files, {path: as_file(answer)})
        await asyncio.to_thread(self._database.forget_files, VOICES, list(paths))

    async def _keep_all(self, page: httpx2.Response, worker: httpx2.Response, files: Mapping[str, Any]) -> None:
        for path, told in files.items():
            if await self.kept(path) is None:
                answer = await self._upstream.ask("GET", path)
                if answer.status_code != 200 or _digest(answer.content) != told.get("digest"):
                    logger.warning("The file %s is not what the server has told.", path)
                    return
                await asyncio.to_thread(self._database.keep_files, {path: as_file(answer)})
        newest = {PAGE: as_file(page), WORKER: as_file(worker)}
        old = await asyncio.to_thread(self._database.note, "files") or []
        await asyncio.to_thread(self._database.take_note, "files", list(files))
        await asyncio.to_thread(self._database.keep_files, newest)
        await asyncio.to_thread(self._database.forget_files, _FILES, [*files, *old])
        logger.info("The touch screen's page is kept: version %s.", page.headers.get(_VERSION))


def _files(worker: str) -> Mapping[str, Any] | None:
    """The files that the worker script names; none where it is no such script."""
    first = worker.partition(";\n")[0].removeprefix("self.SHELL = ")
    try:
        told = json.loads(first)["files"]
    except (ValueError, KeyError, TypeError):
        return None
    return told if isinstance(told, dict) else None


def _told(headers: Mapping[str, str], name: str) -> str | None:
    return next((value for known, value in headers.items() if known.lower() == name.lower()), None)


def _digest(content: bytes) -> str:
    return base64.b64encode(hashlib.sha256(content).digest()).decode()
