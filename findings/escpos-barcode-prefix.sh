#!/usr/bin/env bash
# Whether one call prints one bar code with python-escpos, whichever printer stands there.
#
# A printer's own CODE128 wants the code set before the text, as in "{BG-012"; without it python-escpos refuses the
# text.
# Guessed: where a profile has no bar codes of its own and one is drawn, the text is the same without those two
# characters.
# Seen (python-escpos 3.1, python-barcode 0.16.1): the drawn code holds "{BG-012" itself, and a scanner at the desk
# types that. The text that is right for the picture, "G-012", is refused by every printer with codes of its own.
# So look at the profile (`supports("barcodeB")`) before the call, or draw the code for every printer.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check python-escpos==3.1 python-barcode==0.16.1 \
  zxing-cpp==3.1.1 pillow==13.0.0 numpy==2.4.6
cd "$folder"
export ESCPOS_CAPABILITIES_PICKLE_DIR=$folder
venv/bin/python - <<'PYTHON'
from importlib.metadata import version

import zxingcpp
from escpos.exceptions import BarcodeCodeError
from escpos.printer import Dummy

print("python-escpos", version("python-escpos"), "python-barcode", version("python-barcode"))
OWN, DRAWN = "TM-T88V", "ZJ-5870"


def scanned(text: str, profile: str) -> str:
    """What is in the bar code that is drawn for this profile."""
    printer, pictures = Dummy(profile=profile), []
    printer.image = lambda picture, **options: pictures.append(picture)
    printer.barcode(text, "CODE128")
    (found,) = zxingcpp.read_barcodes(pictures[0].convert("L"))
    return found.text


own = Dummy(profile=OWN)
own.barcode("{BG-012", "CODE128")
print(OWN, own.output)
assert own.output.endswith(b"\x1dkI\x07{BG-012")  # GS k 73: the printer takes {B for itself
print(DRAWN, scanned("{BG-012", DRAWN))
assert scanned("{BG-012", DRAWN) == "{BG-012"
assert scanned("G-012", DRAWN) == "G-012"
try:
    Dummy(profile=OWN).barcode("G-012", "CODE128")
except BarcodeCodeError as error:
    print(OWN, "refuses G-012:", error)
else:
    raise SystemExit("the plain text is taken now")
PYTHON
