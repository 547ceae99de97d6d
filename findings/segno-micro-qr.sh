#!/usr/bin/env bash
# A token's number as a QR code made by segno, shown to readers that run in a browser.
#
# Guessed: `segno.make` makes what everybody calls a QR code, and what one reader finds the others find.
# Seen (segno 1.6.6): for the few letters of a token it makes a Micro QR code (one square in a corner in place of
# three). zxing-cpp 3.1.1 reads it. jsQR 1.4.0, ZBar as WebAssembly (@undecaf/zbar-wasm 0.11.0) and @paulmillr/qr
# 0.3.0 see no code at all, so that a slip which passed a test is blank for a page that scans it. A link, being
# longer, is never met by it: only short texts.
# So say `segno.make_qr`, or `micro=False`.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check segno==1.6.6 zxing-cpp==3.1.1 pillow==13.0.0 \
  numpy==2.4.6
cd "$folder"
npm install --silent --no-audit --no-fund jsqr@1.4.0 @undecaf/zbar-wasm@0.11.0 @paulmillr/qr@0.3.0 >/dev/null
venv/bin/python - <<'PYTHON'
import io
from importlib.metadata import version
from pathlib import Path

import segno
import zxingcpp
from PIL import Image

print("segno", version("segno"), "zxing-cpp", version("zxing-cpp"))
for name, code in (("micro", segno.make("G-012")), ("usual", segno.make_qr("G-012"))):
    drawn = io.BytesIO()
    code.save(drawn, kind="png", scale=6, border=6)
    picture = Image.open(drawn).convert("RGBA")
    (found,) = zxingcpp.read_barcodes(picture.convert("L"))
    print(name, code.designator, "zxing-cpp:", found.text)
    assert found.text == "G-012"
    assert code.is_micro == (name == "micro")
    Path(f"{name}-{picture.width}.rgba").write_bytes(picture.tobytes())
PYTHON
cat >read.mjs <<'JAVASCRIPT'
import assert from "node:assert";
import { readFileSync, readdirSync } from "node:fs";
import { scanRGBABuffer } from "@undecaf/zbar-wasm";
import jsQR from "jsqr";
import decodeQR from "@paulmillr/qr/decode.js";
const seen = {};
for (const file of readdirSync(".").filter((name) => name.endsWith(".rgba"))) {
  const [, name, width] = /(\w+)-(\d+)/.exec(file);
  const data = new Uint8Array(readFileSync(file));
  const size = Number(width);
  let paulmillr;
  try {
    paulmillr = decodeQR({ width: size, height: size, data });
  } catch (error) {
    paulmillr = "";
  }
  const zbar = (await scanRGBABuffer(data.slice().buffer, size, size)).map((symbol) => symbol.decode()).join();
  seen[name] = { jsqr: jsQR(new Uint8ClampedArray(data), size, size)?.data ?? "", zbar, paulmillr };
}
console.log(seen);
assert.deepStrictEqual(seen.usual, { jsqr: "G-012", zbar: "G-012", paulmillr: "G-012" });
assert.deepStrictEqual(seen.micro, { jsqr: "", zbar: "", paulmillr: "" });
JAVASCRIPT
node read.mjs
