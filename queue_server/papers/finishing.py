"""What ReportLab cannot write: the tree of tags, and when the paper was made."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from io import BytesIO
from itertools import chain

from pikepdf import Array, Dictionary, Name, Object, ObjectStreamMode, Pdf, String

from queue_server.papers.tags import Mark, Tag


def finished(written: bytes, parts: Sequence[Tag], made_at: datetime | None) -> bytes:
    """The file with its tags (ISO 32000-1, 14.7 and 14.8), its title in the window's bar, and its date if there is one.

    The same content gives the same bytes.
    """
    out = BytesIO()
    with Pdf.open(BytesIO(written)) as pdf:
        pdf.Root.MarkInfo = Dictionary(Marked=True)
        pdf.Root.ViewerPreferences = Dictionary(DisplayDocTitle=True)
        _date(pdf, made_at)
        _Tree(pdf).grow(parts)
        pdf.save(out, deterministic_id=True, object_stream_mode=ObjectStreamMode.generate)
    return out.getvalue()


def _date(pdf: Pdf, made_at: datetime | None) -> None:
    for name in ("/CreationDate", "/ModDate"):
        if made_at is None:
            del pdf.docinfo[name]
        else:
            zone = made_at.strftime("%z")
            pdf.docinfo[name] = String(f"{made_at:D:%Y%m%d%H%M%S}{zone[:3]}'{zone[3:5]}'")


class _Tree:
    """The structure tree of a file, and which element each mark of a page belongs to."""

    def __init__(self, pdf: Pdf) -> None:
        self._pdf = pdf
        self._owners: dict[int, dict[int, Object]] = defaultdict(dict)

    def grow(self, parts: Sequence[Tag]) -> None:
        root = self._pdf.make_indirect(Dictionary(Type=Name.StructTreeRoot))
        document = self._pdf.make_indirect(Dictionary(Type=Name.StructElem, S=Name.Document, P=root))
        document.K = Array([self._element(part, document) for part in parts])
        root.K = document
        root.ParentTree = self._pdf.make_indirect(Dictionary(Nums=Array(list(chain.from_iterable(self._numbers())))))
        root.ParentTreeNextKey = len(self._pdf.pages)
        self._pdf.Root.StructTreeRoot = root

    def _element(self, tag: Tag, parent: Object) -> Object:
        element = self._pdf.make_indirect(Dictionary(Type=Name.StructElem, S=Name(f"/{tag.kind}"), P=parent))
        if tag.alternative:
            element.Alt = String(tag.alternative)
        if tag.text:
            element.ActualText = String(tag.text)
        if tag.language:
            element.Lang = String(tag.language)
        if tag.kind == "TH":
            element.A = Dictionary(O=Name.Table, Scope=Name.Column)
        if tag.columns > 1:
            element.A = Dictionary(O=Name.Table, ColSpan=tag.columns)
        element.K = Array([self._kid(kid, element) for kid in tag.kids])
        return element

    def _kid(self, kid: Tag | Mark, element: Object) -> Object:
        if isinstance(kid, Tag):
            return self._element(kid, element)
        self._owners[kid.page][kid.number] = element
        return Dictionary(Type=Name.MCR, Pg=self._pdf.pages[kid.page - 1].obj, MCID=kid.number)

    def _numbers(self) -> list[tuple[int, Array]]:
        """For each page its number and the elements of its marks, in their order."""
        pairs = []
        for index, page in enumerate(self._pdf.pages):
            page.obj.StructParents = index
            page.obj.Tabs = Name.S
            owners = self._owners[index + 1]
            pairs.append((index, Array([owners[number] for number in range(len(owners))])))
        return pairs
