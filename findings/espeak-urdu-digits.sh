#!/usr/bin/env bash
# The Urdu voice of espeak-ng and the digits that Urdu is written with, which browsers in India write by themselves.
#
# Guessed: each voice reads the digits of its own script; `Intl` writes Latin digits for `ur-IN` as it does for `ur`.
# Seen (espeak-ng 1.52.0): of "کمرہ ۳" (room 3) the Urdu voice says "room" and leaves the number out, without a word;
# so does the Sindhi one. The Arabic digits of the other row (٣, U+0663) it reads, and the Persian voice reads ۳. The
# seven other Indian voices read the digits of their own scripts. Node.js (ICU) writes ۳ for `ur-IN` and 3 for `ur`:
# whoever gives what stands on the page to the voice calls nobody.
# So turn digits into Latin ones before a voice has them.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check espeakng-loader==0.2.4
node -e '
const written = ["ur-IN", "ur"].map((locale) => new Intl.NumberFormat(locale).format(3));
console.log("ICU", process.versions.icu, "writes for ur-IN and ur:", ...written);
require("assert").deepStrictEqual(written, ["۳", "3"]);'
"$folder/venv/bin/python" - <<'PYTHON'
import ctypes

import espeakng_loader

lib = ctypes.CDLL(espeakng_loader.get_library_path())
lib.espeak_Initialize(2, 0, espeakng_loader.get_data_path().encode(), 0)
lib.espeak_Info.restype = lib.espeak_TextToPhonemes.restype = ctypes.c_char_p


def phonemes(voice: str, text: str) -> str:
    assert lib.espeak_SetVoiceByName(voice.encode()) == 0
    rest, spoken = ctypes.c_char_p(text.encode()), []
    while rest.value:
        spoken.append((lib.espeak_TextToPhonemes(ctypes.byref(rest), 1, 0) or b"").decode())
    return " ".join(spoken)


FIRST = {"hi": 0x966, "mr": 0x966, "bn": 0x9E6, "gu": 0xAE6, "ta": 0xBE6, "te": 0xC66, "kn": 0xCE6, "fa": 0x6F0}
version = lib.espeak_Info(None).decode()
print("espeak-ng", version)
assert version == "1.52.0"
for voice, zero in FIRST.items():
    twenty = chr(zero + 2) + chr(zero)
    assert phonemes(voice, twenty) == phonemes(voice, "20") != "", voice
ROOM = "کمرہ"
for text in (f"{ROOM} 3", f"{ROOM} ۳", f"{ROOM} ٣", "۲۰"):
    print(f"ur: {text} {phonemes('ur', text)!r}")
assert phonemes("ur", f"{ROOM} ۳") == phonemes("ur", ROOM)
assert phonemes("ur", f"{ROOM} ٣") == phonemes("ur", f"{ROOM} 3") != phonemes("ur", ROOM)
assert phonemes("ur", "۲۰") == phonemes("sd", "۲۰") == ""
PYTHON
