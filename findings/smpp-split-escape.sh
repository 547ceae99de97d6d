#!/usr/bin/env bash
# Where three libraries cut a long SMS whose 153rd septet would be the first half of "€".
#
# In the GSM alphabet € [ ] { } | ^ ~ \ are two septets, an escape and a letter; 3GPP TS 23.040 has a message cut so that
# both stand in one part.
# Guessed: whatever makes parts for a gateway counts them as two and moves both to the next part.
# Seen: smsutil 1.1.3 and python-gsmmodem-new 0.13.0 do. smpplib 2.2.4 cuts by bytes: the first part ends with a lone
# escape, and the second begins with the letter "e". What phones make of that was not tried.
# A link with "~" or a fee in "€" is met by it; texts without those nine signs are not. So keep them out of long texts.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check smpplib==2.2.4 smsutil==1.1.3 python-gsmmodem-new==0.13.0
"$folder/venv/bin/python" - <<'PYTHON'
from importlib.metadata import version

import smsutil
from gsmmodem.pdu import divideTextGsm7
from smpplib import gsm

text = "a" * 152 + "€" + "b" * 20
HEAD = 6  # bytes that say which part of which message it is
parts, _, _ = gsm.make_parts(text)
cut = {
    "smpplib": [part[HEAD:] for part in parts],
    "smsutil": [smsutil.encode(part.content) for part in smsutil.split(text).parts],
    "python-gsmmodem-new": divideTextGsm7(text),
}
for name, (first, second) in cut.items():
    print(f"{name} {version(name)}: …{first[-3:]!r} | {second[:3]!r}…")
assert [len(first) for first, _ in cut.values()] == [153, 152, 152]
assert cut["smpplib"][0].endswith(b"a\x1b")
assert cut["smpplib"][1].startswith(b"eb")
assert cut["smsutil"][1].startswith(b"\x1be")
assert cut["python-gsmmodem-new"][1].startswith("€")
PYTHON
