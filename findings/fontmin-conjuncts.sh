#!/usr/bin/env bash
# A Devanagari font cut down for a waiting room's page, on which every kilobyte counts.
#
# Guessed: a cutter of fonts that is given a text keeps what this text needs, its joined letters too.
# Seen (fontmin 2.0.3): the cut font has no table for joining letters (GSUB): क्षेत्र is seven glyphs in place of
# three, with the virama showing and the vowel sign beside its letter. A text of Latin letters looks as before, and
# nothing is said. subset-font 2.9.0 and fontTools 4.60.1 keep the shapes, in half the bytes.
# So cut fonts of Indian scripts with one of these.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check fonttools==4.60.1 uharfbuzz==0.57.0
cd "$folder"
npm install --silent --no-audit --no-fund --ignore-scripts fontmin@2.0.3 subset-font@2.9.0 \
  @expo-google-fonts/noto-sans-devanagari@0.4.1 >/dev/null
npm ls
cp node_modules/@expo-google-fonts/noto-sans-devanagari/400Regular/NotoSansDevanagari_400Regular.ttf whole.ttf
cat >cut.mjs <<'JAVASCRIPT'
import { readFileSync, writeFileSync } from "node:fs";
import Fontmin from "fontmin";
import subsetFont from "subset-font";
const text = "क्षेत्र श्री लक्ष्मी कमरा";
writeFileSync("subset-font.ttf", await subsetFont(readFileSync("whole.ttf"), text, { targetFormat: "truetype" }));
new Fontmin()
  .src("whole.ttf")
  .use(Fontmin.glyph({ text }))
  .run((error, [file]) => writeFileSync("fontmin.ttf", file.contents));
JAVASCRIPT
node cut.mjs
venv/bin/pyftsubset whole.ttf --text="क्षेत्र श्री लक्ष्मी कमरा" --output-file=fonttools.ttf
venv/bin/python - <<'PYTHON'
from pathlib import Path

import uharfbuzz as hb
from fontTools.ttLib import TTFont


def glyphs(file: str, word: str) -> int:
    line = hb.Buffer()
    line.add_str(word)
    line.guess_segment_properties()
    hb.shape(hb.Font(hb.Face(hb.Blob.from_file_path(file))), line)
    return len(line.glyph_infos)


seen = {}
for name in ("whole", "fonttools", "subset-font", "fontmin"):
    seen[name] = [glyphs(f"{name}.ttf", word) for word in ("क्षेत्र", "श्री", "कमरा")]
    joins = "GSUB" in TTFont(f"{name}.ttf")
    print(name, Path(f"{name}.ttf").stat().st_size, "bytes, glyphs", seen[name], "GSUB" if joins else "no GSUB")
    assert joins == (name != "fontmin")
assert seen["whole"] == seen["fonttools"] == seen["subset-font"] == [3, 2, 4]
assert seen["fontmin"] == [7, 4, 4]
PYTHON
