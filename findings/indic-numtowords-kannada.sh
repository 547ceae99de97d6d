#!/usr/bin/env bash
# Whether a library of number words has another word for each number from 0 to 99, in the languages of an Indian clinic.
#
# Guessed: a library made for these languages has looked at each of a hundred words.
# Seen (indic-numtowords 1.1.0): in Kannada 83 is the word for 82 (embattēraḍu); the other seven languages have a hundred
# different words each. In a waiting room two rooms would be called by one word.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check indic-numtowords==1.1.0
"$folder/venv/bin/python" - <<'PYTHON'
from importlib.metadata import version

from indic_numtowords import num2words

print("indic-numtowords", version("indic-numtowords"))
twice = {}
for language in ("hi", "bn", "mr", "te", "ta", "gu", "kn", "ur"):
    words = [str(num2words(number, lang=language)) for number in range(100)]
    twice[language] = [number for number in range(100) if words.count(words[number]) > 1]
    print(language, {number: words[number] for number in twice[language]})
assert {language: numbers for language, numbers in twice.items() if numbers} == {"kn": [82, 83]}
PYTHON
