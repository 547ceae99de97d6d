"""PDFs: every object is looked at, and what stays is written anew, so that nothing hides between or behind them.

What every viewer opens is opened: a wrong place of the cross-references, bytes before or behind the file, a protection
that asks for no password. A file of which a part is missing is refused, and so is one that runs, launches, sends or
carries other files. What acts by itself or fetches from elsewhere is removed; links to web, mail and telephone stay. A
digital signature does not survive the writing; the page that shows it does.
"""

from __future__ import annotations

import io
import re
import warnings
import zlib
from typing import Any

import pikepdf

from queue_server.domain.records.refused_files import Refusal
from queue_server.inspecting.pdf_ends import findable
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

#: What happens by itself: on opening, on each event of a page or field, after another action.
_BY_ITSELF = ("/AA", "/OpenAction", "/PA")
#: What is taken from elsewhere: a stream's content, the page of another file, a prepress picture, a captured web page.
_ELSEWHERE = ("/F", "/FFilter", "/FDecodeParms")
_REFERENCES = ("/Ref", "/OPI", "/SpiderInfo")
_LINKS = re.compile(rb"(https?://|mailto:|tel:)", re.IGNORECASE)


def rewritten(content: bytes) -> tuple[str, bytes]:
    """(media type, the same pages written anew). `content` begins with the header. Raises `Refused`."""
    warnings.simplefilter("ignore")
    try:
        with pikepdf.open(io.BytesIO(findable(content)), inherit_page_attributes=False) as pdf:
            return "application/pdf", _rewritten(pdf)
    except pikepdf.PasswordError:
        raise Refused(Refusal.ENCRYPTED) from None
    except MemoryError:
        raise Refused(Refusal.TOO_COMPLEX) from None
    except (pikepdf.PdfError, RuntimeError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise Refused(Refusal.BROKEN) from None


def _rewritten(pdf: pikepdf.Pdf) -> bytes:
    if len(pdf.objects) > MOST_OBJECTS:
        raise Refused(Refusal.TOO_COMPLEX)
    _check_whole(pdf)
    left = MOST_INFLATED
    for found in pdf.objects:
        _clean(found, _DEEPEST)
        if isinstance(found, pikepdf.Stream):
            left -= _inflated(found, left)
    for key in ("/Metadata", "/PieceInfo", "/URI"):
        if key in pdf.Root:
            del pdf.Root[key]
    if "/Info" in pdf.trailer:
        del pdf.trailer["/Info"]
    made = io.BytesIO()
    pdf.save(
        made,
        fix_metadata_version=False,
        deterministic_id=True,
        encryption=False,
        stream_decode_level=pikepdf.StreamDecodeLevel.none,
        object_stream_mode=pikepdf.ObjectStreamMode.preserve,
    )
    return made.getvalue()


def _check_whole(pdf: pikepdf.Pdf) -> None:
    """Raises `Refused` for a file without pages, and for one that had to be repaired and lacks something."""
    promised = int(pdf.Root.Pages.get("/Count", 0))
    pages = len(pdf.pages)
    if not pages:
        raise Refused(Refusal.BROKEN)
    if not pdf.get_warnings():
        return
    # What is pointed at and not there stands as None among the objects.
    if pages < promised or any(found is None or _is_cut_off(found) for found in pdf.objects):
        raise Refused(Refusal.BROKEN)


def _is_cut_off(found: Any) -> bool:
    if not isinstance(found, pikepdf.Stream) or found.get("/Filter") != pikepdf.Name.FlateDecode:
        return False
    inflater, left = zlib.decompressobj(), found.read_raw_bytes()
    try:
        while left and not inflater.eof:
            inflater.decompress(left, 1024 * 1024)
            left = inflater.unconsumed_tail
    except zlib.error:
        return True
    return not inflater.eof


def _clean(found: Any, depth: int) -> None:
    """What acts by itself or fetches from elsewhere is gone. Raises `Refused` for what must not be in a document.

    Other objects that are pointed at are cleaned in turn.
    """
    if not depth:
        raise Refused(Refusal.TOO_COMPLEX)
    if isinstance(found, pikepdf.Array):
        for item in found.as_list():
            if isinstance(item, pikepdf.Array | pikepdf.Dictionary) and not item.is_indirect:
                _clean(item, depth - 1)
        return
    if not isinstance(found, pikepdf.Dictionary | pikepdf.Stream):
        return
    for key, value in found.items():
        if key in _KEYS:
            raise Refused(_KEYS[key])
        if key in _NAMING and isinstance(value, pikepdf.Name) and str(value) in _NAMES:
            raise Refused(_NAMES[str(value)])
        if isinstance(value, pikepdf.Array | pikepdf.Dictionary) and not value.is_indirect:
            _clean(value, depth - 1)
    _remove_actions(found)


def _remove_actions(found: pikepdf.Dictionary | pikepdf.Stream) -> None:
    """What `found` itself does or fetches is gone, but for a jump within the file and a link that a person presses."""
    gone = [*_BY_ITSELF, *_REFERENCES]
    if isinstance(found, pikepdf.Stream):
        gone += _ELSEWHERE
    action = found.get("/A")
    if isinstance(action, pikepdf.Dictionary) and "/S" in action and not _is_harmless(action):
        gone.append("/A")
    if "/S" in found and isinstance(found.get("/Next"), pikepdf.Dictionary | pikepdf.Array):
        gone.append("/Next")
    for key in gone:
        if key in found:
            del found[key]


def _is_harmless(action: pikepdf.Dictionary) -> bool:
    kind = action.get("/S")
    if kind == pikepdf.Name.URI:
        return _LINKS.match(bytes(action.get("/URI", pikepdf.String("")))) is not None
    return kind in {pikepdf.Name.GoTo, pikepdf.Name.Named}


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
