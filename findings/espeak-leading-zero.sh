#!/usr/bin/env bash
# How espeak-ng reads the number of a slip ("012") in the languages of an Indian clinic.
#
# Guessed: a number that begins with a zero is no quantity, and is read digit by digit, at least by the English voice.
# Seen (espeak-ng 1.52.0): all nine voices say "zero" and then the rest as one number: "zero twelve". Of "G-012" the
# Hindi, Bengali, Marathi, Gujarati and Urdu voices say the letter in English, the Telugu, Tamil and Kannada ones themselves.
# So digits have to be given one by one.
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


def plain(said: str) -> str:
    """Without the stress, which depends on what comes before."""
    return said.replace("'", "").replace(",", "")


version = lib.espeak_Info(None).decode()
print("espeak-ng", version)
assert version == "1.52.0"
in_english = []
for voice in ("en", "hi", "bn", "mr", "te", "ta", "gu", "kn", "ur"):
    whole = phonemes(voice, "012")
    print(f"{voice}: 012 {whole}   0 12 {phonemes(voice, '0 12')}   0 1 2 {phonemes(voice, '0 1 2')}   G {phonemes(voice, 'G')}")
    assert plain(whole) == plain(phonemes(voice, "0 12")) != plain(phonemes(voice, "0 1 2"))
    if "(en)" in phonemes(voice, "G-012"):
        in_english.append(voice)
assert in_english == ["hi", "bn", "mr", "gu", "ur"]
PYTHON
