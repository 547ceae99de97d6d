"""All recordings in one file, to keep or to carry to another server: a ZIP of WAV files that any program plays.

A word is `hi/<word>.wav`, the word percent-encoded so that no file system stumbles over it.
"""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from io import BytesIO
from urllib.parse import quote, unquote

from queue_server.domain.errors import BadInput
from queue_server.domain.voice.recordings import LARGEST, MOST_WORDS, prepared

_SUFFIX = ".wav"
_THEN = (1980, 1, 1, 0, 0, 0)


def write_file(recordings: Mapping[str, Mapping[str, bytes]]) -> bytes:
    """Language → word → WAV as one file; the same recordings give the same bytes."""
    made = BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for language, words in sorted(recordings.items()):
            for word, sound in sorted(words.items()):
                name = zipfile.ZipInfo(f"{language}/{quote(word, safe='')}{_SUFFIX}", _THEN)
                archive.writestr(name, sound, zipfile.ZIP_DEFLATED)
    return made.getvalue()


def read_file(content: bytes) -> list[tuple[str, str, bytes]]:
    """Language, word and sound of every recording in the file, each prepared anew. Raises `BadInput`.

    Nothing is unpacked further than a recording may be long, whatever the file says of its sizes.
    """
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            names = [entry for entry in archive.infolist() if entry.filename.endswith(_SUFFIX)]
            if len(names) > MOST_WORDS * 9:
                raise BadInput("file", "The file has too many recordings.")
            return [_one(archive, entry) for entry in names]
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, ValueError) as error:
        raise BadInput("file", "This is no file of recordings.") from error


def _one(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> tuple[str, str, bytes]:
    language, _, name = entry.filename.partition("/")
    with archive.open(entry) as file:
        content = file.read(LARGEST + 1)
    if len(content) > LARGEST:
        raise BadInput("file", f"The recording {entry.filename[:80]!r} is too long.")
    return language, unquote(name.removesuffix(_SUFFIX)), prepared(content)
