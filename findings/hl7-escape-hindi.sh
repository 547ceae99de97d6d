#!/usr/bin/env bash
# A Hindi name, or the rupee sign, through python-hl7's own escape() and unescape().
#
# HL7 v2 writes other bytes as \X..\ with pairs of hexadecimal digits.
# Guessed: what escape() makes, unescape() of the same message reads back.
# Seen (hl7 0.4.5): escape() writes a character's number without padding it to pairs, \X928\ for U+0928 and "\X a\" (with
# a space) for a line feed; unescape() cuts the digits into pairs, so the line feed returns and every name in an Indian
# script becomes control characters, without an error.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check hl7==0.4.5
"$folder/venv/bin/python" - <<'PYTHON'
import hl7

message = hl7.parse("MSH|^~\\&|LAB|HOSPITAL|QUEUE|CLINIC|20261130101500||ADT^A04|1|P|2.5\rPID|1||42\r")
for text, escaped, back in (
    ("a\nb", "a\\X a\\b", "a\nb"),
    ("\u20b950", "\\X20b9\\50", " \u00b950"),
    ("\u0928\u092e", "\\X928\\\\X92e\\", "\x92\x08\x92\x0e"),
):
    seen = message.escape(text)
    print(repr(text), "->", repr(seen), "->", repr(message.unescape(seen)))
    assert seen == escaped
    assert message.unescape(seen) == back
PYTHON
