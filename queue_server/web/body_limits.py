"""How large what is sent may be: one table by address, for the server, the forms and their refusals."""

from __future__ import annotations

import re
from collections.abc import Mapping

from starlette.datastructures import Headers
from starlette.types import Message, Receive

from queue_server.domain.clinic.letterhead import LARGEST_LOGO
from queue_server.domain.errors import TooLarge
from queue_server.domain.records.documents import LARGEST_FILE as LARGEST_DOCUMENT
from queue_server.domain.records.medicine_files import LARGEST_FILE as LARGEST_MEDICINE_FILE
from queue_server.domain.voice.recordings import LARGEST as LARGEST_RECORDING
from queue_server.domain.voice.recordings import LARGEST_FILE as LARGEST_VOICES

#: Bytes of a body whose address is not in the tables.
LARGEST_BODY = 64 * 1024

#: Bytes of a profile that ABDM shares: some apps send a photograph with it, which nobody keeps.
LARGEST_SHARE = 512 * 1024

#: Forms with a file, and the bytes that the file may have.
FILES: Mapping[str, int] = {
    "/admin/letterhead/logo": LARGEST_LOGO,
    "/admin/medicines": LARGEST_MEDICINE_FILE,
    "/admin/set-up-file": 60_000,
    "/admin/voice/file": LARGEST_VOICES,
}
#: A file that is too large for its form is still read so far: only then do browsers show the answer that says so.
_MOST_READ = 32 * 1024 * 1024

#: Addresses whose body is the sound itself.
_RECORDING = re.compile(r"/admin/voice/[a-z]+/word")
#: Addresses whose body is the file itself.
_DOCUMENT = re.compile(r"(?:/doctor/[^/]+|/api/v1)/tokens/\d+/documents")


def largest_body(path: str) -> int:
    """The largest body in bytes that is read at this address."""
    if path in FILES:
        return _MOST_READ
    if _RECORDING.fullmatch(path):
        return LARGEST_RECORDING
    if path == "/api/v3/hip/patient/share":
        return LARGEST_SHARE
    return LARGEST_DOCUMENT if _DOCUMENT.fullmatch(path) else LARGEST_BODY


def in_words(size: int) -> str:
    """A size as people read it, in whole MB or KB: 512 KB."""
    return f"{size // 1024**2} MB" if size >= 1024**2 else f"{size // 1024} KB"


def limited(receive: Receive, headers: Headers, largest: int) -> Receive:
    """`receive`, which raises `TooLarge` when a body is announced or turns out to be larger than `largest` bytes.

    What comes is counted, whatever was announced.
    """
    announced = headers.get("content-length", "")
    size = 0

    async def receive_limited() -> Message:
        nonlocal size
        if announced.isdecimal() and int(announced) > largest:
            raise TooLarge(largest)
        message = await receive()
        size += len(message.get("body", b""))
        if size > largest:
            raise TooLarge(largest)
        return message

    return receive_limited
