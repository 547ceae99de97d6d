#!/usr/bin/env bash
# "A week after the visit" in FHIRPath, for a visit at ten o'clock in India, on machines in two zones.
#
# Guessed: a moment plus a week is the same time of the day a week later, with the zone that it had; in Python and in
# JavaScript alike, and wherever the machine stands.
# Seen (fhirpathpy 2.2.4): 2026-11-30T10:00:00+05:30 plus one week is 2026-12-07T04:30:00: the time was moved to UTC
# and its zone dropped. Compared with another moment it counts in the machine's zone: a rule that holds in a test in
# UTC is five and a half hours off in a clinic in India. A moment in UTC keeps its zone. Hours, minutes and seconds
# cannot be added to a moment with another zone at all (UnboundLocalError). fhirpath 5.2.2 in JavaScript keeps the
# moment, in the machine's zone.
# So bring moments to UTC ("…Z") before a rule adds to them, and run its tests with another TZ, too.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check fhirpathpy==2.2.4
cd "$folder"
npm install --silent --no-audit --no-fund fhirpath@5.2.2 >/dev/null
cat >ask.py <<'PYTHON'
import sys

from fhirpathpy import evaluate

try:
    print(*(str(one) for one in evaluate({}, sys.argv[1])))
except UnboundLocalError:
    print("UnboundLocalError")
PYTHON
cat >ask.js <<'JAVASCRIPT'
console.log(...require("fhirpath").evaluate({}, process.argv[2]).map(String));
JAVASCRIPT
VISIT='@2026-11-30T10:00:00+05:30'
see() { # zone, question, what Python says, what JavaScript says
  local python javascript
  python=$(TZ=$1 venv/bin/python ask.py "$2")
  javascript=$(TZ=$1 node ask.js "$2")
  echo "$1: $2   Python: $python   JavaScript: $javascript"
  [[ $python == "$3" && $javascript == "$4" ]]
}
see UTC "$VISIT + 1 week" 2026-12-07T04:30:00 2026-12-07T04:30:00-00:00
see Asia/Kolkata "$VISIT + 1 week" 2026-12-07T04:30:00 2026-12-07T10:00:00+05:30
see UTC "$VISIT + 1 week = @2026-12-07T10:00:00+05:30" True true
see Asia/Kolkata "$VISIT + 1 week = @2026-12-07T10:00:00+05:30" False true
see Asia/Kolkata "$VISIT + 1 week < @2026-12-07T09:00:00+05:30" True false
see Asia/Kolkata "@2026-11-30T04:30:00Z + 1 week = @2026-12-07T10:00:00+05:30" True true
see Asia/Kolkata "$VISIT + 30 minutes" UnboundLocalError 2026-11-30T10:30:00+05:30
