#!/usr/bin/env bash
# A laboratory's HL7 v2 message whose lines end as in a text file, read by hl7apy.
#
# HL7 v2 ends segments with a carriage return alone; files, mail and hand-made interfaces often have CR LF or LF.
# Guessed: it is read all the same, or refused as badly formed.
# Seen (hl7apy 1.3.5): with CR LF the message is read without an error and holds its header only: the patient and the
# result are gone, at the strict level of validation too. With LF it is refused for a "version" that holds the next line.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check hl7apy==1.3.5
"$folder/venv/bin/python" - <<'PYTHON'
from hl7apy.consts import VALIDATION_LEVEL
from hl7apy.exceptions import UnsupportedVersion
from hl7apy.parser import parse_message

LINES = (
    "MSH|^~\\&|LAB|HOSPITAL|QUEUE|CLINIC|20261130101500||ORU^R01^ORU_R01|1|P|2.5",
    "PID|1||42^^^HOSPITAL||A^B",
    "OBR|1|||HB",
    "OBX|1|NM|HB||12.1|g/dL|||||F",
)


def holds_result(end: str, level: int) -> bool:
    message = parse_message(end.join(LINES) + end, validation_level=level)
    return "OBX" in message.to_er7()


assert holds_result("\r", VALIDATION_LEVEL.TOLERANT)
for level in (VALIDATION_LEVEL.TOLERANT, VALIDATION_LEVEL.STRICT):
    found = holds_result("\r\n", level)
    print("CR LF, level", level, "- the result is there:", found)
    assert not found
try:
    holds_result("\n", VALIDATION_LEVEL.TOLERANT)
except UnsupportedVersion as error:
    print("LF:", repr(str(error)))
    assert "\nPID" in str(error)
else:
    raise SystemExit("LF is read now")
PYTHON
