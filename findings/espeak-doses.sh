#!/usr/bin/env bash
# How espeak-ng reads a dose ("1-0-1") and a half ("½") in the languages of an Indian clinic.
#
# Guessed: hyphens between digits are a pause in every voice, and ½ is a word of the voice's own language.
# Seen (espeak-ng 1.52.0): the Bengali voice says "one minus zero minus one" (bijog) and the English one "dash"; the
# others pause. For ½, only the English, Tamil and Kannada voices have a word; Hindi, Bengali, Marathi, Telugu, Gujarati
# and Urdu switch to English and say "a half".
# So a dose has to be put into words before it is given to the voice.
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
hyphen, half = {}, {}
for voice in ("en", "hi", "bn", "mr", "te", "ta", "gu", "kn", "ur"):
    hyphen[voice] = phonemes(voice, "1-0-1") == phonemes(voice, "1 0 1")
    half[voice] = phonemes(voice, "½")
    print(f"{voice}: 1-0-1 {phonemes(voice, '1-0-1')}   ½ {half[voice]}")
assert [voice for voice, is_pause in hyphen.items() if not is_pause] == ["en", "bn"]
assert phonemes("bn", "1-0-1").count("bij'og") == 2
assert [voice for voice, said in half.items() if "(en)" in said] == ["hi", "bn", "mr", "te", "gu", "ur"]
PYTHON
