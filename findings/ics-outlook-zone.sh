#!/usr/bin/env bash
# An appointment at ten in India from Outlook, whose zone is called "India Standard Time", read by five libraries.
#
# iCalendar (RFC 5545, 3.6.5) leaves the names of zones free: the file's own VTIMEZONE says what one means, and
# Outlook's names are those of Windows.
# Guessed: all read +05:30, from the VTIMEZONE or from a table of Windows' names.
# Seen: icalendar 7.3.2, vobject 0.9.9, node-ical 0.26.1 and ical.js 2.2.1 do. ics 0.7.3 (Python) gives 10:00 UTC,
# half past three in the afternoon; with the same lines under the name Asia/Kolkata it gives +05:30. Nothing is
# raised.
# So read a visitor's calendar with one of the others.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check icalendar==7.3.2 vobject==0.9.9 ics==0.7.3
cd "$folder"
npm install --silent --no-audit --no-fund node-ical@0.26.1 ical.js@2.2.1 >/dev/null
npm ls
venv/bin/python - <<'PYTHON'
from importlib.metadata import version
from pathlib import Path

import icalendar
import ics
import vobject


def calendar(zone: str) -> str:
    lines = [
        "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//findings//EN", "BEGIN:VTIMEZONE", f"TZID:{zone}", "BEGIN:STANDARD",
        "DTSTART:16010101T000000", "TZOFFSETFROM:+0530", "TZOFFSETTO:+0530", "END:STANDARD", "END:VTIMEZONE",
        "BEGIN:VEVENT", "UID:1", "DTSTAMP:20261130T000000Z", f"DTSTART;TZID={zone}:20261201T100000",
        f"DTEND;TZID={zone}:20261201T101500", "SUMMARY:Clinic", "END:VEVENT", "END:VCALENDAR", "",
    ]  # fmt: skip
    return "\r\n".join(lines)


text = calendar("India Standard Time")
Path("visit.ics").write_text(text, newline="")
(event,) = ics.Calendar(text).events
(named,) = ics.Calendar(calendar("Asia/Kolkata")).events
seen = {
    "icalendar": icalendar.Calendar.from_ical(text).walk("VEVENT")[0]["DTSTART"].dt.isoformat(),
    "vobject": vobject.readOne(text).vevent.dtstart.value.isoformat(),
    "ics": event.begin.isoformat(),
    "ics, Asia/Kolkata": named.begin.isoformat(),
}
print({name: version(name) for name in ("icalendar", "vobject", "ics")}, seen)
assert seen.pop("ics") == "2026-12-01T10:00:00+00:00"
assert set(seen.values()) == {"2026-12-01T10:00:00+05:30"}
PYTHON
cat >read.mjs <<'JAVASCRIPT'
import assert from "node:assert";
import { readFileSync } from "node:fs";
import ICAL from "ical.js";
import ical from "node-ical";
const text = readFileSync("visit.ics", "utf8");
const event = new ICAL.Event(new ICAL.Component(ICAL.parse(text)).getFirstSubcomponent("vevent"));
const read = Object.values(ical.sync.parseICS(text)).find(({ type }) => type === "VEVENT");
const seen = [event.startDate.toJSDate(), read.start];
console.log("ical.js, node-ical:", seen);
for (const moment of seen) assert.strictEqual(moment.toISOString(), "2026-12-01T04:30:00.000Z");
JAVASCRIPT
TZ=America/New_York node read.mjs
