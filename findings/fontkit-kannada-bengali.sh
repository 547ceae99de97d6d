#!/usr/bin/env bash
# The shapes of Kannada and Bengali in a PDF by PDFKit or pdfmake, whose engine is fontkit, beside HarfBuzz's.
#
# Guessed: fontkit, which has a shaper for Indian scripts, chooses the glyphs that HarfBuzz (browsers, Android)
# chooses.
# Seen (fontkit 2.0.4, uharfbuzz 0.57.0, Noto Sans): in Hindi it does. In Kannada a sign below the letter goes behind
# the vowel sign in place of beneath its own letter (ಅಜ್ಞಾತ, ದರ್ಗ್ವಾ), or a combined form is lost (ದಕ್ಷಿಣ). In Bengali
# the form of the sign ে that only begins a word stands within it (রোগীদের), so that the line above breaks off before
# "দে". Nothing is raised.
# So a certificate in these scripts wants another engine, or its words as pictures.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check uharfbuzz==0.57.0
cd "$folder"
npm install --silent --no-audit --no-fund fontkit@2.0.4 @expo-google-fonts/noto-sans-devanagari@0.4.1 \
  @expo-google-fonts/noto-sans-kannada@0.4.3 @expo-google-fonts/noto-sans-bengali@0.4.4 >/dev/null
npm ls
cat >shape.cjs <<'JAVASCRIPT'
const fontkit = require("fontkit");
const WORDS = {
  devanagari: ["क्षेत्र", "श्री", "रोगियों", "हिन्दी", "र्के"],
  kannada: ["ರೋಗಿ", "ಅಜ್ಞಾತ", "ದರ್ಗ್ವಾ", "ದಕ್ಷಿಣ"],
  bengali: ["দেশ", "রোগীদের", "অটোমান"],
};
const FONTS = "node_modules/@expo-google-fonts/noto-sans-";
const file = (script, name) => `${FONTS}${script}/400Regular/NotoSans${name}_400Regular.ttf`;
const shaped = Object.entries(WORDS).map(([script, words]) => {
  const path = file(script, script[0].toUpperCase() + script.slice(1));
  const font = fontkit.openSync(path);
  return { script, path, words: words.map((word) => [word, font.layout(word).glyphs.map(({ id }) => id)]) };
});
console.log(JSON.stringify(shaped));
JAVASCRIPT
node shape.cjs >shaped.json
venv/bin/python - <<'PYTHON'
import json
from pathlib import Path

import uharfbuzz as hb

other = []
for script in json.loads(Path("shaped.json").read_text()):
    font = hb.Font(hb.Face(hb.Blob.from_file_path(script["path"])))
    for word, glyphs in script["words"]:
        line = hb.Buffer()
        line.add_str(word)
        line.guess_segment_properties()
        hb.shape(font, line)
        names = [font.glyph_to_string(glyph.codepoint) for glyph in line.glyph_infos]
        drawn = [font.glyph_to_string(glyph) for glyph in glyphs]
        print(script["script"], word, "fontkit:", *drawn, "" if drawn == names else f"HarfBuzz: {' '.join(names)}")
        if drawn != names:
            other.append(word)
assert other == ["ಅಜ್ಞಾತ", "ದರ್ಗ್ವಾ", "ದಕ್ಷಿಣ", "রোগীদের", "অটোমান"]
PYTHON
