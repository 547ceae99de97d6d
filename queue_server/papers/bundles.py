"""Several documents as one PDF: a cover with the list, then each as it is, photographs on a page of their own."""

from __future__ import annotations

import resource
from collections.abc import Sequence
from io import BytesIO
from typing import Any

from pikepdf import OutlineItem, PasswordError, Pdf, PdfError
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, Spacer

from queue_server.domain.clinic.letterhead import Letterhead
from queue_server.papers.blocks import LINE, SHADE, SOFT, Look, said
from queue_server.papers.bundle_cover import Cover
from queue_server.papers.grids import Grid, told
from queue_server.papers.making import File
from queue_server.papers.sheets import Sheet

#: Bytes of address space of the process that makes one.
SPACE = 1024 * 1024 * 1024

_MARGIN = 16 * mm
_PICTURE_MARGIN = 10 * mm


def bundle_pdf(cover: Cover, files: Sequence[File], letterhead: Letterhead) -> bytes:
    """The files in their order behind the cover, which says on which page each begins. One that is no PDF is missing.

    For a process of its own, which may use `SPACE` from then on and ends afterwards.
    """
    resource.setrlimit(resource.RLIMIT_AS, (SPACE, SPACE))
    parts = [_opened(file) for file in files]
    first = len(Pdf.open(BytesIO(_cover_pdf(cover, [0] * len(parts), letterhead))).pages) + 1
    starts = list[int]()
    for part in parts:
        starts.append(first if part else 0)
        first += len(part.pages) if part else 0
    whole = Pdf.open(BytesIO(_cover_pdf(cover, starts, letterhead)))
    for part in parts:
        if part:
            whole.pages.extend(part.pages)
            for page in whole.pages[-len(part.pages) :]:
                # Its number is of its own file's structure.
                if "/StructParents" in page.obj:
                    del page.obj.StructParents
    whole.Root.MarkInfo.Suspects = True
    with whole.open_outline() as outline:
        named = [(row, at) for row, at in zip(cover.rows, starts, strict=True) if at]
        outline.root.extend(OutlineItem(f"{row.day} · {row.name}", at - 1) for row, at in named)
    written = BytesIO()
    whole.save(written, deterministic_id=True)
    return written.getvalue()


def _opened(file: File) -> Pdf | None:
    if file is None:
        return None
    media_type, content = file
    try:
        found = Pdf.open(BytesIO(content if media_type == "application/pdf" else _picture_page(content)))
    except (PdfError, PasswordError, OSError):
        return None
    return found if len(found.pages) else None


def _picture_page(picture: bytes) -> bytes:
    """A4, upright or lying as the picture is, with the picture as large as it fits. A JPEG is put in as it is."""
    reader = ImageReader(BytesIO(picture))
    width, height = reader.getSize()
    page = A4 if height >= width else (A4[1], A4[0])
    scale = min((page[0] - 2 * _PICTURE_MARGIN) / width, (page[1] - 2 * _PICTURE_MARGIN) / height)
    written = BytesIO()
    canvas = Canvas(written, pagesize=page, invariant=1)
    shown = width * scale, height * scale
    canvas.drawImage(reader, (page[0] - shown[0]) / 2, (page[1] - shown[1]) / 2, *shown)
    canvas.showPage()
    canvas.save()
    return written.getvalue()


def _cover_pdf(cover: Cover, starts: Sequence[int], letterhead: Letterhead) -> bytes:
    sheet = Sheet(A4, _MARGIN, letterhead, cover.title, cover.language, scale=1.1, made_at=cover.made_at)
    story: list[Flowable] = [Spacer(0, 6 * mm), said(cover.title, Look(17, "Bold"), "H1")]
    story += [said(cover.patient, Look(13, "Bold", space_before=4)), said(cover.made, Look(9, colour=SOFT))]
    return sheet.pdf([*story, Spacer(0, 6 * mm), _list(cover, starts, sheet.width)])


def _list(cover: Cover, starts: Sequence[int], width: float) -> Grid:
    rows: list[list[Any]] = [[said(text, Look(8.5, "Bold", SOFT)) for text in cover.headings]]
    for row, at in zip(cover.rows, starts, strict=True):
        remark = [said(row.remark, Look(8, colour=SOFT))] if row.remark else []
        page = said(str(at) if at else cover.missing, Look(9.5, align="right"))
        rows.append([said(row.day, Look(9.5)), [said(row.name, Look(9.5, "Bold")), *remark], page])
    style: list[tuple[Any, ...]] = [
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("BACKGROUND", (0, 0), (-1, 0), SHADE),
        ("LINEBELOW", (0, 0), (-1, -1), 0.4, LINE),
    ]
    return Grid(told(rows, 1), colWidths=[32 * mm, width - 62 * mm, 30 * mm], repeatRows=1, style=style)
