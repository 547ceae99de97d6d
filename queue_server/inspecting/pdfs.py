"""PDFs: every object is looked at, and what stays is written anew, so that nothing hides between or behind them.

A file that encrypts, runs, launches, sends or carries other files is refused. A digital signature does not survive
the writing; the page that shows it does.
"""

from __future__ import annotations

import io
import zlib
from typing import Any

import pikepdf

from queue_server.domain.records.refused_files import Refusal
from queue_server.inspecting.refused import Refused

#: What a document of a few pages never reaches.
MOST_OBJECTS = 100_000
MOST_PIXELS = 120_000_000
#: Bytes that all streams but pictures may have once they are inflated.
MOST_INFLATED = 200 * 1024 * 1024
_DEEPEST = 60

_KEYS = {
    "/JavaScript": Refusal.SCRIPTED,
    "/JS": Refusal.SCRIPTED,
    "/XFA": Refusal.SCRIPTED,
    "/EmbeddedFiles": Refusal.EMBEDDED_FILES,
    "/EF": Refusal.EMBEDDED_FILES,
    "/RichMediaContent": Refusal.EMBEDDED_FILES,
    "/Encrypt": Refusal.ENCRYPTED,
}
#: Kinds of actions (/S), annotations (/Subtype) and objects (/Type).
_NAMES = {
    "/JavaScript": Refusal.SCRIPTED,
    "/Rendition": Refusal.SCRIPTED,
    "/RichMediaExecute": Refusal.SCRIPTED,
    "/Launch": Refusal.LAUNCHING,
    "/SubmitForm": Refusal.LAUNCHING,
    "/ImportData": Refusal.LAUNCHING,
    "/GoToE": Refusal.LAUNCHING,
    "/GoToR": Refusal.LAUNCHING,
    "/FileAttachment": Refusal.EMBEDDED_FILES,
    "/EmbeddedFile": Refusal.EMBEDDED_FILES,
    "/RichMedia": Refusal.EMBEDDED_FILES,
    "/Movie": Refusal.EMBEDDED_FILES,
    "/Screen": Refusal.EMBEDDED_FILES,
    "/3D": Refusal.EMBEDDED_FILES,
}
_NAMING = ("/S", "/Subtype", "/Type")


def rewritten(content: bytes) -> tuple[str, bytes]:
    """(media type, the same pages written anew). Raises `Refused`."""
    try:
        with pikepdf.open(io.BytesIO(content), attempt_recovery=False) as pdf:
            return "application/pdf", _rewritten(pdf)
    except pikepdf.PasswordError:
        raise Refused(Refusal.ENCRYPTED) from None
    except MemoryError:
        raise Refused(Refusal.TOO_COMPLEX) from None
    except (pikepdf.PdfError, RuntimeError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise Refused(Refusal.BROKEN) from None


def _rewritten(pdf: pikepdf.Pdf) -> bytes:
    if pdf.is_encrypted:
        raise Refused(Refusal.ENCRYPTED)
    if len(pdf.objects) > MOST_OBJECTS:
        raise Refused(Refusal.TOO_COMPLEX)
    if not len(pdf.pages) >= 1:
        raise Refused(Refusal.BROKEN)
    left = MOST_INFLATED
    for found in pdf.objects:
        _check(found, _DEEPEST)
        if isinstance(found, pikepdf.Stream):
            left -= _inflated(found, left)
    for key in ("/Metadata", "/PieceInfo", "/OpenAction", "/AA"):
        if key in pdf.Root:
            del pdf.Root[key]
    if "/Info" in pdf.trailer:
        del pdf.trailer["/Info"]
    made = io.BytesIO()
    pdf.save(
        made,
        fix_metadata_version=False,
        deterministic_id=True,
        stream_decode_level=pikepdf.StreamDecodeLevel.none,
        object_stream_mode=pikepdf.ObjectStreamMode.preserve,
    )
    return made.getvalue()


def _check(found: Any, depth: int) -> None:
    """Raises `Refused` for what must not be in a document. Other objects that are pointed at are looked at in turn."""
    if not depth:
        raise Refused(Refusal.TOO_COMPLEX)
    if isinstance(found, pikepdf.Array):
        for item in found.as_list():
            if isinstance(item, pikepdf.Array | pikepdf.Dictionary) and not item.is_indirect:
                _check(item, depth - 1)
        return
    if not isinstance(found, pikepdf.Dictionary | pikepdf.Stream):
        return
    for key, value in found.items():
        if key in _KEYS:
            raise Refused(_KEYS[key])
        if key in _NAMING and isinstance(value, pikepdf.Name) and str(value) in _NAMES:
            raise Refused(_NAMES[str(value)])
        if isinstance(value, pikepdf.Array | pikepdf.Dictionary) and not value.is_indirect:
            _check(value, depth - 1)


def _inflated(stream: pikepdf.Stream, most: int) -> int:
    """How many bytes the stream has once it is inflated. Raises `Refused` when it is a bomb, or a picture too large."""
    if stream.get("/Subtype") == pikepdf.Name.Image:
        if int(stream.get("/Width", 0)) * int(stream.get("/Height", 0)) > MOST_PIXELS:
            raise Refused(Refusal.TOO_MANY_PIXELS)
        return 0
    filters = stream.get("/Filter", pikepdf.Array())
    names = [str(one) for one in (filters.as_list() if isinstance(filters, pikepdf.Array) else [filters])]
    data = stream.read_raw_bytes()
    for name in names:
        if name not in {"/FlateDecode", "/Fl"}:
            # Other filters are rare, and qpdf undoes them within the limits of this process.
            return len(stream.read_bytes()) if "/JBIG2Decode" not in names else 0
        data = _inflate(data, most)
    return len(data)


def _inflate(data: bytes, most: int) -> bytes:
    inflater = zlib.decompressobj()
    try:
        plain = inflater.decompress(data, most + 1)
    except zlib.error:
        return b""
    if len(plain) > most:
        raise Refused(Refusal.TOO_COMPLEX)
    return plain
