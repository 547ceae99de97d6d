#!/usr/bin/env bash
# Whether espeak-ng says a figure as it says the word for it, in its own voice.
#
# Guessed: writing a number out ("सात") is at least as good as giving the figure ("7"): the voice then only has to read.
# Seen (espeak-ng 1.52.0): figures are said from the voice's own list, words by its spelling rules, which often fail. The
# Bengali word for seven becomes "shato" (the figure: "shat"), the Urdu word for nine "no" (the figure: "nau"), the Marathi
# one for four begins with a c in place of tsh. Of the figures 0 to 9, so many differ: Bengali 6, Urdu 5.
# So a voice is better given the figure, one digit at a time, and never the word.
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
    spoken = lib.espeak_TextToPhonemes(ctypes.byref(ctypes.c_char_p(text.encode())), 1, 0) or b""
    return spoken.decode().replace("'", "").replace(",", "")


WORDS = {
    "hi": "शून्य एक दो तीन चार पाँच छह सात आठ नौ",
    "bn": "শূন্য এক দুই তিন চার পাঁচ ছয় সাত আট নয়",
    "mr": "शून्य एक दोन तीन चार पाच सहा सात आठ नऊ",
    "ur": "صفر ایک دو تین چار پانچ چھ سات آٹھ نو",
}
version = lib.espeak_Info(None).decode()
print("espeak-ng", version)
assert version == "1.52.0"
differ = {}
for voice, words in WORDS.items():
    pairs = [(phonemes(voice, str(figure)), phonemes(voice, word)) for figure, word in enumerate(words.split())]
    differ[voice] = [figure for figure, (read, spelt) in enumerate(pairs) if read != spelt]
    print(voice, "  ".join(f"{figure} {pairs[figure][0]}/{pairs[figure][1]}" for figure in differ[voice]))
print(differ)
assert phonemes("bn", "7") == "Sat" and phonemes("bn", "সাত") == "Sato"
assert phonemes("ur", "9") == "naU" and phonemes("ur", "نو") == "no:"
assert phonemes("mr", "4") == "tSa:r" and phonemes("mr", "चार") == "ca:r"
assert len(differ["bn"]) == 6 and len(differ["ur"]) == 5
PYTHON
