"""QR codes as vectors."""

from __future__ import annotations

from itertools import groupby

import qrcode
from qrcode.constants import ERROR_CORRECT_M
from reportlab.pdfgen.canvas import Canvas

_FORM = "code"

#: White modules that readers need round a code.
QUIET = 4


def draw_code(canvas: Canvas, link: str, x: float, y: float, side: float) -> None:
    """The link as a QR code, `side` points wide with its white edge, lower left corner at (x, y).

    However many pages show it, the file holds it once.
    """
    if not canvas.hasForm(_FORM):
        canvas.beginForm(_FORM, 0, 0, side, side)
        _draw(canvas, link, side)
        canvas.endForm()
    canvas.saveState()
    canvas.translate(x, y)
    canvas.doForm(_FORM)
    canvas.restoreState()


def _draw(canvas: Canvas, link: str, side: float) -> None:
    code = qrcode.QRCode(error_correction=ERROR_CORRECT_M, border=QUIET)
    code.add_data(link)
    code.make(fit=True)
    matrix = code.get_matrix()
    module = side / len(matrix)
    canvas.setFillGray(1)
    canvas.rect(0, 0, side, side, stroke=0, fill=1)
    canvas.setFillGray(0)
    path = canvas.beginPath()
    for row, modules in enumerate(matrix):
        column = 0
        for is_dark, run in groupby(modules):
            count = len(list(run))
            if is_dark:
                path.rect(column * module, side - (row + 1) * module, count * module, module)
            column += count
    canvas.drawPath(path, stroke=0, fill=1)
