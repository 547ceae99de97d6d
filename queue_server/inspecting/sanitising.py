"""One file, looked at by its content: the name and the type that were sent with it count for nothing."""

from __future__ import annotations

from queue_server.domain.records.documents import LARGEST_FILE
from queue_server.domain.records.refused_files import Refusal
from queue_server.inspecting.pdfs import rewritten
from queue_server.inspecting.pictures import redrawn
from queue_server.inspecting.refused import Refused

#: The brands of a HEIC photograph (ISO/IEC 23008-12); films and AVIF have others.
_HEIC = (b"ftypheic", b"ftypheix", b"ftypmif1")

#: Mail programs and scanners put line ends or a byte order mark before a PDF; viewers look so far for its header.
_FARTHEST_HEADER = 1024 + len(b"%PDF-")


def looked_into(content: bytes) -> tuple[str, bytes]:
    """(media type, what is to be stored: the same to look at, and never the bytes that came). Raises `Refused`."""
    if not content:
        raise Refused(Refusal.EMPTY)
    if len(content) > LARGEST_FILE:
        raise Refused(Refusal.TOO_LARGE)
    if content.startswith(b"\xff\xd8\xff"):
        made = redrawn(content, "JPEG")
    elif content.startswith(b"\x89PNG\r\n\x1a\n"):
        made = redrawn(content, "PNG")
    elif content[4:12] in _HEIC:
        made = redrawn(content, "HEIF")
    elif (header := content.find(b"%PDF-", 0, _FARTHEST_HEADER)) >= 0:
        made = rewritten(content[header:])
    else:
        raise Refused(Refusal.OTHER_TYPE)
    if len(made[1]) > LARGEST_FILE:
        raise Refused(Refusal.TOO_LARGE)
    return made
