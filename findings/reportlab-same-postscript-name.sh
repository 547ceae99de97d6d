#!/usr/bin/env bash
# Two cuts of one font in one PDF: a Devanagari font for Hindi and its variant with the Marathi shapes as the default.
#
# Guessed: fonts that are registered under two names are two fonts; each `<font name=…>` takes the one that it names.
# Seen (ReportLab 5.1.0): a paragraph looks fonts up by the PostScript name inside the file. When both files carry the
# same one, as a subset and its variant usually do, the font that was registered last is used for both names, without a
# word. Whoever derives fonts has to give each its own PostScript name.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check reportlab==5.1.0 fonttools==4.60.1 pypdfium2==5.0.0
cd "$folder"
venv/bin/python - <<'PYTHON'
from pathlib import Path

import pypdfium2
import reportlab
from fontTools.ttLib import TTFont as FontFile
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Paragraph

source = Path(reportlab.__file__).parent / "fonts" / "Vera.ttf"


def variant(name: str, postscript: str, wide: int) -> None:
    """The font with an `i` of another width, which stands for another shape."""
    font = FontFile(source)
    font["hmtx"]["i"] = (wide, font["hmtx"]["i"][1])
    for record in font["name"].names:
        if record.nameID == 6:
            record.string = postscript
    font.save(f"{name}.ttf")
    pdfmetrics.registerFont(TTFont(name, f"{name}.ttf"))


def widths(first: str, second: str) -> list[int]:
    canvas = Canvas("out.pdf")
    for line, name in enumerate((first, second)):
        text = Paragraph(f'<font name="{name}">iiiiiiii|</font>', ParagraphStyle("plain", fontSize=20, leading=30))
        text.wrap(500, 100)
        text.drawOn(canvas, 50, 700 - 100 * line)
    canvas.save()
    page = pypdfium2.PdfDocument("out.pdf")[0].get_textpage()
    bars = [index for index in range(page.count_chars()) if page.get_text_range(index, 1) == "|"]
    return [round(page.get_charbox(index)[0]) for index in bars]


variant("Hindi", "Same", 300)
variant("Marathi", "Same", 3000)
same = widths("Hindi", "Marathi")
variant("HindiOwn", "Own1", 300)
variant("MarathiOwn", "Own2", 3000)
own = widths("HindiOwn", "MarathiOwn")
print("reportlab", reportlab.__version__, "with one PostScript name:", same, "with two:", own)
assert reportlab.__version__ == "5.1.0"
assert own[0] < own[1]
assert same[0] == same[1]
PYTHON
