#!/usr/bin/env bash
# The clock of a network printer in India ("printer-current-time", a job's times), read by two packages for IPP.
#
# IPP's dateTime (RFC 2579) is eleven bytes: year, month from 1 to 12, day, hour, minute, second, tenths, then the
# sign, hours and minutes from UTC.
# Guessed: 30 November 2026, 10:15 at +05:30 is that moment for both, and what the one writes the other reads.
# Seen: pyipp 0.17.2 reads it. ipp 2.0.1 (npm) takes the month for one counted from 0 and leaves the zone out: on a
# server in UTC it is 30 December, 10:15; in India 29 December, 23:15 UTC. It writes November as 10 and a zero byte
# for the sign of the zone; read by itself in UTC the two mistakes cancel out, and pyipp refuses it.
# So reckon a job's age from the printer's up-time (seconds), or read the eleven bytes yourself.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check pyipp==0.17.2
cd "$folder"
npm install --silent --no-audit --no-fund ipp@2.0.1 >/dev/null
npm ls
venv/bin/python - <<'PYTHON'
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from pyipp import parser


def attribute(tag: int, name: bytes, value: bytes) -> bytes:
    return bytes([tag]) + len(name).to_bytes(2) + name + len(value).to_bytes(2) + value


clock = bytes.fromhex("07ea 0b 1e 0a 0f 00 00") + b"+" + bytes([5, 30])
answer = bytes.fromhex("0200 0000 00000001 01") + attribute(0x47, b"attributes-charset", b"utf-8")
answer += b"\x04" + attribute(0x31, b"printer-current-time", clock) + b"\x03"
Path("answer").write_bytes(answer)
(printer,) = parser.parse(answer)["printers"]
print("pyipp", version("pyipp"), printer)
assert printer["printer-current-time"] == datetime(2026, 11, 30, 4, 45, tzinfo=UTC)
PYTHON
cat >read.cjs <<'JAVASCRIPT'
const assert = require("assert");
const { readFileSync } = require("fs");
const ipp = require("ipp");
const INDIA = process.env.TZ === "Asia/Kolkata";
const read = ipp.parse(readFileSync("answer"))["printer-attributes-tag"]["printer-current-time"].toISOString();
const created = new Date("2026-11-30T04:45:00Z");
const sent = ipp.serialize({ operation: "Print-Job", "job-attributes-tag": { "date-time-at-creation": created } });
const clock = sent.subarray(-12, -1).toString("hex");
console.log("ipp", process.env.TZ, "read", read, "written", clock);
assert.strictEqual(read, INDIA ? "2026-12-29T23:15:00.000Z" : "2026-12-30T10:15:00.000Z");
assert.strictEqual(clock, INDIA ? "07ea0a1e0a0f000000051e" : "07ea0a1e042d0000000000");
JAVASCRIPT
TZ=UTC node read.cjs
TZ=Asia/Kolkata node read.cjs
