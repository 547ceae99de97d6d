#!/usr/bin/env bash
# Whether a library that joins Arabic letters knows all letters of Urdu.
#
# Guessed: arabic-reshaper joins every letter that Urdu writes, since it has ٹ ڈ ڑ ں ہ ھ ے.
# Seen (arabic-reshaper 3.1.0): ۂ (U+06C2) and ۃ (U+06C3) are left as they are, and the letter before them takes the
# shape of a last one: نقطۂ is written as if a space stood before ۂ. Their neighbours ہ, ۓ and ئ are joined. Nothing is
# said. A name or an address on a slip looks torn so.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check arabic-reshaper==3.1.0
"$folder/venv/bin/python" - <<'PYTHON'
from importlib.metadata import version

from arabic_reshaper import reshape

print("arabic-reshaper", version("arabic-reshaper"))
URDU = "آابپتٹثجچحخدڈذرڑزژسشصضطظعغفقکگلمنںوہھیےۂۃۓؤئ"
JOINED, LOOSE = "\ufe91", "\ufe8f"  # ب as it begins a group, and by itself
before = {letter: reshape("ب" + letter)[0] for letter in URDU}
torn = [letter for letter in URDU if before[letter] == LOOSE]
print("not joined to the letter before:", torn)
assert set(before.values()) == {JOINED, LOOSE}
assert torn == ["ۂ", "ۃ"]
shaped = [f"{ord(letter):04X}" for letter in reshape("نقطۂ")]
print("نقطۂ", shaped)
assert shaped[-2:] == ["FEC2", "06C2"]  # ط as it ends a group; ۂ as it was typed
PYTHON
