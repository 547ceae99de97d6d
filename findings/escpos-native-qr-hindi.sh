#!/usr/bin/env bash
# A name in Hindi as a QR code that the printer draws itself, sent by three libraries.
#
# The command (GS ( k, function 80) says how many bytes of text follow; what comes after them is text of the slip.
# Guessed: bytes are counted, as UTF-8 or whatever is sent; or the text is refused.
# Seen: python-escpos 3.1 (`native=True`) counts bytes. node-thermal-printer 4.6.1 counts letters: for लक्ष्मी it
# promises 7 bytes and sends 21, so that the code holds two letters and a third, and the other fourteen bytes are
# printed as letters of the printer's own, or carried out. @point-of-sale/receipt-printer-encoder 4.0.1 sends seven
# question marks: a code that scans well and says nothing. Neither raises. A link in Latin letters is not met by it.
# So put a link into such a code, with the name percent-encoded.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check python-escpos==3.1
cd "$folder"
export ESCPOS_CAPABILITIES_PICKLE_DIR=$folder
npm install --silent --no-audit --no-fund node-thermal-printer@4.6.1 @point-of-sale/receipt-printer-encoder@4.0.1 \
  >/dev/null
npm ls
cat >send.mjs <<'JAVASCRIPT'
import { writeFileSync } from "node:fs";
import ReceiptPrinterEncoder from "@point-of-sale/receipt-printer-encoder";
import thermal from "node-thermal-printer";
const NAME = "लक्ष्मी";
const printer = new thermal.ThermalPrinter({ type: thermal.PrinterTypes.EPSON, interface: "tcp://127.0.0.1:9100" });
printer.printQR(NAME);
writeFileSync("node-thermal-printer", printer.getBuffer());
const encoder = new ReceiptPrinterEncoder({ language: "esc-pos", columns: 42 });
writeFileSync("receipt-printer-encoder", encoder.initialize().qrcode(NAME).encode());
JAVASCRIPT
node send.mjs
venv/bin/python - 2>/dev/null <<'PYTHON'
from importlib.metadata import version
from pathlib import Path

from escpos.printer import Dummy

NAME = "लक्ष्मी"
printer = Dummy()
printer.qr(NAME, native=True)
Path("python-escpos").write_bytes(printer.output)


def stored(file: str) -> tuple[bytes, bytes]:
    """The text that the printer puts into the code, and what it finds behind it up to the next command."""
    sent = Path(file).read_bytes()
    start = next(i for i in range(len(sent)) if sent[i : i + 3] == b"\x1d(k" and sent[i + 5 : i + 7] == b"1P")
    end = start + 5 + int.from_bytes(sent[start + 3 : start + 5], "little")
    return sent[start + 8 : end], sent[end:].split(b"\x1d")[0]


print("python-escpos", version("python-escpos"))
for file in ("python-escpos", "node-thermal-printer", "receipt-printer-encoder"):
    print(file, *stored(file))
whole = NAME.encode()
assert stored("python-escpos") == (whole, b"")
assert stored("node-thermal-printer") == (whole[:7], whole[7:])
assert stored("receipt-printer-encoder") == (b"?" * 7, b"")
PYTHON
