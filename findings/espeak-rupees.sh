#!/usr/bin/env bash
# How espeak-ng reads a fee: ₹500, and ₹2,50,000 with commas as India writes them.
#
# Guessed: every voice of India has a word for ₹, the only sign that its money has; and grouping by lakh, which the
# Indian voices have words for, is read as one number by the English voice as well.
# Seen (espeak-ng 1.52.0): only the Tamil and the English voice say a word for ₹; Hindi, Bengali, Marathi, Telugu,
# Gujarati, Kannada and Urdu leave it out, so that a fee is "five hundred" of something. The eight Indian voices read
# 2,50,000 as two lakh fifty thousand. The English one says "two fifty thousand", which is another sum, and 1,00,000
# as "one zero zero thousand".
# So write the currency as a word, and give the English voice no commas.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check espeakng-loader==0.2.4
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


version = lib.espeak_Info(None).decode()
print("espeak-ng", version)
assert version == "1.52.0"
without, as_one = [], []
for voice in ("en", "hi", "bn", "mr", "te", "ta", "gu", "kn", "ur"):
    print(f"{voice}: ₹500 {phonemes(voice, '₹500')}   2,50,000 {phonemes(voice, '2,50,000')}")
    if phonemes(voice, "₹500") == phonemes(voice, "500"):
        without.append(voice)
    if phonemes(voice, "2,50,000") == phonemes(voice, "250000"):
        as_one.append(voice)
assert without == ["hi", "bn", "mr", "te", "gu", "kn", "ur"]
assert as_one == ["hi", "bn", "mr", "te", "ta", "gu", "kn", "ur"]


def plain(said: str) -> str:
    """Without the stress and the gaps."""
    return said.translate(dict.fromkeys(map(ord, "', ")))


assert plain(phonemes("en", "2,50,000")) == plain(phonemes("en", "2") + phonemes("en", "50,000"))
THOUSAND = plain(phonemes("en", "1000")).removeprefix(plain(phonemes("en", "1")))
assert plain(phonemes("en", "1,00,000")) == plain(phonemes("en", "1 0 0")) + THOUSAND
PYTHON
