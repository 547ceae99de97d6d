"""A paper as a picture, for those who set it up."""

from __future__ import annotations

from io import BytesIO

from queue_server.papers.making import made

#: Dots for each point of the paper.
_SHARPNESS = 2


async def first_page(pdf: bytes) -> bytes:
    """The first page as a PNG; the server's own papers only. Raises `PaperFailed`."""
    return await made("picture", pdf)


def page_picture(pdf: bytes) -> bytes:
    """The same, made in the worker."""
    import pypdfium2
    from PIL.Image import Quantize

    document = pypdfium2.PdfDocument(pdf)
    try:
        picture = document[0].render(scale=_SHARPNESS).to_pil()
    finally:
        document.close()
    written = BytesIO()
    picture.quantize(128, method=Quantize.MAXCOVERAGE).save(written, "PNG")
    return written.getvalue()
