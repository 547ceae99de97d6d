#!/usr/bin/env bash
# What the reader in Chromium (PDFium) makes of /ActualText in Hindi and in Urdu, and of Urdu's letters without it.
#
# Guessed: a reader gives /ActualText back as it stands, in any script, with or without a visible letter inside.
# Seen (pypdfium2 5.15.2): Hindi comes back as it stands. Of a line of Urdu the words come back last first: the reader
# takes /ActualText for what stands on paper from left to right, and orders it once more. With nothing or only a space
# inside, there is no text at all. Letters without /ActualText, drawn as they stand on paper from left to right, come
# back as they were typed, a dose too; but a range with an en dash is turned round (10–20 as 20–10).
# So shaped Indic text wants /ActualText with its glyphs inside, and Urdu wants letters (invisible ones will do).
# poppler 22.12's pdftotext also turns /ActualText in Urdu round, letter by letter.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check reportlab==5.1.0 fonttools==4.60.1 pypdfium2==5.15.2
cd "$folder"
venv/bin/python - <<'PYTHON'
from importlib.metadata import version

from pathlib import Path

import pypdfium2
import reportlab
from fontTools.ttLib import TTFont as FontFile
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

font = FontFile(Path(reportlab.__file__).parent / "fonts" / "Vera.ttf")
for table in font["cmap"].tables:
    if table.isUnicode():  # how the letters look does not matter here
        table.cmap.update({letter: "a" for letter in range(0x600, 0x700)})
font.save("letters.ttf")
pdfmetrics.registerFont(TTFont("Letters", "letters.ttf"))
HINDI = "हिन्दी दिन 5"
URDU = "کھانے کے بعد 10-0-8 دن"
ON_PAPER = "ند 10-0-8 دعب ےک ےناھک"
RANGE, RANGE_ON_PAPER = "بعد 10–20 دن", "ند 10–20 دعب"


def read(drawn: str, actual: str = "") -> str:
    """What is read of these letters, which stand for the actual text if there is one."""
    canvas = Canvas("out.pdf")
    if actual:
        canvas._code.append(f"/Span <</ActualText <FEFF{actual.encode('utf-16-be').hex()}>>> BDC")
    text = canvas.beginText(40, 700)
    text.setFont("Letters", 20)
    text.setTextRenderMode(3)
    text.textOut(drawn)
    canvas.drawText(text)
    if actual:
        canvas._code.append("EMC")
    canvas.save()
    return pypdfium2.PdfDocument("out.pdf")[0].get_textpage().get_text_range()


print("reportlab", version("reportlab"), "pypdfium2", version("pypdfium2"))
for name, seen, expected in (
    ("Hindi, ActualText", read("abcd", HINDI), HINDI),
    ("Hindi, ActualText over a space", read(" ", HINDI), ""),
    ("Urdu, ActualText", read("abcd", URDU), "دن 10-0-8 بعد کے کھانے"),
    ("Urdu, letters as on paper", read(ON_PAPER), URDU),
    ("Urdu, a range as on paper", read(RANGE_ON_PAPER), "بعد 20–10 دن"),
):
    print(f"{name}: {seen}")
    assert seen == expected, (ascii(seen), ascii(expected))
PYTHON
