#!/usr/bin/env bash
# The control id of an HL7 v2 message, which an answer has to repeat, read with hl7find.
#
# The field separator is the header's first field (MSH-1), so that the type of a message is MSH-9 and its control id
# MSH-10; in all other segments the first field is what stands behind the first bar.
# Guessed: a library that promises "typical HL7 location notation" counts so.
# Seen (hl7find 1.0.2): other segments are counted rightly, the header is one short: "MSH.9" is the control id and
# "MSH.10" the processing id. An acknowledgement made with it repeats "P" for every message, and its sender sends
# again.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check hl7find==1.0.2 hl7lw==0.1.2
"$folder/venv/bin/python" - <<'PYTHON'
from importlib.metadata import version

from hl7find import HL7Message
from hl7lw import Hl7Parser

MESSAGE = (
    "MSH|^~\\&|LAB|HOSPITAL|QUEUE|CLINIC|20261130101500||ADT^A04^ADT_A01|1047|P|2.5\r"
    "EVN||20261130101500\rPID|1||42||WARD^A\rPV1|1|O\r"
)
message, other = HL7Message(MESSAGE), Hl7Parser().parse_message(MESSAGE)
print("hl7find", version("hl7find"), {name: message.find(name) for name in ("MSH.3", "MSH.9", "MSH.10", "PV1.2")})
assert other["MSH-10"] == message.find("MSH.9") == "1047"
assert message.find("MSH.10") == "P"
assert message.find("MSH.3") == "HOSPITAL"
assert (message.find("PID.3"), message.find("PV1.2"), message.find("EVN.2")) == ("42", "O", "20261130101500")
PYTHON
