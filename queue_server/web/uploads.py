"""A document that comes as a request's body, with its kind and name as headers: from the console and from programs."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from urllib.parse import unquote

from starlette.requests import ClientDisconnect

from queue_server.domain.access.actors import Actor
from queue_server.domain.errors import BadInput, FileRefused
from queue_server.domain.records.documents import DocumentKind
from queue_server.domain.records.refused_files import MESSAGES, Refusal
from queue_server.services.records.uploads import Upload, Uploaded
from queue_server.web.bodies import check_storable
from queue_server.web.identity import services
from queue_server.web.state import Request

KIND, NAME = "X-Document-Kind", "X-Document-Name"

#: A phone on a bad line gets this long for one file.
LONGEST_UPLOAD_S = 15 * 60


async def handed_in(request: Request, token_id: int, by: Actor) -> Uploaded:
    """The body is a document of the token; `by` may add one. Raises `BadInput`, and what `Uploads.upload` raises."""
    kind = request.headers.get(KIND, "")
    if kind not in list(DocumentKind):
        raise BadInput(KIND, f"The kind is {kind[:20]!r}; it is certificate, prescription or report.")
    name = unquote(request.headers.get(NAME, ""), errors="replace")
    check_storable(name)
    handed = Upload(token_id, DocumentKind(kind), name, by)
    return await services(request).records.uploads.upload(handed, _body(request))


async def _body(request: Request) -> AsyncIterator[bytes]:
    """The body as it comes. A connection that breaks off, or takes too long, is a file that is refused."""
    try:
        async with asyncio.timeout(LONGEST_UPLOAD_S):
            async for piece in request.stream():
                if piece:
                    yield piece
    except (ClientDisconnect, TimeoutError) as error:
        raise FileRefused(Refusal.CUT_OFF, MESSAGES[Refusal.CUT_OFF]) from error
