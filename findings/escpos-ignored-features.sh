#!/usr/bin/env bash
# Which of a profile's "cannot" python-escpos minds.
#
# Guessed: what the profile says that a printer cannot (QR codes of its own, pictures by raster or `GS ( L`) is replaced
# by something that it can, or refused; cutting and bar codes are.
# Seen (python-escpos 3.1): `cut` leaves its command out where there is no cutter, and `barcode` draws a picture where the
# printer has no such code. But `qr(native=True)` sends the printer's own command to all ten profiles without `qrCode`,
# and `image(impl=…)` whichever was named, to printers without it too. Such a printer prints the bytes as letters, or
# swallows what follows. Nothing is raised.
# So ask the profile yourself (`profile.supports`) before naming an implementation, and draw QR codes as pictures.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check python-escpos==3.1
cd "$folder"
export ESCPOS_CAPABILITIES_PICKLE_DIR=$folder
venv/bin/python - 2>warnings <<'PYTHON'
from importlib.metadata import version

from escpos.capabilities import CAPABILITIES
from escpos.printer import Dummy
from PIL import Image

print("python-escpos", version("python-escpos"))


def without(feature):
    return [name for name, profile in CAPABILITIES["profiles"].items() if not profile["features"].get(feature)]


def sent(name, press):
    printer = Dummy(profile=name)
    press(printer)
    return printer.output


PICTURE = Image.new("1", (96, 24))
PRESSES = {
    "qrCode": (b"\x1d(k", lambda printer: printer.qr("G-012", native=True)),
    "bitImageRaster": (b"\x1dv0", lambda printer: printer.image(PICTURE, impl="bitImageRaster")),
    "graphics": (b"\x1d(L", lambda printer: printer.image(PICTURE, impl="graphics")),
    "bitImageColumn": (b"\x1b*", lambda printer: printer.image(PICTURE, impl="bitImageColumn")),
    "paperPartCut": (b"\x1dV", lambda printer: printer.cut(mode="PART")),
}
minded = {}
for feature, (command, press) in PRESSES.items():
    names = without(feature)
    commanded = [name for name in names if command in sent(name, press)]
    print(f"{feature}: {len(names)} profiles have it not, {len(commanded)} are sent it all the same")
    minded[feature] = (len(names), len(commanded))
assert minded == {
    "qrCode": (10, 10),
    "bitImageRaster": (5, 5),
    "graphics": (13, 13),
    "bitImageColumn": (6, 6),
    "paperPartCut": (minded["paperPartCut"][0], 0),
}
PYTHON
