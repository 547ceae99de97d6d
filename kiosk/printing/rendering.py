"""What a printer would put on paper: ESC/POS bytes back to a picture.

It knows the commands that our slips use and raises on any other, so a test or the file transport notices at once
when a document holds something that was not thought about. Command names are those of Epson's ESC/POS reference.
"""

from collections.abc import Callable
from dataclasses import dataclass

from PIL import Image, ImageDraw

from kiosk.printing.typefaces import typeface_for

LF = 0x0A
NUL = 0x00
#: Dots of one character of font A.
CELL = (12, 24)
#: Distance of two text lines after ESC @.
LINE_DOTS = 30


class BadDocument(ValueError):
    """Bytes that are no known command, or a command that is cut short.

    `offset` is where in the document it begins.
    """

    def __init__(self, offset: int, what: str) -> None:
        super().__init__(f"At byte {offset}: {what}.")
        self.offset = offset


@dataclass(frozen=True)
class Print:
    """What came out of the printer."""

    #: Mode "1", black ink on white.
    picture: Image.Image
    #: Rows at which the paper was cut.
    cuts: tuple[int, ...]
    #: What was printed in the printer's own letters.
    text: str


def render(data: bytes, dots: int) -> Print:
    """Print the document on paper `dots` wide.

    Raises `BadDocument` when the document holds an unknown or incomplete command, or a picture wider than the paper.
    """
    return _Printer(data, dots).run()


class _Printer:
    def __init__(self, data: bytes, dots: int) -> None:
        self.data = data
        self.dots = dots
        self.at = 0
        self.start = 0
        self.y = 0
        self.pieces: list[tuple[int, int, Image.Image]] = []
        self.cuts: list[int] = []
        self.text = ""
        self.line = ""
        self.reset()

    def reset(self) -> None:
        """ESC @."""
        self.align = 0
        self.is_bold = False
        self.scale = (1, 1)

    def run(self) -> Print:
        while self.at < len(self.data):
            self.start = self.at
            byte = self.take(1)[0]
            if byte == NUL:
                continue
            if byte == LF:
                self.end_line()
            elif 0x20 <= byte <= 0x7E:
                self.line += chr(byte)
            else:
                self.command(byte)
        picture = Image.new("1", (self.dots, max(1, self.y)), 255)
        for x, y, piece in self.pieces:
            picture.paste(piece, (x, y))
        return Print(picture, tuple(self.cuts), self.text)

    def take(self, count: int) -> bytes:
        taken = self.data[self.at : self.at + count]
        if len(taken) < count:
            raise BadDocument(self.start, "the command is cut short")
        self.at += count
        return taken

    def number(self) -> int:
        low, high = self.take(2)
        return low | high << 8

    def command(self, first: int) -> None:
        name = bytes([first]) + self.take(1)
        if name in _THREE_BYTES:
            name += self.take(1)
        if name not in _COMMANDS:
            raise BadDocument(self.start, f"the command {name.hex(' ')} is not known")
        _COMMANDS[name](self)

    def end_line(self) -> None:
        if self.line:
            self.place(self.letters())
        self.y += max(LINE_DOTS, CELL[1] * self.scale[1])
        self.text += self.line + "\n"
        self.line = ""

    def letters(self) -> Image.Image:
        width, height = CELL
        picture = Image.new("L", (width * len(self.line), height), 255)
        pen = ImageDraw.Draw(picture)
        typeface = typeface_for(self.line, 19, bold=self.is_bold)
        for index, character in enumerate(self.line):
            pen.text((index * width + width // 2, 18), character, fill=0, font=typeface.font, anchor="ms")
        black = picture.point([0 if grey < 150 else 255 for grey in range(256)], mode="1")
        return black.resize((black.width * self.scale[0], black.height * self.scale[1]))

    def place(self, piece: Image.Image) -> None:
        if piece.width > self.dots:
            raise BadDocument(self.start, f"{piece.width} dots do not fit on paper of {self.dots}")
        self.pieces.append(((self.dots - piece.width) * self.align // 2, self.y, piece))

    def raster(self) -> None:
        """GS v 0: m, bytes a row, rows, then the dots, 1 for black."""
        if self.take(1) != b"\0":
            raise BadDocument(self.start, "a picture with doubled dots is not known")
        row_bytes, rows = self.number(), self.number()
        dots = bytes(byte ^ 0xFF for byte in self.take(row_bytes * rows))
        self.place(Image.frombytes("1", (row_bytes * 8, rows), dots))
        self.y += rows

    def cut(self) -> None:
        """GS V: m, and for 65 and 66 how far to feed first."""
        if self.take(1)[0] in {65, 66}:
            self.y += self.take(1)[0]
        self.cuts.append(self.y)

    def set_align(self) -> None:
        """ESC a: 0 left, 1 centre, 2 right."""
        self.align = self.take(1)[0] % 48

    def set_bold(self) -> None:
        """ESC E."""
        self.is_bold = bool(self.take(1)[0] & 1)

    def set_mode(self) -> None:
        """ESC !: bold, double height, double width in bits 3 to 5."""
        mode = self.take(1)[0]
        self.is_bold = bool(mode & 0x08)
        self.scale = (2 if mode & 0x20 else 1, 2 if mode & 0x10 else 1)

    def set_scale(self) -> None:
        """GS !: width in the high half of the byte, height in the low one, each less one."""
        size = self.take(1)[0]
        self.scale = ((size >> 4) + 1, (size & 0x0F) + 1)

    def feed_lines(self) -> None:
        """ESC d."""
        self.y += self.take(1)[0] * LINE_DOTS

    def feed_dots(self) -> None:
        """ESC J."""
        self.y += self.take(1)[0]

    def skip_one(self) -> None:
        """ESC t, the code page, and DLE EOT, a question about the state: nothing is printed."""
        self.take(1)

    def skip_block(self) -> None:
        """GS ( H, the request to confirm: nothing is printed."""
        self.take(self.number())


_THREE_BYTES = {b"\x1dv", b"\x1d("}
_COMMANDS: dict[bytes, Callable[[_Printer], None]] = {
    b"\x1b@": _Printer.reset,
    b"\x1ba": _Printer.set_align,
    b"\x1bE": _Printer.set_bold,
    b"\x1b!": _Printer.set_mode,
    b"\x1bt": _Printer.skip_one,
    b"\x1bd": _Printer.feed_lines,
    b"\x1bJ": _Printer.feed_dots,
    b"\x1d!": _Printer.set_scale,
    b"\x1dv0": _Printer.raster,
    b"\x1dV": _Printer.cut,
    b"\x1d(H": _Printer.skip_block,
    b"\x10\x04": _Printer.skip_one,
}
