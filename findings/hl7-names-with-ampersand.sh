#!/usr/bin/env bash
# "MOTHER & CHILD" in an HL7 v2 message, read by six libraries.
#
# The standard (2.5, section 2.7) has an ampersand inside a text written as \T\, a bar as \F\: in wards' names, in
# addresses ("12 | 3"), in "Sri Devi & Sons".
# Guessed: a library that takes a message apart into components gives the text of a component, so with its ampersand.
# Seen: python-hl7 0.4.5 (by its "PID.F5.R1.C2") and hl7types 0.9.5 do. hl7apy 1.3.5, hl7parser 0.7.5, hl7lw 0.1.2 and
# hl7find 1.0.2 give "MOTHER \T\ CHILD", which then stands on a slip and a screen; python-hl7 too when the same is
# asked by brackets.
# So take every text through an unescape of your own, once, where the library does none.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check hl7==0.4.5 hl7types==0.9.5 hl7apy==1.3.5 \
  hl7parser==0.7.5 hl7lw==0.1.2 hl7find==1.0.2
"$folder/venv/bin/python" - <<'PYTHON'
from importlib.metadata import version

import hl7
import hl7find
import hl7lw
import hl7types
from hl7apy.parser import parse_message
from hl7parser.hl7 import HL7Message

MESSAGE = (
    "MSH|^~\\&|LAB|HOSPITAL|QUEUE|CLINIC|20261130101500||ADT^A04^ADT_A01|1|P|2.5\r"
    "EVN||20261130101500\rPID|1||42||WARD^MOTHER \\T\\ CHILD\rPV1|1|O\r"
)
ESCAPED, PLAIN = "MOTHER \\T\\ CHILD", "MOTHER & CHILD"

read = {
    "hl7": hl7.parse(MESSAGE)["PID.F5.R1.C2"],
    "hl7types": hl7types.decode_er7(MESSAGE).PID.pid_5[0].xpn_2,
    "hl7apy": parse_message(MESSAGE).pid.pid_5.pid_5_2.value,
    "hl7parser": str(HL7Message(MESSAGE).pid.patient_name[0]).split("^")[1],
    "hl7lw": hl7lw.Hl7Parser().parse_message(MESSAGE)["PID-5.2"],
    "hl7find": hl7find.HL7Message(MESSAGE).find("PID.5.2"),
}
for name, text in read.items():
    print(name, version(name), text)
assert {name for name, text in read.items() if text == PLAIN} == {"hl7", "hl7types"}
assert {name for name, text in read.items() if text == ESCAPED} == {"hl7apy", "hl7parser", "hl7lw", "hl7find"}
brackets = str(hl7.parse(MESSAGE).segment("PID")[5][0][1])
print("hl7 by brackets", brackets)
assert brackets == ESCAPED
PYTHON
