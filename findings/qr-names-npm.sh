#!/usr/bin/env bash
# A name in an Indian script as a QR code by five packages of npm, read back.
#
# Guessed: a text that is no Latin-1 is written as UTF-8, or refused; the reader gives it back.
# Seen (read by zxing-cpp 3.1.1): qrcode 1.5.4, qr-image 3.2.0 and bwip-js 4.11.4 do. qrcode-generator 2.0.4 keeps the
# lower eight bits of each letter, so that लक्ष्मी is "2", a control character and "M7M.@"; nothing is raised, and the
# code scans well. (Its `stringToBytes` can be replaced; who uses it through another package cannot.) qrcode-svg 1.1.0
# puts a byte order mark before the name, which then equals no other.
# So scan once what a code of yours says in each script.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check zxing-cpp==3.1.1 numpy==2.4.6
cd "$folder"
npm install --silent --no-audit --no-fund qrcode@1.5.4 qr-image@3.2.0 qrcode-generator@2.0.4 qrcode-svg@1.1.0 \
  bwip-js@4.11.4 >/dev/null
npm ls
cat >draw.cjs <<'JAVASCRIPT'
const bwip = require("bwip-js");
const generator = require("qrcode-generator");
const QRCode = require("qrcode");
const qrImage = require("qr-image");
const QRSvg = require("qrcode-svg");
const count = (size, each) => Array.from({ length: size }, (_, at) => each(at));
const square = (size, dark) => count(size, (row) => count(size, (column) => +dark(row, column)));
const DRAWN = {
  qrcode(text) {
    const { modules } = QRCode.create(text);
    return square(modules.size, (row, column) => modules.get(row, column));
  },
  "qr-image": (text) => qrImage.matrix(text),
  "bwip-js"(text) {
    const [{ pixs, pixx }] = bwip.raw("qrcode", text);
    return square(pixx, (row, column) => pixs[row * pixx + column]);
  },
  "qrcode-generator"(text) {
    const code = generator(0, "M");
    code.addData(text);
    code.make();
    return square(code.getModuleCount(), (row, column) => code.isDark(row, column));
  },
  "qrcode-svg": (text) => new QRSvg({ content: text }).qrcode.modules.map((row) => Array.from(row, Number)),
};
const NAMES = ["लक्ष्मी", "లక్ష్మి", "رحمان"];
const drawn = ([name, draw]) => NAMES.map((text) => ({ name, text, modules: draw(text) }));
console.log(JSON.stringify(Object.entries(DRAWN).flatMap(drawn)));
JAVASCRIPT
node draw.cjs >codes.json
venv/bin/python - <<'PYTHON'
import json
from pathlib import Path

import numpy
import zxingcpp

for code in json.loads(Path("codes.json").read_text()):
    quiet = numpy.pad(255 - 255 * numpy.array(code["modules"], dtype=numpy.uint8), 4, constant_values=255)
    (found,) = zxingcpp.read_barcodes(numpy.kron(quiet, numpy.ones((4, 4), numpy.uint8)))
    name, text = code["name"], code["text"]
    print(name, text, repr(found.bytes))
    cut = bytes(ord(letter) & 0xFF for letter in text)
    expected = {"qrcode-generator": cut, "qrcode-svg": b"\xef\xbb\xbf" + text.encode()}
    assert found.bytes == expected.get(name, text.encode())
PYTHON
