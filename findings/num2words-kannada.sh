#!/usr/bin/env bash
# Numbers in Kannada words, as they would be shown or spoken for a token.
#
# Guessed: num2words gives words that a reader of the language would write, at least below one hundred.
# Seen (num2words 0.5.14): where the unit begins with a vowel (26-29, 31, 32, 36-38), the tens' virama stands right before
# an independent vowel letter, which no Kannada word has and which is drawn as two broken pieces; 21 is two words with a
# dangling virama, other tens are joined. Of the nine languages only English, Bengali, Telugu and Kannada are there at
# all; Hindi, Marathi, Tamil, Gujarati and Urdu raise NotImplementedError.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check num2words==0.5.14
"$folder/venv/bin/python" - <<'PYTHON'
from num2words import num2words

VIRAMA = "\u0ccd"
VOWELS = {chr(point) for point in range(0x0C85, 0x0C95)}

broken = [
    number
    for number in range(100)
    for word in [num2words(number, lang="kn")]
    if any(first == VIRAMA and second in VOWELS for first, second in zip(word, word[1:]))
]
print("virama before a vowel letter:", broken, num2words(27, lang="kn"))
assert broken == [26, 27, 28, 29, 31, 32, 36, 37, 38]
assert num2words(21, lang="kn").split(" ")[0].endswith(VIRAMA)
missing = []
for language in ("en", "hi", "bn", "mr", "te", "ta", "gu", "kn", "ur"):
    try:
        num2words(12, lang=language)
    except NotImplementedError:
        missing.append(language)
print("not there:", missing)
assert missing == ["hi", "mr", "ta", "gu", "ur"]
PYTHON
