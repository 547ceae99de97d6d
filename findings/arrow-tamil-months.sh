#!/usr/bin/env bash
# The date of an appointment in Tamil, written by arrow.
#
# The Tamil year of the sun has twelve months of its own; its first, Chithirai, begins in the middle of April. In
# Tamil the months of everybody's calendar are ஜனவரி, பிப்ரவரி and so on, as CLDR has them.
# Guessed: "MMMM" is the name of the date's month in the language, as in Hindi and Bengali.
# Seen (arrow 1.4.0, Babel 2.18.0): the Tamil months' names are counted from January. 30 November 2026 is "30 மாசி
# 2026" (Masi is February and March), and January is "சித்திரை", which begins in April; the short names are the usual
# ones. A patient who keeps that calendar reads another day. arrow itself reads it back as November.
# So take Tamil dates from CLDR.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check arrow==1.4.0 babel==2.18.0
"$folder/venv/bin/python" - <<'PYTHON'
from importlib.metadata import version

import arrow
from babel.dates import format_date

print("arrow", version("arrow"))
for language in ("hi", "bn", "mr", "ta"):
    day = arrow.get(2026, 11, 30)
    cldr = format_date(day.date(), "d MMMM y", locale=language)
    print(language, day.format("D MMMM YYYY", locale=language), "CLDR:", cldr)
assert arrow.get(2026, 11, 30).format("MMMM", locale="hi") == "नवंबर"
firsts = [arrow.get(2026, month, 1) for month in range(1, 13)]
written = [day.format("MMMM", locale="ta") for day in firsts]
print(written)
assert written[0] == "சித்திரை"
assert written[10] == "மாசி"
assert not set(written) & {format_date(day.date(), "MMMM", locale="ta") for day in firsts}
assert arrow.get("30 மாசி 2026", "D MMMM YYYY", locale="ta").month == 11
PYTHON
