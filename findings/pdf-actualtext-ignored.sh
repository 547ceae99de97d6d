#!/usr/bin/env bash
# Which readers of a PDF give back /ActualText, the place where a shaped Indian script says what was typed.
#
# Guessed: the attribute is of PDF 1.4 (2001) and the way that the standard names; whoever extracts text heeds it.
# Seen: PDFium (pypdfium2 5.15.2), which Chromium has, does. pypdf 7.1.1, pdfminer.six 20260107 and pdf.js 5.6.205,
# which is Firefox's viewer, do not, and give the glyphs' own letters instead: a Hindi word whose shapes have no
# letters of their own is not found by Firefox's search, is copied with holes, and is missing in what a records
# program reads.
# So let the letters behind the glyphs (ToUnicode) be readable by themselves where they can be, beside /ActualText.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check reportlab==5.1.0 pypdfium2==5.15.2 pypdf==7.1.1 \
  pdfminer.six==20260107
cd "$folder"
npm install --silent --no-audit --no-fund pdfjs-dist@5.6.205 >/dev/null
venv/bin/python - <<'PYTHON'
from importlib.metadata import version

import pypdf
import pypdfium2
from pdfminer.high_level import extract_text
from reportlab.pdfgen.canvas import Canvas

TYPED = "दिन में 2 गोली"
canvas = Canvas("paper.pdf")
canvas._code.append(f"/Span <</ActualText <FEFF{TYPED.encode('utf-16-be').hex()}>>> BDC")
canvas.drawString(40, 700, "shapes")
canvas._code.append("EMC")
canvas.save()
for name, read, expected in (
    ("pypdfium2", pypdfium2.PdfDocument("paper.pdf")[0].get_textpage().get_text_range(), TYPED),
    ("pypdf", pypdf.PdfReader("paper.pdf").pages[0].extract_text(), "shapes"),
    ("pdfminer.six", extract_text("paper.pdf"), "shapes"),
):
    print(name, version(name), ":", read.strip())
    assert read.strip() == expected, ascii(read)
PYTHON
cat >read.mjs <<'JAVASCRIPT'
import assert from "node:assert";
import { readFileSync } from "node:fs";
import { getDocument, version } from "pdfjs-dist/legacy/build/pdf.mjs";
const paper = await getDocument({ data: new Uint8Array(readFileSync("paper.pdf")), verbosity: 0 }).promise;
const { items } = await (await paper.getPage(1)).getTextContent({ includeMarkedContent: true });
const read = items.map((item) => item.str ?? "").join("").trim();
console.log("pdf.js", version, ":", read);
assert.strictEqual(version, "5.6.205");
assert.strictEqual(read, "shapes");
assert(!JSON.stringify(items).includes("गोली"));
JAVASCRIPT
node read.mjs 2>/dev/null
