#!/usr/bin/env bash
# Names of patients in Tamil and Bengali put into Latin letters, as a laboratory's or an SMS system wants them.
#
# Tamil writes k, c, ṭ, t and p for sounds with and without voice; none is ever aspirated. ISO 15919 writes the plain
# ones.
# Guessed: indic-transliteration does as well, and what it has written it reads back.
# Seen (indic-transliteration 2.3.82, aksharamukha 2.3): of each row it takes the last sound, voiced and aspirated:
# பாத்திமா (Fatima) is "bhādhdhimā", கார்த்திக் (Karthik) "ghārdhdhigh", சேகர் (Sekar) "jhēghar", also on the way to
# Devanagari and Telugu; aksharamukha writes "pāttimā". In Bengali জয়া (Jaya), with য় as Unicode's NFC writes it,
# becomes "jaya়ā" with a sign of Bengali left inside, and comes back as জয়আ. Nothing is raised.
# So names that a person may have to recognise want another library, or a table that was looked at by somebody who
# reads them.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check indic-transliteration==2.3.82 aksharamukha==2.3
"$folder/venv/bin/python" - <<'PYTHON'
import unicodedata
from importlib.metadata import version

from aksharamukha.transliterate import process
from indic_transliteration.sanscript import transliterate

print("indic-transliteration", version("indic-transliteration"), "aksharamukha", version("aksharamukha"))
for name, latin, plain, devanagari in (
    ("பாத்திமா", "bhādhdhimā", "pāttimā", "भाध्धिमा"),
    ("கார்த்திக்", "ghārdhdhigh", "kārttik", "घार्ध्धिघ्"),
    ("சேகர்", "jhēghar", "cēkar", "झेघर्"),
):
    seen = *(transliterate(name, "tamil", to) for to in ("iso", "devanagari")), process("Tamil", "ISO", name)
    print(name, *seen)
    assert seen == (latin, devanagari, plain)
jaya = unicodedata.normalize("NFC", "জয়া")
latin = transliterate(jaya, "bengali", "iso")
print(jaya, ascii(latin), transliterate(latin, "iso", "bengali"), process("Bengali", "ISO", jaya))
assert latin == "jaya\u09bcā"
assert transliterate(latin, "iso", "bengali") != jaya
assert unicodedata.normalize("NFC", process("ISO", "Bengali", process("Bengali", "ISO", jaya))) == jaya
PYTHON
