"""Documents as answers: with a name that every browser keeps, and headers that let nothing in them run."""

from __future__ import annotations

import re
import zipfile
from collections.abc import AsyncIterator
from datetime import datetime
from typing import IO, cast
from urllib.parse import quote

from babel.dates import format_date
from starlette.responses import Response, StreamingResponse

from queue_server.services.records.documents import OpenedDocument
from queue_server.services.records.personal_data import KeptDocuments
from queue_server.web.state import Request

#: A document is data and never a page of ours: it runs nothing, loads nothing and is framed by nobody.
_LOCKED = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; media-src 'self'; frame-ancestors 'none'"
_NAME = re.compile(r"[^A-Za-z0-9 ._()+-]")


def document_answer(request: Request, opened: OpenedDocument) -> Response:
    """The document, to be looked at in the browser, or to be saved when the address ends in `?save`."""
    document = opened.document
    is_saved = "save" in request.query_params
    headers = _headers(document.name, is_saved=is_saved) | {"Content-Length": str(document.size)}
    return StreamingResponse(opened.chunks, media_type=document.media_type, headers=headers)


def archive_answer(name: str, parts: AsyncIterator[bytes]) -> Response:
    """A ZIP that is made while it is sent."""
    return StreamingResponse(parts, media_type="application/zip", headers=_headers(name, is_saved=True))


def pdf_answer(name: str, content: bytes) -> Response:
    """A PDF that was made for this answer, to be saved."""
    return Response(content, media_type="application/pdf", headers=_headers(name, is_saved=True))


def disposition(name: str, *, is_saved: bool) -> str:
    """The Content-Disposition header (RFC 6266): the name in plain letters, and as it is in UTF-8 (RFC 8187)."""
    plain = " ".join(_NAME.sub("_", name).split())
    how = "attachment" if is_saved else "inline"
    return f"{how}; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


def _headers(name: str, *, is_saved: bool) -> dict[str, str]:
    return {
        "Content-Disposition": disposition(name, is_saved=is_saved),
        "Content-Security-Policy": f"{_LOCKED}; sandbox",
        "X-Content-Type-Options": "nosniff",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Cache-Control": "private, no-store",
    }


def kept_in_words(kept: KeptDocuments, language: str) -> dict[str, object]:
    """What `patients/kept.html` says of an erasure."""
    until = format_date(kept.until, "d MMMM y", locale=language) if kept.until else ""
    return {"documents": kept.documents, "until": until}


class _Drain:
    """What `zipfile` writes into; `taken` gives what has gathered. It cannot be sought in, so sizes follow the data."""

    def __init__(self) -> None:
        self._gathered = bytearray()

    def write(self, data: bytes) -> int:
        self._gathered += data
        return len(data)

    def flush(self) -> None:
        """Nothing waits."""

    def taken(self) -> bytes:
        data = bytes(self._gathered)
        self._gathered.clear()
        return data


async def zipped(
    files: AsyncIterator[tuple[str, datetime, AsyncIterator[bytes]]],
) -> AsyncIterator[bytes]:
    """A ZIP of these files (name, moment, content), piece by piece. What they hold is compressed already: stored."""
    drain = _Drain()
    with zipfile.ZipFile(cast("IO[bytes]", drain), "w", zipfile.ZIP_STORED) as archive:
        async for name, moment, content in files:
            entry = zipfile.ZipInfo(name, moment.timetuple()[:6])
            entry.external_attr = 0o600 << 16
            with archive.open(entry, "w") as into:
                async for piece in content:
                    into.write(piece)
                    yield drain.taken()
            yield drain.taken()
    yield drain.taken()
