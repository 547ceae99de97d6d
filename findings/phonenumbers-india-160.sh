#!/usr/bin/env bash
# Which Indian numbers can be sent an SMS, by the type that libphonenumber's data give them.
#
# India gives companies series of their own for voice calls: 140 for advertising and, by the Department of
# Telecommunications' memorandum of May 2024, 1600 for authorities and 1601 for banks and insurers. Nobody reads an SMS there.
# Guessed: both series have one type, not that of a mobile phone.
# Seen (phonenumberslite 9.0.42): 140 is UAN, a company's number; 1600 and 1601 are MOBILE and valid.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check phonenumberslite==9.0.42
"$folder/venv/bin/python" - <<'PYTHON'
from phonenumbers import PhoneNumberType, is_valid_number, number_type, parse

for text, kind in (
    ("1401234567", PhoneNumberType.UAN),
    ("1600112345", PhoneNumberType.MOBILE),
    ("1601112345", PhoneNumberType.MOBILE),
):
    number = parse(text, "IN")
    print(text, PhoneNumberType.to_string(number_type(number)), "valid" if is_valid_number(number) else "not valid")
    assert number_type(number) == kind
    assert is_valid_number(number)
PYTHON
