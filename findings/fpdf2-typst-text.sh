#!/usr/bin/env bash
# Whether words of Indian scripts are found again in PDFs by fpdf2 and by typst.
#
# Guessed: both shape the letters with HarfBuzz or its kin and write down which letters a glyph stands for, so what
# was typed is found and copied.
# Seen (fpdf2 2.8.9, typst 0.15.2, read by pypdfium2 5.15.2, Chromium's reader): fpdf2 counts on from 1 for each glyph
# that has no letter of its own, so that words have control characters inside ("वि", U+0008, "द्यार्थी"), and such a
# word is not found; a word of Urdu in a Nastaliq font comes in single letters with line breaks between. typst has
# Hindi, Bengali and Kannada as typed; Urdu in that font comes with letters twice and in pieces. The page looks right
# in each.
# So search and copying have to be tried per script, whatever the page looks like.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check fpdf2==2.8.9 uharfbuzz==0.57.0 typst==0.15.2 \
  pypdfium2==5.15.2
cd "$folder"
npm install --silent --no-audit --no-fund @expo-google-fonts/noto-sans-devanagari@0.4.1 \
  @expo-google-fonts/noto-sans-kannada@0.4.3 @expo-google-fonts/noto-sans-bengali@0.4.4 \
  @expo-google-fonts/noto-nastaliq-urdu@0.4.2 >/dev/null
cp node_modules/@expo-google-fonts/*/400Regular/*_400Regular.ttf .
venv/bin/python - 2>/dev/null <<'PYTHON'
from importlib.metadata import version
from pathlib import Path

import pypdfium2
import typst
from fpdf import FPDF

print("fpdf2", version("fpdf2"), "typst", version("typst"))
WORDS = {
    "Noto Sans Devanagari": ["रक्तचाप", "विद्यार्थी", "सिरदर्द"],
    "Noto Sans Bengali": ["রোগী", "চিকিৎসক", "লক্ষ্মী"],
    "Noto Sans Kannada": ["ಲಕ್ಷ್ಮಿ", "ಕ್ಷೇತ್ರ", "ವೈದ್ಯರು"],
    "Noto Nastaliq Urdu": ["ڈاکٹر", "صاحب"],
}


def by_fpdf2(font: str, words: list[str]) -> bytes:
    paper = FPDF()
    paper.add_page()
    paper.add_font("script", fname=font.replace(" ", "") + "_400Regular.ttf")
    paper.set_font("script", size=20)
    paper.set_text_shaping(True)
    for word in words:
        paper.cell(0, 15, word, new_x="LMARGIN", new_y="NEXT")
    return bytes(paper.output())


def by_typst(font: str, words: list[str]) -> bytes:
    Path("paper.typ").write_text(f'#set text(font: "{font}")\n' + "\n\n".join(words) + "\n")
    return typst.compile("paper.typ", font_paths=["."])


for font, words in WORDS.items():
    lost = {}
    for make in (by_fpdf2, by_typst):
        page = pypdfium2.PdfDocument(make(font, words))[0].get_textpage()
        lost[make.__name__] = [word for word in words if page.search(word).get_next() is None]
        print(font, make.__name__, "not found:", lost[make.__name__], repr(page.get_text_range()))
    if font == "Noto Nastaliq Urdu":
        assert lost == {"by_fpdf2": words, "by_typst": words}
    else:
        assert lost["by_fpdf2"] and not lost["by_typst"]
PYTHON
