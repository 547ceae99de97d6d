"""A scale from edge to edge, on a test slip: what of it is missing on the paper, the printer does not print.

Under it stand the widths that printers have, each ending where such a printer's paper would: the last one that is whole
is the printer's.
"""

from collections.abc import Iterator

from kiosk.printing.paper import Paper

#: The widths of python-escpos' models, and those of the usual papers.
WIDTHS = (384, 432, 504, 512, 544, 576, 640)
MM = 8
EDGE, EDGE_ROWS = 4, 56
#: Widths that lie close to one another stand on lines of their own.
LINES = 3

#: Left, top, width and height of a filled rectangle.
Mark = tuple[int, int, int, int]


def marks(on: Paper) -> Iterator[Mark]:
    """The two bars at the edges and the scale between them: a mark each millimetre, longer ones each 5 and 10."""
    yield 0, 0, EDGE, EDGE_ROWS
    yield on.dots - EDGE, 0, EDGE, EDGE_ROWS
    yield 0, EDGE_ROWS // 2, on.dots, 2
    for mm in range(1, on.dots // MM):
        rows = 24 if mm % 10 == 0 else 16 if mm % 5 == 0 else 8
        yield mm * MM, EDGE_ROWS // 2 - rows, 2, rows


def widths(on: Paper) -> Iterator[tuple[int, int]]:
    """A width in dots, and on which line under the scale it stands; the paper's own is always among them."""
    known = sorted({on.dots, *(width for width in WIDTHS if width <= on.dots)})
    yield from ((width, place % LINES) for place, width in enumerate(known))
