#!/usr/bin/env bash
# When a medicine is to be taken, as Medplum's helpers write a FHIR Timing on a computer in India.
#
# FHIR's `time` ("09:00:00") is a time of the day without a zone; a date may be a year or a year and a month alone.
# Guessed: nine o'clock is written as nine o'clock everywhere, and "1987-05" without a day.
# Seen (@medplum/core 4.5.2 and 5.0.10, alike): `formatTiming` and `formatTime` take the time for UTC and show it in
# the machine's zone: "at 9:00:00 AM" is "at 2:30:00 PM" in India; on a server in UTC it is right. A `Period` of whole
# days gets "5:30:00 AM" behind each. A birth date "1987-05" becomes 5/1/1987 and "1987" 1/1/1987: a day that nobody
# said.
# So write FHIR's times yourself, and run tests of a page with another TZ, too.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund four@npm:@medplum/core@4.5.2 five@npm:@medplum/core@5.0.10 >/dev/null
npm ls
cat >times.cjs <<'JAVASCRIPT'
const assert = require("assert");
const INDIA = process.env.TZ === "Asia/Kolkata";
const doses = { repeat: { frequency: 1, period: 1, periodUnit: "d", timeOfDay: ["09:00:00"] } };
for (const name of ["four", "five"]) {
  const { formatDate, formatPeriod, formatTime, formatTiming } = require(name);
  const plain = (text) => text.replace(/\s/g, " ");
  const days = formatPeriod({ start: "2026-11-30", end: "2026-12-01" });
  const seen = [formatTiming(doses), formatTime("17:30:00"), days].map(plain);
  console.log(name, process.env.TZ, seen, formatDate("1987-05"), formatDate("1987"));
  assert(seen[0].endsWith(INDIA ? "at 2:30:00 PM" : "at 9:00:00 AM"));
  assert.strictEqual(seen[1], INDIA ? "11:00:00 PM" : "5:30:00 PM");
  assert.strictEqual(seen[2].includes("5:30:00 AM"), INDIA);
  assert.deepStrictEqual([formatDate("1987-05"), formatDate("1987")], ["5/1/1987", "1/1/1987"]);
}
JAVASCRIPT
LANG=en_US.UTF-8 TZ=UTC node times.cjs
LANG=en_US.UTF-8 TZ=Asia/Kolkata node times.cjs
