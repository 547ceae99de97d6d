#!/usr/bin/env bash
# Dates of birth in words, as people type them in Indian languages, read by dateparser.
#
# Guessed: of thirteen Indian languages that it knows, the month names that CLDR has are read as these months.
# Seen (dateparser 1.5.0): "12 मे 1987" in Marathi and "12 મે 1987" in Gujarati, 12 May 1987, are read as twelve
# months before today: the name of May is also the sign for "months", and the year is dropped. In Punjabi "12 ਜੂਨ
# 1987", 12 June, is 12 January 1987. Nothing is raised. The other ten languages have all twelve names right.
# So ask for a date of birth as numbers, or check that the year that was typed came back.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check dateparser==1.5.0 babel==2.18.0
"$folder/venv/bin/python" - <<'PYTHON'
import warnings
from datetime import datetime
from importlib.metadata import version

import dateparser
from babel.dates import get_month_names

warnings.simplefilter("ignore")
print("dateparser", version("dateparser"))
TODAY = {"RELATIVE_BASE": datetime(2026, 12, 1)}
wrong = {}
for language in ("hi", "bn", "mr", "te", "ta", "gu", "kn", "ur", "ml", "pa", "ne", "or", "as"):
    for month, name in get_month_names("wide", "format", language).items():
        read = dateparser.parse(f"12 {name} 1987", languages=[language], settings=TODAY)
        if read is None or (read.year, read.month, read.day) != (1987, month, 12):
            wrong[language, month] = read and read.date().isoformat()
            print(f"{language}: 12 {name} 1987 -> {wrong[language, month]}")
assert wrong == {("mr", 5): "2025-12-01", ("gu", 5): "2025-12-01", ("pa", 6): "1987-01-12"}
PYTHON
