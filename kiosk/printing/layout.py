"""Where everything on a slip goes, in dots from the top left. Decides; draws nothing.

Number and QR come first, so that a slip torn off short, or one that ran out of paper, still does its work: the
number can be called and the patient's page opened. Then, from most to least needed: where, when, how many people
ahead, how long, why earlier or later, what to do.
"""

from base64 import b64decode
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from io import BytesIO

import qrcode
from PIL import Image
from qrcode.constants import ERROR_CORRECT_M

from kiosk.printing import ruler
from kiosk.printing.paper import Paper
from kiosk.printing.slip import Slip
from kiosk.printing.typefaces import Typeface, typeface_for
from kiosk.printing.wrapping import balanced_lines, longest_word


@dataclass(frozen=True)
class Line:
    """One line of shaped text. `x` is its left edge, `baseline` its baseline."""

    role: str
    text: str
    typeface: Typeface
    x: int
    baseline: int
    is_white: bool = False


@dataclass(frozen=True)
class Block:
    """A filled rectangle: a rule, or the ground of white text."""

    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True)
class Code:
    """A QR code; `module` is the side of its smallest square."""

    x: int
    y: int
    module: int
    matrix: tuple[tuple[bool, ...], ...]


@dataclass(frozen=True)
class Picture:
    """Black and white dots, as they are."""

    x: int
    y: int
    dots: Image.Image


Item = Line | Block | Code | Picture


@dataclass(frozen=True)
class Layout:
    """A slip, ready to be drawn."""

    #: `width`, `height`: of the picture.
    width: int
    height: int
    #: In the order in which they are drawn.
    items: tuple[Item, ...]

    @property
    def text(self) -> str:
        """What the slip says, one line a printed line, in printed order."""
        return "\n".join(f"{item.role}: {item.text}" for item in self.items if isinstance(item, Line)) + "\n"


@dataclass(frozen=True)
class Sizes:
    """Type sizes and distances for one paper, in dots (8 a millimetre)."""

    margin: int
    number: int
    code: int
    copy: int
    department: int
    ahead: int
    body: int
    small: int
    gap: int


WIDE = Sizes(margin=24, number=200, code=288, copy=44, department=50, ahead=42, body=32, small=28, gap=20)
NARROW = Sizes(margin=8, number=140, code=248, copy=36, department=40, ahead=32, body=27, small=24, gap=15)

RULE = 2
TALLEST_PICTURE = 200
LARGEST_MODULE = 8
MOST_HEADING_LINES = 2


def lay_out(slip: Slip, on: Paper) -> Layout:
    """The slip laid out on the paper; every item lies within it and none overlaps another, whatever the texts."""
    sizes = NARROW if on.is_narrow else WIDE
    column = Column(on.dots, sizes, slip.language)
    if slip.ruler:
        column.ruler(on)
    column.number(slip.number)
    if slip.copy_text:
        column.band(slip.copy_text)
    column.code(slip.url)
    if slip.code_text:
        column.paragraph("code", slip.code_text, sizes.small)
    column.rule()
    _where_and_when(slip, column, sizes)
    column.rule()
    _waiting(slip, column, sizes)
    column.rule()
    column.paragraph("sentence", slip.sentence, sizes.body)
    if slip.extra_text:
        column.skip()
        column.paragraph("extra", slip.extra_text, sizes.body)
    if slip.papers_text:
        column.rule()
        column.paragraph("papers", slip.papers_text, sizes.body, bold=True)
    return column.finished()


def _where_and_when(slip: Slip, column: "Column", sizes: Sizes) -> None:
    if slip.logo:
        column.picture(slip.logo)
    column.paragraph("clinic", slip.clinic, sizes.body)
    column.heading("department", slip.department, sizes.department)
    if slip.department_en != slip.department:
        column.paragraph("department_en", slip.department_en, sizes.body)
    column.paragraph("issued_at", slip.issued_at, sizes.small)


def _waiting(slip: Slip, column: "Column", sizes: Sizes) -> None:
    column.heading("ahead", slip.ahead_text, sizes.ahead)
    if slip.wait_text:
        column.paragraph("wait", slip.wait_text, sizes.body)
    if slip.priority_text:
        column.skip()
        column.paragraph("priority", slip.priority_text, sizes.body, bold=True)


class Column:
    """A cursor that goes down the slip and centres what it places."""

    def __init__(self, width: int, sizes: Sizes, language: str) -> None:
        self.width = width
        self.language = language
        self.sizes = sizes
        self.inner = width - 2 * sizes.margin
        self.y = sizes.gap
        self.items: list[Item] = []

    def ruler(self, on: Paper) -> None:
        """A scale from edge to edge, and below it the widths of printers, each ending at its own."""
        self.items += [Block(x, self.y + y, width, height) for x, y, width, height in ruler.marks(on)]
        self.y += ruler.EDGE_ROWS + self.sizes.gap // 2
        for dots, line in ruler.widths(on):
            text = str(dots)
            typeface = typeface_for(text, self.sizes.small, bold=dots == on.dots)
            baseline = self.y + line * typeface.leading + _ascent(typeface)
            self.items.append(Line("width", text, typeface, dots - typeface.width(text) - RULE, baseline))
        self.y += ruler.LINES * typeface_for("0", self.sizes.small).leading + self.sizes.gap

    def number(self, text: str) -> None:
        """As large as the paper allows. Digits and capitals have no descender, so the line ends at the baseline."""
        typeface = _largest(text, self.sizes.number, self.inner)
        _, top, _, bottom = typeface.font.getbbox(text, anchor="ls")
        self._line("number", text, typeface, self.y - int(top))
        self.y += int(bottom) - int(top) + self.sizes.gap

    def band(self, text: str) -> None:
        """White on black across the whole slip: nobody takes a reprint for the first one."""
        typeface = typeface_for(text, self.sizes.copy, bold=True, language=self.language)
        rows = balanced_lines(text, typeface, self.inner)
        height = len(rows) * typeface.leading + self.sizes.gap // 2
        self.items.append(Block(0, self.y, self.width, height))
        for index, row in enumerate(rows):
            self._line(
                "copy", row, typeface, self.y + self.sizes.gap // 4 + _ascent(typeface) + index * typeface.leading, True
            )
        self.y += height + self.sizes.gap

    def code(self, url: str) -> None:
        """The QR with modules as large as fit, and the four white modules round it that readers need."""
        code = qrcode.QRCode(error_correction=ERROR_CORRECT_M, border=0)
        code.add_data(url)
        code.make(fit=True)
        matrix = tuple(tuple(map(bool, row)) for row in code.get_matrix())
        module = min(LARGEST_MODULE, max(2, self.sizes.code // len(matrix)))
        quiet = max(0, 4 * module - self.sizes.gap // 2)
        side = module * len(matrix)
        self.items.append(Code((self.width - side) // 2, self.y + quiet, module, matrix))
        self.y += quiet + side + quiet

    def picture(self, encoded: str) -> None:
        """A PNG in base64, no wider than the slip; nothing where it is none, because a slip is needed all the same."""
        try:
            read = Image.open(BytesIO(b64decode(encoded, validate=True)), formats=("PNG",))
            if read.width > self.inner or read.height > TALLEST_PICTURE:
                return
            dots = read.convert("1")
        except (OSError, ValueError, SyntaxError):
            return
        self.items.append(Picture((self.width - dots.width) // 2, self.y, dots))
        self.y += dots.height + self.sizes.gap // 2

    def rule(self) -> None:
        """A thin line between two thoughts."""
        self.y += self.sizes.gap // 2
        self.items.append(Block(self.sizes.margin, self.y, self.inner, RULE))
        self.y += RULE + self.sizes.gap * 3 // 5

    def skip(self) -> None:
        """A little air."""
        self.y += self.sizes.gap // 2

    def heading(self, role: str, text: str, size: int) -> None:
        """Bold lines, a step smaller where that keeps a long word whole or saves the third line."""
        for smaller in (size, size * 7 // 8, size * 3 // 4):
            typeface = typeface_for(text, smaller, bold=True, language=self.language)
            is_whole = longest_word(text, typeface) <= self.inner
            if is_whole and len(balanced_lines(text, typeface, self.inner)) <= MOST_HEADING_LINES:
                break
        self.paragraph(role, text, smaller, bold=True)

    def paragraph(self, role: str, text: str, size: int, *, bold: bool = False) -> None:
        """Centred lines of one size."""
        typeface = typeface_for(text, size, bold=bold, language=self.language)
        for row in balanced_lines(text, typeface, self.inner):
            self._line(role, row, typeface, self.y + _ascent(typeface))
            self.y += typeface.leading

    def cells(self, role: str, cells: Sequence[tuple[Image.Image, str]], size: int) -> None:
        """Pictures of one height side by side, each in a part of the width, and below each its text."""
        part = self.inner // len(cells)
        typeface = typeface_for("0", size, bold=True, language=self.language)
        height = max(dots.height for dots, _ in cells)
        for index, (dots, text) in enumerate(cells):
            middle = self.sizes.margin + part * index + part // 2
            self.items.append(Picture(middle - dots.width // 2, self.y, dots))
            baseline = self.y + height + self.sizes.gap // 4 + _ascent(typeface)
            self.items.append(Line(role, text, typeface, middle - typeface.width(text) // 2, baseline))
        self.y += height + self.sizes.gap // 4 + typeface.leading

    def finished(self) -> Layout:
        """What was placed, with a little air below."""
        return Layout(self.width, self.y + self.sizes.gap, tuple(self.items))

    def _line(self, role: str, text: str, typeface: Typeface, baseline: int, is_white: bool = False) -> None:
        x = (self.width - typeface.width(text)) // 2
        self.items.append(Line(role, text, typeface, x, baseline, is_white))


def _ascent(typeface: Typeface) -> int:
    """Dots from the top of a line to its baseline, marks above the letters included."""
    return round(typeface.leading * 0.75)


def _largest(text: str, size: int, width: int) -> Typeface:
    """The text's bold typeface at the largest size up to `size` that fits."""
    bold = partial(typeface_for, text, bold=True)
    # Widths grow almost evenly with the size, so the search begins close above the answer.
    fitting = min(size, size * width // bold(size).width(text) + 2)
    return bold(next(smaller for smaller in range(fitting, 0, -1) if bold(smaller).width(text) <= width))
