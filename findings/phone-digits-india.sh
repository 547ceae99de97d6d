#!/usr/bin/env bash
# A telephone number typed with the digits of an Indian keyboard, checked in the browser and on the server.
#
# Guessed: libphonenumber's two ports take the same spellings, digits of every script among them.
# Seen (libphonenumber-js 1.13.16, phonenumberslite 9.0.42): in Python the digits of all scripts are read. In JavaScript only
# the Arabic rows are, of which Urdu has one; Hindi, Marathi, Bengali, Gujarati, Tamil, Telugu and Kannada digits are
# NOT_A_NUMBER, so that a form in the browser refuses what the server would have taken.
# So turn digits into Latin ones before the number is checked in the browser.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check phonenumberslite==9.0.42
cd "$folder"
npm install --silent --no-audit --no-fund libphonenumber-js@1.13.16 >/dev/null
venv/bin/python - <<'PYTHON' >typed.json
import json
from importlib.metadata import version

from phonenumbers import PhoneNumberFormat, format_number, parse

ZEROS = {"hi": 0x966, "bn": 0x9E6, "gu": 0xAE6, "ta": 0xBE6, "te": 0xC66, "kn": 0xCE6, "ur": 0x6F0}
typed = {}
for script, zero in ZEROS.items():
    typed[script] = "".join(chr(zero + int(digit)) for digit in "9800000000")
    assert format_number(parse(typed[script], "IN"), PhoneNumberFormat.E164) == "+919800000000", script
print(json.dumps({"version": version("phonenumberslite"), "typed": typed}))
PYTHON
node - <<'JAVASCRIPT'
const assert = require("assert");
const { readFileSync } = require("fs");
const { parsePhoneNumber } = require("libphonenumber-js/max");
const { version, typed } = JSON.parse(readFileSync("typed.json"));
console.log("libphonenumber-js", require("libphonenumber-js/package.json").version, "phonenumberslite", version);
const read = (text) => {
  try {
    return parsePhoneNumber(text, "IN").number;
  } catch (error) {
    return error.message;
  }
};
const seen = Object.fromEntries(Object.entries(typed).map(([script, text]) => [script, read(text)]));
console.log(typed, seen);
const { ur, ...others } = seen;
assert.strictEqual(ur, "+919800000000");
assert.deepStrictEqual(new Set(Object.values(others)), new Set(["NOT_A_NUMBER"]));
JAVASCRIPT
