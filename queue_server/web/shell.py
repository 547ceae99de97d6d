"""What a screen's browser keeps of its page, so that it comes up whatever is served first.

A worker in the browser (static/js/shared/screen-worker.js) takes for the server's only what has its header, and keeps
only what has the type and the digest that are told here.
"""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import dataclass
from functools import cache
from mimetypes import guess_type
from pathlib import Path

from starlette.responses import Response

from queue_server.paths import STATIC
from queue_server.web.static import static, version

_WORKER = "js/shared/screen-worker.js"
_COMMON = ("css/*.css", "fonts/*.woff2", "icons/*.svg", "js/shared/*.js")


@dataclass(frozen=True)
class Shell:
    """The pages below `scope` and their files: what all screens share, and `patterns` of the static folder.

    `header` names the version of a page that may be kept.
    """

    name: str
    scope: str
    header: str
    patterns: tuple[str, ...]

    def kept(self, page: Response) -> Response:
        """The page, which a worker may keep."""
        page.headers[self.header] = version()
        page.headers["Page-Digest"] = _digest(bytes(page.body))
        return page

    def worker(self) -> Response:
        """The script that keeps them; it differs whenever a static file does, and so browsers take the new one."""
        told = {
            "name": self.name,
            "version": version(),
            "scope": self.scope,
            "header": self.header,
            "files": _files((*_COMMON, *self.patterns)),
        }
        headers = {"Service-Worker-Allowed": self.scope, "Cache-Control": "no-cache"}
        script = f"self.SHELL = {json.dumps(told)};\n{(STATIC / _WORKER).read_text()}"
        return Response(script, media_type="text/javascript", headers=headers)


@cache
def _files(patterns: tuple[str, ...]) -> dict[str, dict[str, str | None]]:
    """Type and digest of each file by its address."""
    found = sorted({path for pattern in patterns for path in STATIC.glob(pattern)} - {STATIC / _WORKER})
    return {static(path.relative_to(STATIC).as_posix()): _told(path) for path in found}


def _told(path: Path) -> dict[str, str | None]:
    return {"type": guess_type(path)[0], "digest": _digest(path.read_bytes())}


def _digest(content: bytes) -> str:
    return base64.b64encode(hashlib.sha256(content).digest()).decode()
