#!/usr/bin/env bash
# Whether the width of a printer's line in dots follows from the millimetres and the resolution in python-escpos' profiles.
#
# Guessed: `media.width` holds the printable width twice, so that mm × dpi ÷ 25.4 is about the pixels; and every profile
# has both, or neither.
# Seen (python-escpos 3.1, 35 profiles): of 19 with mm, dots and resolution 9 are off by 11 to 20 %: some give the paper's
# width (57.5 or 80 mm), others the printed line's, for heads of the same dots. TM-T88II and TM-T88III, both of 512 dots,
# are 72 and 80 mm. Five have the word "Unknown" for a number, and one has no `pixels` at all.
# So millimetres say nothing about where a slip is cut off: take the dots, ask where they are missing, and print a ruler.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check python-escpos==3.1
cd "$folder"
export ESCPOS_CAPABILITIES_PICKLE_DIR=$folder
venv/bin/python - <<'PYTHON'
from importlib.metadata import version

from escpos.capabilities import CAPABILITIES

print("python-escpos", version("python-escpos"))
profiles = CAPABILITIES["profiles"]
known, strange = {}, []
for name, profile in profiles.items():
    media = profile["media"]
    width, dpi = media["width"], media.get("dpi")
    if not isinstance(width.get("pixels"), int):
        strange.append((name, width.get("pixels", "nothing")))
    elif isinstance(dpi, int) and isinstance(width["mm"], (int, float)):
        known[name] = width["mm"] * dpi / 25.4 / width["pixels"] - 1
off = {name: error for name, error in known.items() if abs(error) > 0.03}
for name, error in sorted(off.items(), key=lambda one: one[1]):
    print(f"{name:12} mm x dpi says {error:+.0%} of the dots")
print("without dots:", strange)
assert {name: profiles[name]["media"]["width"]["mm"] for name in ("TM-T88II", "TM-T88III")} == {
    "TM-T88II": 72,
    "TM-T88III": 80,
}
assert (len(profiles), len(known), len(off)) == (35, 19, 9)
assert 0.1 < min(off.values()) < max(off.values()) < 0.21
assert sorted(width for _, width in strange) == ["Unknown"] * 5 + ["nothing"]
print(len(profiles), "profiles,", len(known), "with all three,", len(off), "off, at most", f"{max(off.values()):.0%}")
PYTHON
